"""`curator import`: what becomes of the examples of a chat file.

Those whose text is there already are passed over. The others meet the recipe's filters, as they
will in `curator build`, and only what passes lies where examples count (raw/imported, or
raw/authored): what covers a cell may enter the set. The rest is kept beside, in rejected/, with its
verdicts; once repaired in the chat file it can be imported again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curator.base import store
from curator.filters.base import Outcome
from curator.filters.registry import make_filters
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
class Taken:
    """What an import did with `read` examples.

    `present` were there already, of which `relabelled` under other labels; the rest met the filters
    (`outcome`). `added` says how many went into which file, `rejected` where the rejected lie.
    """

    read: int
    outcome: Outcome
    present: int
    relabelled: list[Relabelled]
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
                    "kept": str(place.slot),
                    "in": place.where,
                }
                for example, place in self.relabelled
            ],
            "rejected": len(self.outcome.rejected),
            "reasons": self.outcome.reasons(),
            "rejected_in": project.relative(self.rejected) if self.rejected else None,
        }


def take(
    project: Project,
    stem: str,
    examples: Sequence[Example],
    recipe: AugmentRecipe,
    progress: Progress = lambda label, done, total: None,
) -> Taken:
    """Take the examples of one chat file, whose name is `stem`, into the project.

    Importing a file again adds nothing, and an import that was broken off goes on.
    """
    fresh, relabelled = _sorted_out(examples, _held(project))
    there = read_examples(*project.trusted_files())
    filters = make_filters(recipe.filters, there if fresh else (), project.root)
    outcome = run_filters(fresh, filters, progress, judge="all")
    done = Taken(len(examples), outcome, len(examples) - len(fresh), relabelled)
    _write(done, project.raw, stem)
    return done


def _held(project: Project) -> dict[str, Held]:
    """The authored and imported examples by id; of several with one id the first."""
    found: dict[str, Held] = {}
    for path in project.trusted_files():
        where = project.relative(path)
        for example in read_examples(path):
            found.setdefault(example.id, Held(where, example.slot))
    return found


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


def _write(done: Taken, raw: Path, stem: str) -> None:
    """Append what passed to the files of its origin, without verdicts: those are `build`'s."""
    by_file: dict[Path, list[Example]] = {}
    for example in done.outcome.accepted:
        by_file.setdefault(_target(example, raw, stem), []).append(example.judged(()))
    for path, wanted in by_file.items():
        with store.Appender(path) as appender:
            for example in wanted:
                appender.append(example)
        done.added[path] = len(wanted)
    if done.outcome.rejected:
        folder = _target(done.outcome.rejected[0], raw, stem).parent / "rejected"
        done.rejected = folder / f"{stem}.jsonl"
        _keep(done.rejected, done.outcome)


def _keep(path: Path, outcome: Outcome) -> None:
    """The rejected examples beside those of earlier imports, less what was judged anew."""
    again = {e.id for e in (*outcome.accepted, *outcome.rejected)}
    earlier = list(read_examples(path)) if path.exists() else []
    rest = [e for e in earlier if e.id not in again]
    store.write_atomic(path, [*rest, *outcome.rejected])
