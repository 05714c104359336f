"""Make the curated set of a project in memory: gather, select, split."""

from dataclasses import dataclass

from curator.base.progress import Progress, silent
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
    progress: Progress = silent,
) -> CuratedSet:
    """Make the set that a recipe gives of a project; the same project gives the same set."""
    gathered = gather(project, recipe, progress)
    progress("selecting and splitting", 0, 0)
    targets, settings = augment_recipe(project, recipe).targets, recipe.build
    selection = select(gathered.examples, targets, settings.excess, project.taxonomy)
    family = ancestry(selection.chosen, gathered.links)
    related = groups(selection.chosen, family, settings.alike)
    splits = split(related, settings.shares, settings.seed)
    covered = coverage(selection.chosen, targets, project.taxonomy)
    return CuratedSet(splits, selection, gathered, covered)
