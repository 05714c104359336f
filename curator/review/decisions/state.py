"""Where a project's examples stand with people: read from the batches and the log, never stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from curator.filters.repairable import is_repairable
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.example import Example, Origin, Review
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.rejections import Refused
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
    refused: Refused = field(default_factory=Refused)

    def counted(self) -> list[Example]:
        """List what covers a cell: trusted and accepted examples, but those that build rejected."""
        return list(self.refused.without([*self.trusted, *self.accepted()]))

    def accepted(self) -> list[Example]:
        """List what people accepted, by id, with agreed labels and the deciding reviews."""
        chosen = (s for s in self.settlements.values() if s.status is ReviewStatus.ACCEPTED)
        return sorted((s.settled_example() for s in chosen), key=lambda e: e.id)


def _candidates(project: Project, recipe: ReviewRecipe) -> Iterator[Example]:
    """Yield the examples that people are asked about: candidates, and imports to be mended."""
    yield from read_examples(*project.pending_files(recipe.input))
    if recipe.imports:
        rejected = read_examples(*project.repairable_files())
        yield from (e for e in rejected if is_repairable(e))


def read_state(project: Project, recipe: ReviewRecipe) -> State:
    """Read everything; candidates that are trusted examples already are not reviewed."""
    log = ReviewLog.of(project)
    trusted = list(read_examples(*project.trusted_files()))
    examples = {e.id: e for e in _candidates(project, recipe)} | log.corrected()
    for example in trusted:
        examples.pop(example.id, None)
    reviews = log.reviews()
    settled = settle(examples, reviews, recipe.settle)
    return State(trusted, examples, reviews, settled, Refused.of(project))


def filters_recipe(project: Project, recipe: ReviewRecipe) -> AugmentRecipe:
    """Load the augmentation recipe whose filters and targets hold for reviewed examples."""
    project.open()
    return load_recipe(project.root / "pipelines" / recipe.filters_of)


def reviewed(project: Project, recipe: ReviewRecipe) -> dict[str, Settlement]:
    """Settle what people spoke of, and corrections; the rest are all pending.

    As in `read_state`, but only these examples are in memory.
    """
    log = ReviewLog.of(project)
    reviews = log.reviews()
    spoken = {r.example for r in reviews}
    candidates = _candidates(project, recipe) if spoken else ()
    examples = {e.id: e for e in candidates if e.id in spoken} | log.corrected()
    for example in read_examples(*project.trusted_files()) if examples else ():
        examples.pop(example.id, None)
    return settle(examples, reviews, recipe.settle)


def _changes(project: Project) -> tuple[set[str], dict[str, Example]]:
    """Return the ids that people rejected or corrected, and the corrections that stand instead.

    A project without a review recipe has no reviews.
    """
    replaced, corrections = set[str](), dict[str, Example]()
    if (project.root / RECIPE).is_file():
        for key, settlement in reviewed(project, load_review(project)).items():
            if settlement.status in (ReviewStatus.REJECTED, ReviewStatus.CORRECTED):
                replaced.add(key)
            elif settlement.example.provenance.origin is Origin.CORRECTED:
                corrections[key] = settlement.settled_example()
    return replaced, corrections


def still_counted(project: Project, candidates: Iterable[Example]) -> list[Example]:
    """List candidates that may still enter the set: less those that people rejected or corrected,
    and with the corrections.
    """
    replaced, corrections = _changes(project)
    waiting = {e.id: e for e in candidates} | corrections
    return [e for key, e in waiting.items() if key not in replaced]


def count_still_counted(project: Project, candidates: Iterable[Example]) -> int:
    """Count what `still_counted` gives, of candidates that need not fit into memory."""
    replaced, corrections = _changes(project)
    return len(({int(e.id, 16) for e in candidates} | _numbers(corrections)) - _numbers(replaced))


def _numbers(ids: Iterable[str]) -> set[int]:
    return {int(name, 16) for name in ids}
