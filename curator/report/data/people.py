"""Read what people said of the candidates: progress and agreement, without names."""

from dataclasses import asdict, dataclass
from typing import Any

from curator.records.targets import Targets
from curator.review.decisions.agreement import Agreement
from curator.review.decisions.calibration import Calibration
from curator.review.decisions.log import latest
from curator.review.decisions.pace import Pace
from curator.review.decisions.state import State
from curator.review.decisions.status import Projection, status


@dataclass(frozen=True)
class People:
    """The review as it stands: candidates by standing, how fast, how much people agree.

    `reviews` counts the versions that hold, `reviewers` who wrote them; `disputed` the examples
    that people see differently. `signals` are compared with the decisions.
    """

    standings: dict[str, int]
    reviews: int
    reviewers: int
    pace: Pace
    agreement: list[Agreement]
    outlook: Projection
    signals: list[Calibration]

    @property
    def candidates(self) -> int:
        """How many examples people are asked about."""
        return sum(self.standings.values())

    def document(self) -> dict[str, Any]:
        """Return the review as a JSON object."""
        return asdict(self)


def read_people(state: State, targets: Targets) -> People:
    """Count what the log of reviews holds; the server is not asked."""
    review = status(state, targets, ())
    current = [r for r in latest(state.reviews).values() if not r.withdrawn]
    return People(
        standings=review.by_status,
        reviews=len(current),
        reviewers=len({r.annotator for r in current}),
        pace=review.pace,
        agreement=review.agreement,
        outlook=review.projection,
        signals=review.signals,
    )
