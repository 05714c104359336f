"""What `curator import` does with the records of a file.

Those whose text is in the project already are skipped. The others are given our form where a rule
can do it, and pass the recipe's filters, as they will in `curator build`; only what these accept is
written where examples count (raw/imported, or raw/authored): what covers a cell may enter the set.
The rest is kept in rejected/, with its verdicts: what a person can repair goes to reviewers with
`curator review push`, and a repaired file can be imported again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curator.base import store
from curator.base.progress import Progress, counted, silent
from curator.dataset.labelling import (
    Labelled,
    Labels,
    UnknownLabel,
    label_records,
    parse_mapping,
)
from curator.dataset.reshape import Reshaped, reshape
from curator.filters.base import Outcome, raise_nothing_survived
from curator.filters.registry import make_filters
from curator.filters.repairable import is_repairable
from curator.filters.run import run_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.chat import read_chats
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.planted import without_planted
from curator.records.project import Project
from curator.records.taxonomy import Slot


class Location(NamedTuple):
    """The file that holds a text, and the labels that it has there."""

    file: str
    slot: Slot


class LabelConflict(NamedTuple):
    """An example whose text is in the project under other labels, which stay."""

    example: Example
    existing: Location


@dataclass(frozen=True)
class ImportOptions:
    """How records are read: whether they were `authored` for this project, and the `mapping` of
    labels (OLD=NEW or AXIS:OLD=NEW) to those that the taxonomy knows.
    """

    authored: bool = False
    mapping: Sequence[str] = ()


DEFAULTS = ImportOptions()


@dataclass
class ImportResult:
    """What an import did with `read` records.

    `present` were there already, of which `conflicts` under other labels; `unknown` have labels
    that the taxonomy lacks, and were left out; the rest passed through the filters (`outcome`),
    `reshaped` of them with the changes that are named for each id. `left_out` counts what records
    had besides a question, its answer and their labels. `added` says how many went into which
    file, `rejected` where the rejected lie.
    """

    read: int
    outcome: Outcome
    present: int
    conflicts: list[LabelConflict]
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
        """Count the examples that were judged, by the ways in which they were changed."""
        return Counter(code for codes in self.reshaped.values() for code in codes)

    def document(self, project: Project) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "read": self.read,
            "added": {project.relative(path): n for path, n in self.added.items()},
            "already_there": self.present,
            "relabelled": [
                {
                    "id": example.id,
                    "from": example.provenance.source,
                    "given": str(example.slot),
                    "kept": str(existing.slot),
                    "in": existing.file,
                }
                for example, existing in self.conflicts
            ],
            "unknown_labels": [label._asdict() for label in self.unknown],
            "left_out": dict(sorted(self.left_out.items())),
            "reshaped": {key: list(codes) for key, codes in self.reshaped.items()},
            "rejected": len(self.outcome.rejected),
            "for_people": len(self.for_people),
            "reasons": self.outcome.reasons(),
            "rejected_in": project.relative(self.rejected) if self.rejected else None,
        }

    def raise_if_all_rejected(self, file: Path) -> None:
        """Raise NothingSurvived where no example passed the filters or was there already."""
        if self.rejected and not (self.added or self.present):
            hint = "repair them, and import them again"
            raise_nothing_survived(self.outcome, str(file), hint, "example")


def import_file(
    project: Project,
    path: Path,
    labels: Labels,
    recipe: AugmentRecipe,
    options: ImportOptions = DEFAULTS,
    progress: Progress = silent,
) -> ImportResult:
    """Import the records of a file into a project.

    `labels` hold for records that give none. Raises DataError or BrokenLine for a file that holds
    no such records, and writes nothing then; else as `import_records`.
    """
    origin = Origin.AUTHORED if options.authored else Origin.IMPORTED
    mapping = parse_mapping(options.mapping)
    records = counted(read_chats(path), f"reading {path.name}", progress)
    labelled = label_records(records, labels, origin, path, mapping)
    return import_records(project, path.stem, labelled, recipe, progress)


def import_records(
    project: Project,
    stem: str,
    labelled: Labelled,
    recipe: AugmentRecipe,
    progress: Progress = silent,
) -> ImportResult:
    """Import the examples of one file, whose name is `stem`, into a project.

    Importing a file again adds nothing, and an interrupted import resumes. One import at a time:
    raises StoreError where another process imports.
    """
    progress("waiting for another import to end", 0, 0)
    with store.locked(project.import_lock, "imports here"):
        return _import(project, stem, labelled, recipe, progress)


def _import(
    project: Project, stem: str, labelled: Labelled, recipe: AugmentRecipe, progress: Progress
) -> ImportResult:
    total = len(labelled.examples)
    for _ in without_planted(project, labelled.examples):
        pass
    reshaped = [reshape(e) for e in counted(labelled.examples, "reshaping", progress, total)]
    progress("reading the project", 0, 0)
    there = _locations(project)
    before = len(there)
    fresh, conflicts = _separate([r.example for r in reshaped], there)
    known = read_examples(*project.trusted_files()) if fresh else ()
    known = counted(known, "remembering what is there", progress, before)
    filters = make_filters(recipe.filters, known, project.root)
    outcome = run_filters(fresh, filters, progress, judge="all")
    result = ImportResult(
        read=len(labelled.examples) + len(labelled.unknown),
        outcome=outcome,
        present=len(labelled.examples) - len(fresh),
        conflicts=conflicts,
        unknown=labelled.unknown,
        left_out=labelled.left_out,
        reshaped=_changes(reshaped, fresh),
    )
    progress("writing", 0, 0)
    _write(result, project.raw, stem)
    return result


def _changes(reshaped: Iterable[Reshaped], fresh: Iterable[Example]) -> dict[str, tuple[str, ...]]:
    ids = {e.id for e in fresh}
    return {r.example.id: r.changes for r in reshaped if r.changes and r.example.id in ids}


def _locations(project: Project) -> dict[str, Location]:
    """Find the authored and imported examples by id; of several with one id the first."""
    locations: dict[str, Location] = {}
    for path in project.trusted_files():
        file = project.relative(path)
        for example in read_examples(path):
            locations.setdefault(example.id, Location(file, example.slot))
    return locations


def _separate(
    examples: Iterable[Example], there: dict[str, Location]
) -> tuple[list[Example], list[LabelConflict]]:
    """Separate the examples that are new, in their order, from conflicts with those there."""
    fresh, conflicts = list[Example](), list[LabelConflict]()
    for example in examples:
        existing = there.get(example.id)
        if existing is None:
            there[example.id] = Location(example.provenance.source or "", example.slot)
            fresh.append(example)
        elif existing.slot != example.slot:
            conflicts.append(LabelConflict(example, existing))
    return fresh, conflicts


def _target(example: Example, raw: Path, stem: str) -> Path:
    if example.provenance.origin is Origin.AUTHORED:
        return raw / "authored" / f"{example.topic}.jsonl"
    return raw / "imported" / f"{stem}.jsonl"


def _write(result: ImportResult, raw: Path, stem: str) -> None:
    """Append what passed to the files of its origin, without verdicts: `build` judges anew."""
    by_file: dict[Path, list[Example]] = {}
    for example in result.outcome.accepted:
        by_file.setdefault(_target(example, raw, stem), []).append(example.judged(()))
    for path, examples in by_file.items():
        store.append_all(path, examples)
        result.added[path] = len(examples)
    judged = [*result.outcome.accepted, *result.outcome.rejected]
    if judged:
        path = _target(judged[0], raw, stem).parent / "rejected" / f"{stem}.jsonl"
        if result.outcome.rejected or path.exists():
            _keep(path, result.outcome)
        if result.outcome.rejected:
            result.rejected = path


def _keep(path: Path, outcome: Outcome) -> None:
    """Keep the rejected examples with those of earlier imports, less what was judged anew."""
    again = {e.id for e in (*outcome.accepted, *outcome.rejected)}
    earlier = list(read_examples(path)) if path.exists() else []
    rest = [e for e in earlier if e.id not in again]
    if [*rest, *outcome.rejected] != earlier:
        store.write_atomic(path, [*rest, *outcome.rejected])
