"""Where a project's examples stand with people: read from the batches and the log, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass

from curator import store
from curator.example import Example, Origin, Review
from curator.project import Project
from curator.recipe import AugmentRecipe, load_recipe
from curator.review.log import Log
from curator.review.recipe import RECIPE, ReviewRecipe, load_review
from curator.review.settle import Settlement, Standing, settle


@dataclass(frozen=True)
class State:
    """A project's examples, what people said of them, and what that comes to."""

    trusted: list[Example]
    examples: dict[str, Example]
    reviews: list[Review]
    settlements: dict[str, Settlement]

    def accepted(self) -> list[Example]:
        """What people accepted, in order of id, with agreed labels and the deciding reviews."""
        chosen = (s for s in self.settlements.values() if s.standing is Standing.ACCEPTED)
        return sorted((s.settled_example() for s in chosen), key=lambda e: e.id)


def read_state(project: Project, recipe: ReviewRecipe) -> State:
    """Read everything; candidates that are trusted examples already are not reviewed."""
    kept = Log.of(project)
    trusted = list(store.read_examples(project.trusted_files()))
    candidates = store.read_examples(project.pending_files(recipe.input))
    examples = {e.id: e for e in candidates} | kept.corrected()
    for example in trusted:
        examples.pop(example.id, None)
    reviews = kept.reviews()
    return State(trusted, examples, reviews, settle(examples, reviews, recipe.settle))


def filters_recipe(project: Project, recipe: ReviewRecipe) -> AugmentRecipe:
    """The augmentation recipe whose filters and targets hold for reviewed examples."""
    return load_recipe(project.root / "pipelines" / recipe.filters_of)


def still_counted(project: Project, candidates: Iterable[Example]) -> list[Example]:
    """Candidates that may still enter the set: less those that people turned down or corrected,
    and with the corrections. A project without a review recipe has no reviews.
    """
    waiting = {e.id: e for e in candidates}
    if not (project.root / RECIPE).is_file():
        return list(waiting.values())
    for key, found in read_state(project, load_review(project)).settlements.items():
        if found.standing in (Standing.REJECTED, Standing.CORRECTED):
            waiting.pop(key, None)
        elif found.example.provenance.origin is Origin.CORRECTED:
            waiting[key] = found.settled_example()
    return list(waiting.values())
