"""Does the new model replace the old one? The rule, the ledger of decisions, the one in use.

training/ledger.jsonl   every decision with its numbers, appended
models/current.json     the model in use; only a promotion changes it
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from curator.base import store
from curator.base.errors import DataError
from curator.evaluation.compare import Comparison, Difference
from curator.evaluation.form import MOSTLY, form_share
from curator.evaluation.recipe import PromotionSettings
from curator.records.example import Record, Sha256
from curator.training.artefacts import MODELS

LEDGER = Path("training") / "ledger.jsonl"
CURRENT = MODELS / "current.json"


class Decision(Record):
    """Whether to promote, and why, each reason a clause with its numbers."""

    promote: bool
    reasons: tuple[str, ...]


class Entry(Record):
    """One line of the ledger: what was compared, by which rule, and what came of it.

    `before` and `after` name the arms, with the digests of their models; `comparison` is None
    where none was possible, and the reason is then in `decision`.
    """

    time: AwareDatetime
    run: str
    before: str
    before_sha256: Sha256
    after: str
    after_sha256: Sha256
    dataset_sha256: str | None = None
    rule: PromotionSettings
    decision: Decision
    comparison: Comparison | None = None
    toolkit: str


class Current(Record):
    """The model in use: its file (from the project's root), digest, run, and since when."""

    file: str
    sha256: Sha256
    run: str
    promoted: AwareDatetime


def decide(comparison: Comparison, rule: PromotionSettings) -> Decision:
    """Promote where the target gains the margin for certain and nothing guarded loses for certain.

    "For certain": the interval of the difference excludes 0 (curator/evaluation/compare.py).
    Nor may more of a better composite than the rule's share be form.
    """
    lost = tuple(_losses(comparison, rule))
    gained, said = _gain(comparison.find(rule.target), rule)
    form = form_share(comparison) or 0.0
    if form > MOSTLY:
        said += f"; {form:.0%} of what the composite gained is form"
    return Decision(promote=gained and form <= rule.form and not lost, reasons=(said, *lost))


def _gain(found: Difference | None, rule: PromotionSettings) -> tuple[bool, str]:
    if found is None:
        return False, f"{rule.target} could not be measured"
    shown = f"{rule.target} {_numbers(found)}"
    if found.short:
        return False, f"{shown}: nothing can be concluded of so few, it takes {found.least}"
    if found.word != "amélioration":
        more = f"; {found.needed} prompts would show one of this size" if found.needed else ""
        return False, f"{shown}: no certain gain{more}"
    gain = abs(found.delta)
    if gain < rule.margin:
        return False, f"{shown}: a gain of less than {rule.margin:g}"
    return True, f"{shown}: a gain of {rule.margin:g} or more"


def _losses(comparison: Comparison, rule: PromotionSettings) -> Iterator[str]:
    for metric in rule.guarded:
        found = comparison.find(metric)
        if found and found.word == "régression":
            yield f"{metric} {_numbers(found)}: worse, and guarded"


def _numbers(found: Difference) -> str:
    """Such as 3.050 -> 3.350 (+0.300, interval +0.100 to +0.500, 50 prompts)."""
    spread = f"{found.low:+.3f} to {found.high:+.3f}"
    change = f"{found.before:.3f} -> {found.after:.3f} ({found.delta:+.3f}"
    return f"{change}, interval {spread}, {found.n} prompts)"


def read_ledger(root: Path) -> list[Entry]:
    """The decisions so far, oldest first."""
    path = root / LEDGER
    return list(store.read(path, Entry)) if path.exists() else []


def decided(root: Path, run: str) -> Entry | None:
    """What was decided about a run, if it was."""
    return next((e for e in read_ledger(root) if e.run == run), None)


def current(root: Path) -> Current | None:
    """The model in use, if one was promoted; raises DataError where its file is not what it was."""
    path = root / CURRENT
    if not path.exists():
        return None
    try:
        found = Current.model_validate(store.read_json(path))
    except ValidationError as error:
        raise DataError(store.why(error), where=path, hint="delete it to start again") from error
    model = root / found.file
    if not model.is_file() or store.sha256_of(model) != found.sha256:
        hint = f"put it back, or delete {CURRENT} to compare with the base model again"
        raise DataError("the model in use is gone or changed", where=model, hint=hint)
    return found


def conclude(root: Path, entry: Entry, file: str) -> None:
    """Write a decision down, once for each run, then promote `file` where it says so."""
    if decided(root, entry.run) is None:
        with store.Appender(root / LEDGER) as ledger:
            ledger.append(entry)
    if entry.decision.promote:
        made = Current(file=file, sha256=entry.after_sha256, run=entry.run, promoted=entry.time)
        store.write_json(root / CURRENT, made.model_dump(mode="json"))
