"""What `curator stats` does: count what a project has, and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from curator.generate.recipe import AugmentRecipe
from curator.records.coverage import Coverage, coverage
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.rejections import LastBuildRejections
from curator.records.taxonomy import Slot
from curator.review.decisions.state import count_waiting, read_changes


@dataclass(frozen=True)
class Stats:
    """What may enter the set covers, and how many candidates wait for people.

    What may enter are authored and imported examples, and what people accepted: the examples that
    `curator` counts. A build leaves out those for which a slot has no room.

    `rejections` has seen those examples that the last build rejected, and that do not count. `room`
    is how many more examples each slot would hold (curator/augment/room.py), where that is known.
    """

    covered: Coverage
    waiting: int
    rejections: LastBuildRejections
    room: Mapping[Slot, int] | None = None

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        more: dict[str, Any] = {"waiting_for_review": self.waiting, "refused": self.rejections.seen}
        if self.room is not None:
            more["room"] = {str(slot): n for slot, n in self.room.items() if n}
        return {**self.covered.document(), **more}


def count_project(project: Project, recipe: AugmentRecipe) -> Stats:
    """Count a project's examples against the recipe's targets; they need not fit into memory."""
    rejections = LastBuildRejections.of(project)
    trusted = read_examples(*project.trusted_files())
    changes = read_changes(project)
    may_enter = rejections.without(chain(trusted, changes.accepted.values()))
    covered = coverage(may_enter, recipe.targets, project.taxonomy)
    pending = read_examples(*project.pending_files(recipe.output))
    return Stats(covered, count_waiting(changes, pending), rejections)
