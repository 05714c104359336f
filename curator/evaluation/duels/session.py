"""What `curator review duel` and `curator review pull` do with duels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.evaluation.duels.exchange import Pulled, pull
from curator.evaluation.duels.outcome import DuelOutcome, outcomes
from curator.evaluation.duels.preferences import write_preferences
from curator.evaluation.duels.record import DuelLog
from curator.records.project import Project
from curator.review.argilla.base import Server
from curator.review.decisions.settle import Settlement
from curator.review.recipe import ReviewRecipe


@dataclass(frozen=True)
class DuelNews:
    """What came back of duels, what all of them come to, and the pairs for training."""

    pulled: Pulled
    outcomes: list[DuelOutcome]
    file: Path
    preferences: int

    def document(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        return {
            "choices": len(self.pulled.choices),
            "unreadable_choices": self.pulled.unreadable,
            "duels": [o.document() for o in self.outcomes],
            "preferences": self.preferences,
        }


def read_outcomes(project: Project) -> list[DuelOutcome]:
    """Count the duels of a project by what is on disk."""
    log = DuelLog.of(project)
    return outcomes(log.duels(), log.versions())


def pull_duels(
    project: Project, recipe: ReviewRecipe, server: Server, settlements: Mapping[str, Settlement]
) -> DuelNews:
    """Take choices in, count them, and write preferences.jsonl anew.

    Raises ArgillaError where the server is away.
    """
    pulled = pull(project, recipe, server)
    file, count = write_preferences(project, settlements)
    return DuelNews(pulled, read_outcomes(project), file, count)
