"""Where a project's examples stand with people: read from the batches and the log, never stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from curator.filters.repairable import is_repairable
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.example import Example, Origin, Review
from curator.records.files import Reader, read_examples
from curator.records.project import Project
from curator.records.rejections import LastBuildRejections
from curator.review.controls.caught import doubted
from curator.review.decisions.log import ReviewLog
from curator.review.decisions.settle import ReviewStatus, Settlement, settle
from curator.review.recipe import RECIPE, ReviewRecipe, load_review


@dataclass(frozen=True)
class State:
    """A project's examples, what people said of them, and what that comes to."""

    trusted: list[Example]
    examples: dict[str, Example]
    reviews: list[Review]
    settlements: dict[str, Settlement]
    rejections: LastBuildRejections = field(default_factory=LastBuildRejections)

    def counted(self) -> list[Example]:
        """List what covers a cell: trusted and accepted examples, but those that build rejected."""
        return list(self.rejections.without([*self.trusted, *self.accepted()]))

    def accepted(self) -> list[Example]:
        """List what people accepted, by id, with agreed labels and the deciding reviews."""
        chosen = (s for s in self.settlements.values() if s.status is ReviewStatus.ACCEPTED)
        return sorted((s.settled_example() for s in chosen), key=lambda e: e.id)


def _candidates(project: Project, recipe: ReviewRecipe, read: Reader) -> Iterator[Example]:
    """Yield the examples that people are asked about: candidates, and imports to be mended."""
    yield from read(*project.pending_files(recipe.input))
    if recipe.imports:
        rejected = read(*project.repairable_files())
        yield from (e for e in rejected if is_repairable(e))


def read_state(project: Project, recipe: ReviewRecipe) -> State:
    """Read everything; candidates that are trusted examples already are not reviewed."""
    log = ReviewLog.of(project)
    reviews = log.reviews()  # first: a pull that goes on writes what a review names before it
    trusted = list(read_examples(*project.trusted_files()))
    examples = {e.id: e for e in _candidates(project, recipe, read_examples)} | log.corrected()
    for example in trusted:
        examples.pop(example.id, None)
    settled = settle(examples, reviews, recipe.settle, doubted(project, recipe.controls))
    return State(trusted, examples, reviews, settled, LastBuildRejections.of(project))


def filters_recipe(project: Project, recipe: ReviewRecipe) -> AugmentRecipe:
    """Load the augmentation recipe whose filters and targets hold for reviewed examples."""
    project.open()
    return load_recipe(project.root / "pipelines" / recipe.filters_of)


def reviewed(
    project: Project, recipe: ReviewRecipe, read: Reader = read_examples
) -> dict[str, Settlement]:
    """Settle what people spoke of, and corrections; the rest are all pending.

    As in `read_state`, but only these examples are in memory. `read` reads example files.
    """
    log = ReviewLog.of(project)
    reviews = log.reviews()
    spoken = {r.example for r in reviews}
    candidates = _candidates(project, recipe, read) if spoken else ()
    examples = {e.id: e for e in candidates if e.id in spoken} | log.corrected()
    for example in read(*project.trusted_files()) if examples else ():
        examples.pop(example.id, None)
    return settle(examples, reviews, recipe.settle, doubted(project, recipe.controls))


class Changes(NamedTuple):
    """The ids that people rejected or corrected, the corrections that stand instead, and what
    people accepted, by id.
    """

    replaced: set[str]
    corrections: dict[str, Example]
    accepted: dict[str, Example]

    def applied(self, candidates: Iterable[Example]) -> list[Example]:
        """Keep the candidates that may still enter the set; returns them and the corrections."""
        waiting = {e.id: e for e in candidates} | self.corrections
        return [e for key, e in waiting.items() if key not in self.replaced]


def read_changes(project: Project, read: Reader = read_examples) -> Changes:
    """Read what people changed; nothing in a project without a review recipe."""
    changes = Changes(set(), {}, {})
    if (project.root / RECIPE).is_file():
        for key, settlement in reviewed(project, load_review(project), read).items():
            if settlement.status in (ReviewStatus.REJECTED, ReviewStatus.CORRECTED):
                changes.replaced.add(key)
            elif settlement.example.provenance.origin is Origin.CORRECTED:
                changes.corrections[key] = settlement.settled_example()
            if settlement.status is ReviewStatus.ACCEPTED:
                changes.accepted[key] = settlement.settled_example()
    return changes


def count_waiting(changes: Changes, candidates: Iterable[Example]) -> int:
    """Count the candidates that people have not decided on; they need not fit into memory."""
    known = {int(e.id, 16) for e in candidates} | _numbers(changes.corrections)
    return len(known - _numbers(changes.replaced) - _numbers(changes.accepted))


def _numbers(ids: Iterable[str]) -> set[int]:
    return {int(name, 16) for name in ids}
