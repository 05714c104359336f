"""What reviews come to, by a rule: accepted, rejected, corrected, disputed or pending.

Only the latest version of what each person said counts. An example is settled when at least
`min_reviews` people have answered and more than the share `majority` of them say the same; else
it is disputed, and one further person, who was not among them, decides. When those who disagreed
come to agree, their agreement stands. An acceptance that fewer than `min_reviews` people share who
notice faults (`doubted` are those who do not) is for a further person, too.

A corrected text takes the place of its parent once that one is settled as corrected. Its author
counts as one who accepts it; when an adjudicator wrote it, that settles it. One that does not
pass the filters is never accepted: it waits until somebody writes a better text, which takes its
place at once, or until it is rejected. Nothing here depends on the order of reviews.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from curator.records.example import Decision, Example, Origin, Review
from curator.review.decisions.log import latest
from curator.review.decisions.rubric import rubric
from curator.review.recipe import SettleSettings

T = TypeVar("T")


class ReviewStatus(StrEnum):
    """Where an example stands with its reviewers."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    DISPUTED = "disputed"
    PENDING = "pending"


@dataclass(frozen=True)
class Settlement:
    """Where one example stands with its reviewers, and the reviews that it rests on, by id.

    `child` is the example that replaces a corrected one; `opinions` are all that were said.
    """

    example: Example
    status: ReviewStatus
    reviews: tuple[Review, ...] = ()
    opinions: tuple[Review, ...] = ()
    child: str | None = None
    adjudicated: bool = False

    @property
    def parties(self) -> frozenset[str]:
        """Who has an opinion of the example, and so no part in settling a dispute about it."""
        return frozenset(r.annotator for r in self.opinions)

    @property
    def score(self) -> float | None:
        """The mean of the weighted ratings of those who decided, 1..5."""
        scores = [s for r in self.reviews if (s := rubric().score(r.ratings)) is not None]
        return round(sum(scores) / len(scores), 4) if scores else None

    def settled_example(self) -> Example:
        """Return the example with the labels that its reviewers agree on, and their reviews."""
        agreed = {
            "topic": _agreed(r.topic for r in self.reviews),
            "difficulty": _agreed(r.difficulty for r in self.reviews),
        }
        changes = {name: value for name, value in agreed.items() if value is not None}
        return self.example.model_copy(update={**changes, "reviews": self.reviews})


def _agreed(values: Iterable[T | None]) -> T | None:
    """Return the value that more than half of those who gave one gave."""
    given = Counter(v for v in values if v is not None)
    if not given:
        return None
    value, count = given.most_common(1)[0]
    return value if 2 * count > given.total() else None


def vote(review: Review, example: Example) -> Decision:
    """Tell what a review counts as: a changed text is a correction, a changed label is none."""
    if review.corrected and review.decision is not Decision.REJECT:
        return Decision.CORRECT
    labels = (review.topic, review.difficulty)
    relabelled = any(a and a != b for a, b in zip(labels, example.cell, strict=True))
    if review.decision is Decision.CORRECT and relabelled:
        return Decision.ACCEPT
    return review.decision


def _majority(votes: Sequence[Decision], rule: SettleSettings) -> Decision | None:
    decision, count = Counter(votes).most_common(1)[0]
    return decision if count > rule.majority * len(votes) else None


def _child(reviews: Sequence[Review]) -> str | None:
    """Return the correction that most people made; of equally many, the latest."""
    proposals = Counter(r.corrected for r in reviews if r.corrected)
    ranked = sorted((r.time, r.id, r.corrected) for r in reviews if r.corrected)
    return max(reversed(ranked), key=lambda r: proposals[r[2]])[2] if ranked else None


def _conclude(
    settlement: Settlement, what: Decision, reviews: Sequence[Review], adjudicated: bool
) -> Settlement:
    """Settle by a decision; disputed where it is to correct and nobody wrote how."""
    child = _child(reviews) if what is Decision.CORRECT else None
    status = {
        Decision.ACCEPT: ReviewStatus.ACCEPTED,
        Decision.REJECT: ReviewStatus.REJECTED,
        Decision.CORRECT: ReviewStatus.CORRECTED if child else ReviewStatus.DISPUTED,
    }[what]
    return replace(
        settlement,
        status=status,
        reviews=tuple(reviews),
        child=child,
        adjudicated=adjudicated,
    )


class Settler:
    """Apply the rule to the reviews of a project. `examples` holds every one by id."""

    def __init__(
        self,
        examples: Mapping[str, Example],
        reviews: Sequence[Review],
        rule: SettleSettings,
        doubted: frozenset[str] = frozenset(),
    ):
        self._examples = examples
        self._rule = rule
        self._doubted = doubted
        self._first: dict[str, list[Review]] = {}
        self._second: dict[str, list[Review]] = {}
        for review in sorted(latest(reviews).values(), key=lambda r: (r.time, r.id)):
            if not review.withdrawn:
                place = self._second if review.adjudication else self._first
                place.setdefault(review.example, []).append(review)

    def all(self) -> dict[str, Settlement]:
        """Settle every example, less corrected ones whose parent is not settled so."""
        settlements: dict[str, Settlement] = {}
        for example in self._examples.values():
            if example.provenance.origin is not Origin.CORRECTED:
                self._follow(example, settlements)
        return settlements

    def _follow(self, example: Example, settlements: dict[str, Settlement]) -> None:
        """Settle an example, then the correction that replaces it, and so on.

        Two people may correct each other's text back and forth: a text that was seen before ends
        the chain as a dispute.
        """
        authors: tuple[Review, ...] = ()
        final = False
        seen: set[str] = set()
        while example.id not in settlements:
            seen.add(example.id)
            settlement = self._settle(example, authors, final)
            child = settlement.child
            if child in seen or (child and child not in self._examples):
                settlement = replace(settlement, status=ReviewStatus.DISPUTED, child=None)
            settlements[example.id] = settlement
            if settlement.child is None:
                return
            example = self._examples[settlement.child]
            authors = tuple(r for r in settlement.reviews if r.corrected == example.id)
            final = settlement.adjudicated

    def _settle(self, example: Example, authors: Sequence[Review], final: bool) -> Settlement:
        own = self._first.get(example.id, [])
        spoken = {r.annotator for r in own}
        authors = [r for r in authors if r.annotator not in spoken]
        waiting = Settlement(example, ReviewStatus.PENDING, opinions=(*own, *authors))
        if example.rejection is not None:
            return self._returned(example, waiting)
        if final and not own:
            return replace(waiting, status=ReviewStatus.ACCEPTED, reviews=tuple(authors))
        votes = [(vote(r, example), r) for r in own]
        votes += [(Decision.ACCEPT, r) for r in authors]
        if len(votes) < self._rule.min_reviews:
            return waiting
        what = _majority([v for v, _ in votes], self._rule)
        if what is None:
            return self._adjudicate(example, waiting)
        settled = _conclude(waiting, what, [r for v, r in votes if v is what], adjudicated=False)
        if settled.status is ReviewStatus.DISPUTED or self._is_thin(settled):
            return self._adjudicate(example, waiting)
        return settled

    def _is_thin(self, settled: Settlement) -> bool:
        """Tell whether an acceptance needs a further person: too few of its own notice faults."""
        if settled.status is not ReviewStatus.ACCEPTED:
            return False
        noticing = sum(r.annotator not in self._doubted for r in settled.reviews)
        return noticing < min(self._rule.min_reviews, len(settled.reviews))

    def _returned(self, example: Example, waiting: Settlement) -> Settlement:
        """Settle a text that the filters reject: one better text replaces it."""
        own = self._first.get(example.id, [])
        better = [r for r in own if vote(r, example) is Decision.CORRECT and r.corrected]
        if better:
            return _conclude(waiting, Decision.CORRECT, better, adjudicated=False)
        against = [r for r in own if vote(r, example) is Decision.REJECT]
        enough = len(own) >= self._rule.min_reviews
        if enough and len(against) > self._rule.majority * len(own):
            return _conclude(waiting, Decision.REJECT, against, adjudicated=False)
        return waiting

    def _adjudicate(self, example: Example, waiting: Settlement) -> Settlement:
        """Settle by the latest adjudicator who had no part in the dispute, if any."""
        second = self._second.get(example.id, [])
        others = [r for r in second if r.annotator not in waiting.parties]
        if not others:
            return replace(waiting, status=ReviewStatus.DISPUTED)
        last = others[-1]
        return _conclude(waiting, vote(last, example), [last], adjudicated=True)


def settle(
    examples: Mapping[str, Example],
    reviews: Sequence[Review],
    rule: SettleSettings,
    doubted: frozenset[str] = frozenset(),
) -> dict[str, Settlement]:
    """Settle each example, by id; a correction that replaces nothing yet has no settlement.

    `doubted` are people who notice few planted falsehoods (controls/caught.py).
    """
    return Settler(examples, reviews, rule, doubted).all()
