"""Decide whether a new model replaces the old one; keep the ledger, and the model in use.

training/ledger.jsonl   every decision with its numbers, appended
models/current.json     the model in use; only a promotion changes it
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, BeforeValidator, ValidationError

from curator.base import legacy, store
from curator.base.errors import DataError
from curator.base.notice import Notice
from curator.evaluation.compare import Comparison, Difference
from curator.evaluation.duels.outcome import DuelOutcome, Wins
from curator.evaluation.form import MOSTLY, form_share
from curator.evaluation.recipe import PromotionSettings
from curator.records.example import Record, Sha256
from curator.training.artefacts import MODELS

CONSTANT = 0.5  # likeness of answers to different questions; models have 0.1 and less
LEDGER = Path("training") / "ledger.jsonl"
CURRENT = MODELS / "current.json"


class Decision(Record):
    """Whether to promote, and why, each reason a notice with its numbers."""

    promote: bool
    reasons: Annotated[tuple[Notice, ...], BeforeValidator(legacy.reasons)]


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


class Candidacy(NamedTuple):
    """What is known of a candidate beside its comparison with the model in use.

    `floors` are its comparisons with answers that are worth nothing, as (floor, candidate), `alike`
    how much its answers to different questions are one answer, `bench` what it lost elsewhere.
    """

    floors: Sequence[Comparison] = ()
    alike: float = 0.0
    bench: Sequence[Notice] = ()


UNKNOWN = Candidacy()


def decide(
    comparison: Comparison, rule: PromotionSettings, candidacy: Candidacy = UNKNOWN
) -> Decision:
    """Promote where the target gains the margin for certain and nothing guarded loses for certain.

    "For certain": the interval of the difference excludes 0 (curator/evaluation/compare.py).
    Nor may more of a better composite than the rule's share be form; every floor must be beaten
    for certain, and answers to different questions must differ.
    """
    lost = (*_losses(comparison, rule), *_failings(candidacy, rule.target))
    gained, reason = _gain(comparison.find(rule.target), rule)
    form = form_share(comparison) or 0.0
    formal = (Notice("gain_of_form", {"share": form}),) if form > MOSTLY else ()
    promote = gained and form <= rule.form and not lost
    return Decision(promote=promote, reasons=(reason, *formal, *lost))


def judged_by_people(
    decision: Decision, duels: DuelOutcome | None, rule: PromotionSettings
) -> Decision:
    """Add what people chose to a decision: they may take a promotion back, and give none.

    A rule without duels changes nothing; too few of them are no promotion.
    """
    if not rule.duels:
        return decision
    whole = duels.whole if duels else None
    if whole is None or whole.prompts < rule.duels:
        prompts = whole.prompts if whole else 0
        told = Notice("too_few_duels", {"prompts": prompts, "least": rule.duels})
        return Decision(promote=False, reasons=(*decision.reasons, told))
    lost = whole.word == "worse"
    return Decision(
        promote=decision.promote and not lost, reasons=(*decision.reasons, _chosen(whole, lost))
    )


def _chosen(whole: Wins, lost: bool) -> Notice:
    share, low, high, prompts = whole.share, whole.low, whole.high, whole.prompts
    if lost:
        return Notice("duels_lost", {"share": share, "low": low, "high": high, "prompts": prompts})
    return Notice("duels_held", {"share": share, "low": low, "high": high, "prompts": prompts})


def _gain(target: Difference | None, rule: PromotionSettings) -> tuple[bool, Notice]:
    """Tell whether the target gained enough, with the notice that says so."""
    if target is None:
        return False, Notice("unmeasured", {"metric": rule.target})
    shown = _difference(target)
    if target.short:
        return False, Notice("too_few_prompts", {"difference": shown, "least": target.least})
    if target.word != "better":
        if not target.needed or target.out_of_reach:
            return False, Notice("no_certain_gain", {"difference": shown})
        return False, Notice("no_certain_gain_yet", {"difference": shown, "needed": target.needed})
    if abs(target.delta) < rule.margin:
        return False, Notice("gain_below_margin", {"difference": shown, "margin": rule.margin})
    return True, Notice("gain", {"difference": shown, "margin": rule.margin})


def _failings(candidacy: Candidacy, target: str) -> Iterator[Notice]:
    """Say what keeps a candidate from being promoted, whatever it gained."""
    for one in candidacy.floors:
        difference = one.find(target)
        if difference is None or difference.word != "better":
            yield Notice("not_above_floor", {"floor": one.before})
    if candidacy.alike >= CONSTANT:
        yield Notice("constant_answer", {"share": candidacy.alike})
    yield from candidacy.bench


def _losses(comparison: Comparison, rule: PromotionSettings) -> Iterator[Notice]:
    for metric in rule.guarded:
        difference = comparison.find(metric)
        if difference and difference.word == "worse":
            yield Notice("guarded_loss", {"difference": _difference(difference)})


def _difference(one: Difference) -> Notice:
    """Return the numbers: composite 3.050 -> 3.350 (+0.300, interval +0.100 to +0.500, ...)."""
    return Notice(
        "difference",
        {
            "metric": one.metric,
            "before": one.before,
            "after": one.after,
            "delta": one.delta,
            "low": one.low,
            "high": one.high,
            "prompts": one.n,
        },
    )


def read_ledger(root: Path) -> list[Entry]:
    """Read the decisions so far, oldest first."""
    path = root / LEDGER
    return list(store.read(path, Entry)) if path.exists() else []


def decided(root: Path, run: str) -> Entry | None:
    """Return what was decided about a run, if it was."""
    return next((e for e in read_ledger(root) if e.run == run), None)


def current(root: Path) -> Current | None:
    """Read which model is in use, if any; raises DataError where its file is not what it was."""
    path = root / CURRENT
    if not path.exists():
        return None
    try:
        in_use = Current.model_validate(store.read_json(path))
    except ValidationError as error:
        raise DataError(store.why(error), where=path, hint="delete it to start again") from error
    model = root / in_use.file
    if not store.is_unchanged(model, in_use.sha256):
        hint = f"put it back, or delete {CURRENT} to compare with the base model again"
        raise DataError("the model in use is gone or changed", where=model, hint=hint)
    return in_use


def conclude(root: Path, entry: Entry, file: str) -> None:
    """Write a decision to the ledger, once for each run, then promote `file` where it says so."""
    if decided(root, entry.run) is None:
        with store.Appender(root / LEDGER) as ledger:
            ledger.append(entry)
    if entry.decision.promote:
        in_use = Current(file=file, sha256=entry.after_sha256, run=entry.run, promoted=entry.time)
        store.write_json(root / CURRENT, in_use.model_dump(mode="json"))
