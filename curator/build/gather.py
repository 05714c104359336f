"""What may enter the curated set, by the recipe's policy, judged by the filters once more.

Nothing enters on an old verdict: rustc or a filter may have changed since. The compiler's answers
are kept, so that this costs little for examples that have not changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from curator.build.recipe import RetrainRecipe
from curator.example import Example
from curator.filters import make_filters, run_filters
from curator.project import Project
from curator.recipe import AugmentRecipe, load_recipe
from curator.review.agreement import Agreement, agreement
from curator.review.recipe import load_review
from curator.review.state import read_state


@dataclass(frozen=True)
class Gathered:
    """Examples that may enter, with their verdicts, and what was left out.

    `family` are all examples of the project, for their relations; `rejected` those that a filter
    refuses, `waiting` how many generated ones people have not accepted.
    """

    examples: list[Example]
    rejected: list[Example]
    family: list[Example]
    waiting: int
    agreement: list[Agreement] = field(default_factory=list)


def augment_recipe(project: Project, recipe: RetrainRecipe) -> AugmentRecipe:
    """The recipe whose targets and filters hold for the set."""
    return load_recipe(project.root / "pipelines" / recipe.augment)


def gather(
    project: Project,
    recipe: RetrainRecipe,
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
) -> Gathered:
    """Read the project and judge what may enter. Raises CuratorError for unreadable files."""
    state = read_state(project, load_review(project, project.root / "pipelines" / recipe.review))
    free = recipe.build.without_review
    unreviewed = [
        e for e in [*state.trusted, *state.examples.values()] if e.provenance.origin in free
    ]
    accepted = state.accepted()
    offered = list({e.id: e for e in [*unreviewed, *accepted]}.values())
    rules = augment_recipe(project, recipe)
    filters = make_filters(rules.filters, (), project.root)
    outcome = run_filters(offered, filters, progress)
    everything = [*state.trusted, *state.examples.values()]
    return Gathered(
        examples=sorted(outcome.accepted, key=lambda e: e.id),
        rejected=sorted(outcome.rejected, key=lambda e: e.id),
        family=everything,
        waiting=len({e.id for e in everything} - {e.id for e in offered}),
        agreement=agreement(state.reviews),
    )
