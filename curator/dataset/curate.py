"""Make the curated set of a project in memory: gather, select, split.

The splits start from those of the last built set, which so is one of the inputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from curator.base.progress import Progress, silent
from curator.dataset.earlier import EarlierSet, moved
from curator.dataset.gather import Gathered, augment_recipe, gather
from curator.dataset.recipe import BuildSettings, RetrainRecipe
from curator.dataset.select import Selection, select
from curator.dataset.split import ancestry, join, split
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example
from curator.records.project import Project
from curator.review.decisions.agreement import Agreement


@dataclass(frozen=True)
class CuratedSet:
    """The set, its splits, what it covers, what it was chosen from, and the last built set."""

    splits: dict[str, list[Example]]
    selection: Selection
    gathered: Gathered
    covered: Coverage
    earlier: EarlierSet = field(default_factory=EarlierSet)

    @property
    def moved(self) -> dict[str, tuple[str, str]]:
        """Examples that are on another side than in the last set: the one before, the one now."""
        return moved(self.earlier, self.splits)

    @property
    def held_out(self) -> dict[str, list[str]]:
        """Ids that were validated or tested on and are not in the set now, by their split."""
        return self.earlier.held_out({e.id for e in self.examples})

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
    resplit: bool = False,
) -> CuratedSet:
    """Make the set that a recipe gives of a project; the same project gives the same set.

    With `resplit`, examples are split from scratch. Raises DataError where the splits of the last
    set cannot be read.
    """
    earlier = EarlierSet() if resplit else EarlierSet.of(project.curated)
    gathered = gather(project, recipe, progress)
    progress("selecting and splitting", 0, 0)
    targets, settings = augment_recipe(project, recipe).targets, recipe.build
    selection = select(gathered.examples, targets, settings.excess, project.taxonomy)
    splits = _split(selection.chosen, gathered, earlier, settings)
    covered = coverage(selection.chosen, targets, project.taxonomy)
    return CuratedSet(splits, selection, gathered, covered, earlier)


def _split(
    chosen: Sequence[Example], gathered: Gathered, earlier: EarlierSet, settings: BuildSettings
) -> dict[str, list[Example]]:
    texts = [*chosen, *earlier.gone({e.id for e in chosen})]
    family = ancestry(chosen, gathered.links)
    related = join(texts, family, settings.alike)
    kept = related.kept(earlier.sides, chosen)
    return split(related.of(chosen), settings.shares, settings.seed, kept)
