"""A project -> the set that would be shipped: gathered, selected, split. Writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from curator.dataset.gather import Gathered, augment_recipe, gather
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.select import Selection, select
from curator.dataset.split import ancestry, groups, split
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example
from curator.records.project import Project
from curator.review.decisions.agreement import Agreement


@dataclass(frozen=True)
class CuratedSet:
    """The set, its splits, what it covers, and what it was chosen from."""

    splits: dict[str, list[Example]]
    selection: Selection
    gathered: Gathered
    covered: Coverage

    @property
    def examples(self) -> list[Example]:
        """Every example of the set, in slot order."""
        return self.selection.chosen

    @property
    def agreement(self) -> list[Agreement]:
        """How far the reviewers of the project agree."""
        return self.gathered.agreement


def curate(
    project: Project,
    recipe: RetrainRecipe,
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
) -> CuratedSet:
    """The set that the recipe makes of the project as it is; the same project, the same set."""
    found = gather(project, recipe, progress)
    progress("selecting and splitting", 0, 0)
    targets, settings = augment_recipe(project, recipe).targets, recipe.build
    chosen = select(found.examples, targets, settings.excess, project.taxonomy)
    family = ancestry(chosen.chosen, found.links)
    related = groups(chosen.chosen, family, settings.alike)
    splits = split(related, settings.shares, settings.seed)
    return CuratedSet(splits, chosen, found, coverage(chosen.chosen, targets, project.taxonomy))
