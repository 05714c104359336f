"""What can be said of the work so far: who did what, where people agree, when it will be done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any

from curator.records.coverage import coverage
from curator.records.example import Review
from curator.records.targets import Targets
from curator.review.answers import SUBMITTED
from curator.review.argilla.base import DatasetContent
from curator.review.controls.caught import NO_ANSWERS, Caught, ControlCounts
from curator.review.decisions.agreement import Agreement, agreement
from curator.review.decisions.calibration import Calibration, calibrate
from curator.review.decisions.duties import Duties, duties, waiting_for
from curator.review.decisions.log import latest
from curator.review.decisions.pace import Pace, pace
from curator.review.decisions.rubric import rubric
from curator.review.decisions.settle import ReviewStatus, Settlement
from curator.review.decisions.state import State

SHOWN = 10
NO_CONTROLS = ControlCounts()


@dataclass(frozen=True)
class Annotator:
    """One person's forms on the server by state, and their pace; `pending` wait for them.

    `controls` are what they made of known answers, `doubted` that they notice too few of them.
    """

    name: str
    submitted: int
    drafts: int
    discarded: int
    pending: int
    pace: Pace
    controls: Caught = NO_ANSWERS
    doubted: bool = False


@dataclass(frozen=True)
class Dispute:
    """An example that people see differently: how far apart, 0..1, and who decided what."""

    example: str
    cell: str
    distance: float
    decisions: dict[str, str]
    status: ReviewStatus


@dataclass(frozen=True)
class Projection:
    """What is missing to the targets, and how long that takes as things go.

    `waiting` are for people to decide, of which `unsent` are not on the server. `yield_` is the
    share of settled examples that were accepted, `days` are calendar days at the rate of
    acceptances since the first review; None where nothing was accepted yet.
    """

    missing: int
    waiting: int
    unsent: int
    accepted_per_day: float
    yield_: float | None
    days: float | None


@dataclass(frozen=True)
class Status:
    """What `curator review status` reports.

    `accepted_per_hour` are accepted examples for an hour of everybody's work, controls included;
    None where no pace is known.
    """

    by_status: dict[str, int]
    cells: dict[str, dict[str, int]]
    annotators: list[Annotator]
    pace: Pace
    agreement: list[Agreement]
    disputes: list[Dispute]
    projection: Projection
    signals: list[Calibration]
    accepted_per_hour: float | None = None
    duties: Duties = field(default_factory=Duties)

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        data = asdict(self)
        data["standings"] = data.pop("by_status")
        data["outlook"] = data.pop("projection")
        data["outlook"]["yield"] = data["outlook"].pop("yield_")
        for dispute in data["disputes"]:
            dispute["standing"] = dispute.pop("status")
        return data


def _annotators(
    fetched: Sequence[DatasetContent], reviews: Sequence[Review], controls: ControlCounts
) -> list[Annotator]:
    names = {n for f in fetched for n in f.annotators} | {
        a.annotator for f in fetched for a in f.answers
    }
    names |= controls.by_annotator.keys()
    return [_annotator(name, fetched, reviews, controls) for name in sorted(names)]


def _annotator(
    name: str,
    fetched: Sequence[DatasetContent],
    reviews: Sequence[Review],
    controls: ControlCounts,
) -> Annotator:
    states: Counter[str] = Counter()
    pending = 0
    for dataset in fetched:
        own = {a.record: a.status for a in dataset.answers if a.annotator == name}
        # A party's form of a dispute is discarded by us, not by them.
        states.update(s for r, s in own.items() if name not in dataset.parties.get(r, ()))
        pending += len(waiting_for(name, dataset))
    own_pace = pace([r for r in reviews if r.annotator == name])
    counts = states[SUBMITTED], states["draft"], states["discarded"]
    known = controls.by_annotator.get(name, NO_ANSWERS)
    return Annotator(name, *counts, pending, own_pace, known, name in controls.doubted)


def distance(reviews: Sequence[Review]) -> float:
    """Measure how far apart reviews of one example are, 0..1: the mean over all pairs of 0.5 for
    another decision plus half the weighted distance of their ratings.
    """
    pairs = list(combinations(reviews, 2))
    total = 0.0
    for first, second in pairs:
        total += 0.5 * (first.decision != second.decision)
        shared = first.ratings.keys() & second.ratings.keys()
        weights = {n: c.weight for n, c in rubric().criteria.items() if n in shared and c.weight}
        apart = sum(w * abs(first.ratings[n] - second.ratings[n]) / 4 for n, w in weights.items())
        total += 0.5 * apart / sum(weights.values()) if weights else 0.0
    return round(total / len(pairs), 4) if pairs else 0.0


def _disputes(state: State) -> list[Dispute]:
    by_example: dict[str, list[Review]] = {}
    for review in latest(state.reviews).values():
        if not (review.withdrawn or review.adjudication) and review.example in state.settlements:
            by_example.setdefault(review.example, []).append(review)
    disputes = [_dispute(state.settlements[e], reviews) for e, reviews in by_example.items()]
    apart = sorted((d for d in disputes if d.distance), key=lambda d: (-d.distance, d.example))
    return apart[:SHOWN]


def _dispute(settlement: Settlement, reviews: Sequence[Review]) -> Dispute:
    decisions = {r.annotator: r.decision.value for r in sorted(reviews, key=lambda r: r.annotator)}
    example = settlement.example
    return Dispute(example.id, str(example.cell), distance(reviews), decisions, settlement.status)


def _duties(fetched: Sequence[DatasetContent], state: State) -> Duties:
    if len(fetched) < 2:
        return Duties()
    return duties(fetched[0], fetched[1], state.settlements)


def _projection(state: State, targets: Targets, fetched: Sequence[DatasetContent]) -> Projection:
    accepted = state.accepted()
    missing = coverage(state.counted(), targets).missing
    counts = Counter(s.status for s in state.settlements.values())
    closed = counts[ReviewStatus.ACCEPTED] + counts[ReviewStatus.REJECTED]
    times = [r.time for r in state.reviews if not r.withdrawn]
    span = (max(times) - min(times)).total_seconds() / 86400 if times else 0.0
    rate = len(accepted) / max(span, 1.0)
    return Projection(
        missing=missing,
        waiting=counts[ReviewStatus.PENDING] + counts[ReviewStatus.DISPUTED],
        unsent=_unsent(state, fetched),
        accepted_per_day=round(rate, 2),
        yield_=round(counts[ReviewStatus.ACCEPTED] / closed, 4) if closed else None,
        days=round(missing / rate, 1) if rate else None,
    )


def _unsent(state: State, fetched: Sequence[DatasetContent]) -> int:
    """Count the candidates that wait for people, and that no push has sent."""
    sent = {record for dataset in fetched for record in dataset.records}
    settled = state.settlements.items()
    return sum(s.status is ReviewStatus.PENDING and key not in sent for key, s in settled)


def _accepted_per_hour(state: State, controls: ControlCounts) -> float | None:
    """Divide what was accepted by the hours of all reviews, those without a known length too."""
    work = pace([*state.reviews, *controls.reviews])
    if not work.per_hour:
        return None
    return round(len(state.accepted()) * work.per_hour / work.reviews, 2)


def status(
    state: State,
    targets: Targets,
    fetched: Sequence[DatasetContent],
    controls: ControlCounts = NO_CONTROLS,
) -> Status:
    """Report the state of the work; `fetched` are the datasets as they stand on the server, that of
    the reviews and that of the disputes, without the controls.
    """
    counts = Counter(s.status.value for s in state.settlements.values())
    cells: dict[str, dict[str, int]] = {}
    for settlement in state.settlements.values():
        cell = cells.setdefault(str(settlement.example.cell), dict.fromkeys(ReviewStatus, 0))
        cell[settlement.status] += 1
    return Status(
        by_status={name.value: counts[name.value] for name in ReviewStatus},
        cells=dict(sorted(cells.items())),
        annotators=_annotators(fetched, state.reviews, controls),
        pace=pace(state.reviews),
        agreement=agreement(state.reviews),
        disputes=_disputes(state),
        projection=_projection(state, targets, fetched),
        signals=calibrate(state.settlements.values()),
        duties=_duties(fetched, state),
        accepted_per_hour=_accepted_per_hour(state, controls),
    )
