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
        """What covers a cell: trusted and accepted examples, but those that build refused."""
        return list(self.rejections.without([*self.trusted, *self.accepted()]))

    def accepted(self) -> list[Example]:
        """What people accepted, in order of id, with agreed labels and the deciding reviews."""
        chosen = (s for s in self.settlements.values() if s.status is ReviewStatus.ACCEPTED)
        return sorted((s.settled_example() for s in chosen), key=lambda e: e.id)


def _candidates(project: Project, recipe: ReviewRecipe, read: Reader) -> Iterator[Example]:
    """The examples that people are asked about: candidates, and imports that need their hand."""
    yield from read(*project.pending_files(recipe.input))
    if recipe.imports:
        rejected = read(*project.repairable_files())
        yield from (e for e in rejected if is_repairable(e))


def read_state(project: Project, recipe: ReviewRecipe) -> State:
    """Read everything; candidates that are trusted examples already are not reviewed."""
    kept = ReviewLog.of(project)
    trusted = list(read_examples(*project.trusted_files()))
    examples = {e.id: e for e in _candidates(project, recipe, read_examples)} | kept.corrected()
    for example in trusted:
        examples.pop(example.id, None)
    reviews = kept.reviews()
    settled = settle(examples, reviews, recipe.settle)
    return State(trusted, examples, reviews, settled, LastBuildRejections.of(project))


def filters_recipe(project: Project, recipe: ReviewRecipe) -> AugmentRecipe:
    """The augmentation recipe whose filters and targets hold for reviewed examples."""
    project.open()
    return load_recipe(project.root / "pipelines" / recipe.filters_of)


def reviewed(
    project: Project, recipe: ReviewRecipe, read: Reader = read_examples
) -> dict[str, Settlement]:
    """The settlements of what people spoke of, and of corrections; the rest are all pending.

    As in `read_state`, but only these examples are in memory. `read` reads example files.
    """
    kept = ReviewLog.of(project)
    reviews = kept.reviews()
    spoken = {r.example for r in reviews}
    candidates = _candidates(project, recipe, read) if spoken else ()
    examples = {e.id: e for e in candidates if e.id in spoken} | kept.corrected()
    for example in read(*project.trusted_files()) if examples else ():
        examples.pop(example.id, None)
    return settle(examples, reviews, recipe.settle)


class Changes(NamedTuple):
    """The ids that people turned down or corrected, and the corrections that stand instead."""

    gone: set[str]
    corrections: dict[str, Example]

    def applied(self, candidates: Iterable[Example]) -> list[Example]:
        """Those of the candidates that may still enter the set, and the corrections."""
        waiting = {e.id: e for e in candidates} | self.corrections
        return [e for key, e in waiting.items() if key not in self.gone]


def read_changes(project: Project, read: Reader = read_examples) -> Changes:
    """Read what people changed; nothing in a project without a review recipe."""
    changes = Changes(set(), {})
    if (project.root / RECIPE).is_file():
        for key, found in reviewed(project, load_review(project), read).items():
            if found.status in (ReviewStatus.REJECTED, ReviewStatus.CORRECTED):
                changes.gone.add(key)
            elif found.example.provenance.origin is Origin.CORRECTED:
                changes.corrections[key] = found.settled_example()
    return changes


def count_still_counted(project: Project, candidates: Iterable[Example]) -> int:
    """Count the candidates that may still enter the set; they need not fit into memory."""
    gone, corrections = read_changes(project)
    return len(({int(e.id, 16) for e in candidates} | _numbers(corrections)) - _numbers(gone))


def _numbers(ids: Iterable[str]) -> set[int]:
    return {int(one, 16) for one in ids}
