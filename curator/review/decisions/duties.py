"""Who must act: what waits for whom, and which disputes wait for nobody who is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curator.review.answers import is_noted
from curator.review.argilla.base import DatasetContent
from curator.review.decisions.settle import ReviewStatus, Settlement


@dataclass(frozen=True)
class Duty:
    """What waits for one person: examples to review, disputes to settle, forms that came back."""

    name: str
    review: int
    settle: int
    mend: int


@dataclass(frozen=True)
class Duties:
    """What waits for each person, in the order of names.

    `stuck` are disputes that everybody has a part in; `unsent` those that no push has sent yet.
    """

    people: list[Duty] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)


def duties(
    reviews: DatasetContent, disputes: DatasetContent, settlements: Mapping[str, Settlement]
) -> Duties:
    """Reckon from both datasets as they stand who has to do what."""
    names = sorted({*reviews.annotators, *disputes.annotators})
    disputed = [s for s in settlements.values() if s.status is ReviewStatus.DISPUTED]
    sent = [s for s in disputed if s.example.id in disputes.records]
    return Duties(
        people=[_duty(name, reviews, disputes, sent) for name in names],
        stuck=sorted(s.example.id for s in sent if not set(disputes.annotators) - s.parties),
        unsent=sorted(s.example.id for s in disputed if s.example.id not in disputes.records),
    )


def _duty(
    name: str, reviews: DatasetContent, disputes: DatasetContent, sent: Sequence[Settlement]
) -> Duty:
    theirs = {s.example.id for s in sent if name not in s.parties}
    noted = [
        a
        for content in (reviews, disputes)
        for a in content.answers
        if a.annotator == name and a.status == "draft" and is_noted(a.values)
    ]
    settle = len(waiting_for(name, disputes) & theirs)
    return Duty(name, len(waiting_for(name, reviews)), settle, len(noted))


def waiting_for(name: str, content: DatasetContent) -> set[str]:
    """Return the records that are open, not this person's dispute, and not answered by them."""
    answered = {a.record for a in content.answers if a.annotator == name and a.status != "draft"}
    return {
        record
        for record, complete in content.records.items()
        if not complete
        and record not in answered
        and name not in content.parties.get(record, frozenset())
    }
