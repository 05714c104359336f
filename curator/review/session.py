"""What the commands `curator review ...` do, by the recipe of a project."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from curator.base.progress import Progress, silent
from curator.records.project import Project
from curator.review.argilla.access import access_at, need_access
from curator.review.argilla.base import DatasetContent, Server
from curator.review.argilla.move import MoveResult, move
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.controls.caught import control_counts
from curator.review.controls.record import ControlLog
from curator.review.decisions.settle import ReviewStatus, Settlement
from curator.review.decisions.state import filters_recipe, read_state
from curator.review.decisions.status import Status, status
from curator.review.pull import PullResult, pull
from curator.review.push import PushResult, push
from curator.review.recipe import ReviewRecipe
from curator.review.sent import note_sent


@dataclass(frozen=True)
class Exchange:
    """What came back from annotators, what went out to them again, and what that comes to."""

    pulled: PullResult
    pushed: PushResult
    settlements: Mapping[str, Settlement]

    @property
    def by_status(self) -> dict[str, int]:
        """How many examples have each status."""
        every = [s.status for s in self.settlements.values()]
        return {status.value: every.count(status) for status in ReviewStatus}

    def document(self) -> dict[str, Any]:
        """The counts as one JSON document."""
        pulled = self.pulled
        return {
            "reviews": len(pulled.reviews),
            "of_controls": len(pulled.of_controls),
            "withdrawn": sum(r.withdrawn for r in pulled.reviews),
            "corrected": len(pulled.corrected),
            "corrected_failing": [e.id for e in pulled.failed],
            "set_aside": [str(a) for a in pulled.aside],
            "unreadable": pulled.unreadable,
            "returned": [str(r) for r in pulled.returned],
            "sent": self.pushed.sent,
            "stuck": self.pushed.stuck,
            "standings": self.by_status,
        }


def open_server(project: Project, recipe: ReviewRecipe) -> ArgillaServer:
    """Log in to the project's Argilla; raises ArgillaError where none is known or it refuses."""
    return ArgillaServer(need_access(recipe.server, project.root), recipe.server.timeout)


def exchange(
    project: Project,
    recipe: ReviewRecipe,
    server: Server,
    progress: Progress = silent,
    returns_only: bool = False,
) -> Exchange:
    """Take decisions in, then send out what needs people: with `returns_only`, no new candidates.

    Raises ArgillaError where the server is away; what was pulled before stays.
    """
    pulled = pull(project, recipe, server, progress)
    pushed = push(project, recipe, server, progress, returns_only=returns_only)
    return Exchange(pulled, pushed, read_state(project, recipe).settlements)


def review_status(project: Project, recipe: ReviewRecipe, server: Server) -> Status:
    """Count who did what, where people agree, and when the targets will be reached."""
    specs = review_dataset(project, recipe), adjudication_dataset(project, recipe)
    controls = ControlLog.of(project).controls()
    fetched = [_without(server.fetch(spec), controls) for spec in specs]
    note_sent(project, recipe, fetched[0].records)
    state, targets = read_state(project, recipe), filters_recipe(project, recipe).targets
    return status(state, targets, fetched, control_counts(project, recipe.controls))


def _without(content: DatasetContent, controls: Collection[str]) -> DatasetContent:
    """Leave the controls out of a dataset's content: they are nobody's work on the set."""
    records = {k: done for k, done in content.records.items() if k not in controls}
    answers = tuple(a for a in content.answers if a.record not in controls)
    return replace(content, records=records, answers=answers)


def move_datasets(
    project: Project, recipe: ReviewRecipe, address: str, key_file: Path, progress: Progress
) -> tuple[str, list[MoveResult]]:
    """Copy both datasets to another server; returns its address and what was copied."""
    source = open_server(project, recipe)
    target = ArgillaServer(access_at(address, key_file), recipe.server.timeout)
    names = [n for n in (recipe.dataset, recipe.adjudication) if source.find(n, recipe.workspace)]
    moved = [move(source, target, n, recipe.workspace, progress) for n in names]
    return target.url, moved
