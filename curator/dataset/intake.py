"""What `curator import` does with the examples of a chat file.

Those whose text is in the project already are skipped. The others pass the recipe's filters, as
they will in `curator build`, and only what they accept is written where examples count
(raw/imported, or raw/authored): what covers a cell may enter the set. The rest is kept in
rejected/, with its verdicts; once repaired in the chat file it can be imported again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curator.base import store
from curator.base.progress import Progress, silent
from curator.filters.base import Outcome, raise_nothing_survived
from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.chat import Labels, read_chat
from curator.records.example import Example, Origin
from curator.records.files import read_examples
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


@dataclass
class ImportResult:
    """What an import did with `read` examples.

    `present` were in the project already, of which `conflicts` under other labels; the rest passed
    through the filters (`outcome`). `added` says how many went into which file, `rejected` where
    the rejected ones lie.
    """

    read: int
    outcome: Outcome
    present: int
    conflicts: list[LabelConflict]
    added: dict[Path, int] = field(default_factory=dict)
    rejected: Path | None = None

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
                    "kept": str(existing.slot),
                    "in": existing.file,
                }
                for example, existing in self.conflicts
            ],
            "rejected": len(self.outcome.rejected),
            "reasons": self.outcome.reasons(),
            "rejected_in": project.relative(self.rejected) if self.rejected else None,
        }

    def raise_if_all_rejected(self, file: Path) -> None:
        """Raise NothingSurvived where no example passed the filters or was there already."""
        if self.rejected and not (self.added or self.present):
            hint = "repair them, and import them again"
            raise_nothing_survived(self.outcome, str(file), hint, "example")


def import_chat(
    project: Project,
    file: Path,
    labels: Labels,
    recipe: AugmentRecipe,
    progress: Progress = silent,
    *,
    authored: bool = False,
) -> ImportResult:
    """Import the examples of a chat JSONL file into a project.

    `labels` hold for records that give none. With `authored`, the examples were written for this
    project. Raises DataError or BrokenLine for a file that holds no such records; then nothing is
    written.
    """
    origin = Origin.AUTHORED if authored else Origin.IMPORTED
    return import_examples(project, file.stem, read_chat(file, labels, origin), recipe, progress)


def import_examples(
    project: Project,
    stem: str,
    examples: Sequence[Example],
    recipe: AugmentRecipe,
    progress: Progress = silent,
) -> ImportResult:
    """Import the examples of one chat file, whose name is `stem`.

    Importing a file again adds nothing, and an interrupted import resumes.
    """
    there = _locations(project)
    fresh, conflicts = _separate(examples, there)
    known = read_examples(*project.trusted_files()) if fresh else ()
    filters = make_filters(recipe.filters, known, project.root)
    outcome = run_filters(fresh, filters, progress, judge="all")
    result = ImportResult(len(examples), outcome, len(examples) - len(fresh), conflicts)
    _write(result, project.raw, stem)
    return result


def _locations(project: Project) -> dict[str, Location]:
    """Find the authored and imported examples by id; of several with one id the first."""
    found: dict[str, Location] = {}
    for path in project.trusted_files():
        file = project.relative(path)
        for example in read_examples(path):
            found.setdefault(example.id, Location(file, example.slot))
    return found


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
    for path, wanted in by_file.items():
        with store.Appender(path) as appender:
            for example in wanted:
                appender.append(example)
        result.added[path] = len(wanted)
    if result.outcome.rejected:
        folder = _target(result.outcome.rejected[0], raw, stem).parent / "rejected"
        result.rejected = folder / f"{stem}.jsonl"
        _keep(result.rejected, result.outcome)


def _keep(path: Path, outcome: Outcome) -> None:
    """Keep the rejected examples with those of earlier imports, less what was judged anew."""
    again = {e.id for e in (*outcome.accepted, *outcome.rejected)}
    earlier = list(read_examples(path)) if path.exists() else []
    rest = [e for e in earlier if e.id not in again]
    store.write_atomic(path, [*rest, *outcome.rejected])
