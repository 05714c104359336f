"""What goes back to annotators: forms that decide nothing, and disputes that a party answered.

A record that is answered often enough is closed in Argilla, and nobody is shown it any more. Where
its answers settle nothing, one of them has to be opened again, or the record waits for ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from curator.french import review as wording
from curator.records.example import Decision
from curator.review.answers import SUBMITTED, noted
from curator.review.argilla.base import Answer, DatasetContent, HandBack
from curator.review.decisions.settle import ReviewStatus, Settlement

# Why a form goes back, for whoever runs the project; the annotator reads wording.RETURNS.
REASONS: Mapping[str, str] = {
    "unchanged": "decides to correct and changes nothing",
    "no_reason": "rejects without a reason",
    "unreadable": "is not a review",
    "filters": "keeps a text that the filters reject",
    "undecided": "settles nothing",
    "party": "is of a party to the dispute",
}


@dataclass(frozen=True)
class Return:
    """An answer that goes back, and why: a key of REASONS; `detail` says more of an unreadable."""

    dataset: str
    answer: Answer
    why: str
    detail: str = ""

    def form(self) -> HandBack:
        """Make the form that takes the answer's place: its own as a draft, with a note why.

        A party's is discarded: the dispute is not for them.
        """
        key, seen = (self.answer.record, self.answer.annotator), self.answer.time
        if self.why == "party":
            return HandBack(*key, "discarded", self.answer.values, seen)
        why = wording.RETURNS[self.why].format(why=self.detail)
        return HandBack(*key, "draft", noted(self.answer.values, why), seen)

    def __str__(self) -> str:
        where = f"{self.dataset}, record {self.answer.record}, {self.answer.annotator}"
        return f"{where}: sent back, it {REASONS[self.why]}"


def _submitted(
    content: DatasetContent, settlements: Mapping[str, Settlement]
) -> Iterator[tuple[Answer, Settlement]]:
    """Yield the answers that are given, each with what is known of its record."""
    for answer in content.answers:
        settlement = settlements.get(answer.record)
        if answer.status == SUBMITTED and settlement is not None:
            yield answer, settlement


def of_disputes(
    dataset: str, content: DatasetContent, settlements: Mapping[str, Settlement]
) -> Iterator[Return]:
    """Yield the answers to disputes that are disputes still: of parties, or without a decision."""
    for answer, settlement in _submitted(content, settlements):
        if settlement.status is ReviewStatus.DISPUTED:
            party = answer.annotator in settlement.parties
            yield Return(dataset, answer, "party" if party else "undecided")


def of_reviews(
    dataset: str, content: DatasetContent, settlements: Mapping[str, Settlement]
) -> Iterator[Return]:
    """Yield the answers that keep a text that the filters reject, where no other can be given."""
    for answer, settlement in _submitted(content, settlements):
        waits = settlement.status is ReviewStatus.PENDING and content.records.get(answer.record)
        said = {r.annotator: r.decision for r in settlement.opinions}
        rejects = said.get(answer.annotator) is Decision.REJECT
        if waits and settlement.example.rejection is not None and not rejects:
            yield Return(dataset, answer, "filters")
