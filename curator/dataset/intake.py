"""`curator import`: what becomes of the records of a file.

Those whose text is there already are passed over. The others are given our form where a rule can
do it and meet the recipe's filters, as they will in `curator build`; only what passes lies where
examples count (raw/imported, or raw/authored): what covers a cell may enter the set. The rest is
kept beside, in rejected/, with its verdicts: what a person can repair goes to reviewers with
`curator review push`, and a repaired file can be imported again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curator.base import store
from curator.dataset.labelling import Labelled, UnknownLabel
from curator.dataset.reshape import Reshaped, reshape
from curator.filters.base import Outcome
from curator.filters.registry import make_filters
from curator.filters.repairable import is_repairable
from curator.filters.run import run_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import Slot

Progress = Callable[[str, int, int], None]


class Held(NamedTuple):
    """Where a text is already, and under which labels."""

    where: str
    slot: Slot


class Relabelled(NamedTuple):
    """An example whose text is there under other labels, which stay."""

    example: Example
    held: Held


@dataclass
class ImportResult:
    """What an import did with `read` records.

    `present` were there already, of which `relabelled` under other labels; `unknown` have labels
    that the taxonomy lacks, and were left out; the rest met the filters (`outcome`), `reshaped`
    of them with the changes that are named for each id. `left_out` counts what records had
    besides a question, its answer and their labels. `added` says how many went into which file,
    `rejected` where the rejected lie.
    """

    read: int
    outcome: Outcome
    present: int
    relabelled: list[Relabelled]
    unknown: Sequence[UnknownLabel] = ()
    left_out: Counter[str] = field(default_factory=Counter)
    reshaped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    added: dict[Path, int] = field(default_factory=dict)
    rejected: Path | None = None

    @property
    def for_people(self) -> list[Example]:
        """The rejected examples that a person can repair: `curator review push` takes them."""
        return [e for e in self.outcome.rejected if is_repairable(e)]

    def changes(self) -> Counter[str]:
        """How many of the examples that met the filters were changed in which way."""
        return Counter(code for codes in self.reshaped.values() for code in codes)

    def document(self, project: Project) -> dict[str, Any]:
        """Everything as one JSON document."""
        return {
            "read": self.read,
            "added": {project.relative(path): n for path, n in self.added.items()},
            "already_there": self.present,
            "relabelled": [
                {
                    "id": example.id,
                    "from": example.provenance.source,
                    "given": str(example.slot),
                    "kept": str(place.slot),
                    "in": place.where,
                }
                for example, place in self.relabelled
            ],
            "unknown_labels": [one._asdict() for one in self.unknown],
            "left_out": dict(sorted(self.left_out.items())),
            "reshaped": {key: list(codes) for key, codes in self.reshaped.items()},
            "rejected": len(self.outcome.rejected),
            "for_people": len(self.for_people),
            "reasons": self.outcome.reasons(),
            "rejected_in": project.relative(self.rejected) if self.rejected else None,
        }


def import_records(
    project: Project,
    stem: str,
    labelled: Labelled,
    recipe: AugmentRecipe,
    progress: Progress = lambda label, done, total: None,
) -> ImportResult:
    """Take the examples of one file, whose name is `stem`, into the project.

    Importing a file again adds nothing, and an interrupted import resumes. One import at a time:
    raises StoreError where another process imports.
    """
    with store.locked(project.import_lock, "imports here"):
        return _import(project, stem, labelled, recipe, progress)


def _import(
    project: Project, stem: str, labelled: Labelled, recipe: AugmentRecipe, progress: Progress
) -> ImportResult:
    reshaped, held = [reshape(e) for e in labelled.examples], _held(project)
    fresh, relabelled = _sorted_out([r.example for r in reshaped], held)
    there = read_examples(*project.trusted_files())
    filters = make_filters(recipe.filters, there if fresh else (), project.root)
    outcome = run_filters(fresh, filters, progress, judge="all")
    result = ImportResult(
        read=len(labelled.examples) + len(labelled.unknown),
        outcome=outcome,
        present=len(labelled.examples) - len(fresh),
        relabelled=relabelled,
        unknown=labelled.unknown,
        left_out=labelled.left_out,
        reshaped=_changes(reshaped, fresh),
    )
    _write(result, project.raw, stem)
    return result


def _changes(reshaped: Iterable[Reshaped], fresh: Iterable[Example]) -> dict[str, tuple[str, ...]]:
    ids = {e.id for e in fresh}
    return {r.example.id: r.changes for r in reshaped if r.changes and r.example.id in ids}


def _held(project: Project) -> dict[str, Held]:
    """The authored and imported examples by id; of several with one id the first."""
    held: dict[str, Held] = {}
    for path in project.trusted_files():
        where = project.relative(path)
        for example in read_examples(path):
            held.setdefault(example.id, Held(where, example.slot))
    return held


def _sorted_out(
    examples: Iterable[Example], there: dict[str, Held]
) -> tuple[list[Example], list[Relabelled]]:
    """The examples that are not there yet, in their order, and those that are, but otherwise."""
    fresh, relabelled = list[Example](), list[Relabelled]()
    for example in examples:
        place = there.get(example.id)
        if place is None:
            there[example.id] = Held(example.provenance.source or "", example.slot)
            fresh.append(example)
        elif place.slot != example.slot:
            relabelled.append(Relabelled(example, place))
    return fresh, relabelled


def _target(example: Example, raw: Path, stem: str) -> Path:
    if example.provenance.origin is Origin.AUTHORED:
        return raw / "authored" / f"{example.topic}.jsonl"
    return raw / "imported" / f"{stem}.jsonl"


def _write(result: ImportResult, raw: Path, stem: str) -> None:
    """Append what passed to the files of its origin, without verdicts: those are `build`'s."""
    by_file: dict[Path, list[Example]] = {}
    for example in result.outcome.accepted:
        by_file.setdefault(_target(example, raw, stem), []).append(example.judged(()))
    for path, examples in by_file.items():
        with store.Appender(path) as appender:
            for example in examples:
                appender.append(example)
        result.added[path] = len(examples)
    judged = [*result.outcome.accepted, *result.outcome.rejected]
    if judged:
        path = _target(judged[0], raw, stem).parent / "rejected" / f"{stem}.jsonl"
        if result.outcome.rejected or path.exists():
            _keep(path, result.outcome)
        if result.outcome.rejected:
            result.rejected = path


def _keep(path: Path, outcome: Outcome) -> None:
    """The rejected examples beside those of earlier imports, less what was judged anew."""
    again = {e.id for e in (*outcome.accepted, *outcome.rejected)}
    earlier = list(read_examples(path)) if path.exists() else []
    rest = [e for e in earlier if e.id not in again]
    if [*rest, *outcome.rejected] != earlier:
        store.write_atomic(path, [*rest, *outcome.rejected])
