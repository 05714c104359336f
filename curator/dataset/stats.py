"""What `curator stats` does: count what a project has, and what it lacks."""

from dataclasses import dataclass
from typing import Any

from curator.generate.recipe import AugmentRecipe
from curator.records.coverage import Coverage, coverage
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.rejections import LastBuildRejections
from curator.review.decisions.state import count_still_counted


@dataclass(frozen=True)
class Stats:
    """What authored and imported examples cover, and how many candidates may still enter.

    `rejections` has seen those examples that the last build rejected, and that do not count.
    """

    covered: Coverage
    waiting: int
    rejections: LastBuildRejections

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        more = {"waiting_for_review": self.waiting, "refused": self.rejections.seen}
        return {**self.covered.document(), **more}


def count_project(project: Project, recipe: AugmentRecipe) -> Stats:
    """Count a project's examples against the recipe's targets; they need not fit into memory."""
    rejections = LastBuildRejections.of(project)
    trusted = read_examples(*project.trusted_files())
    covered = coverage(rejections.without(trusted), recipe.targets, project.taxonomy)
    pending = read_examples(*project.pending_files(recipe.output))
    return Stats(covered, count_still_counted(project, pending), rejections)
