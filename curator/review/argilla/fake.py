"""A server in memory, for tests that need no Argilla."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from curator.base.errors import ArgillaError
from curator.review.argilla.base import (
    Answer,
    Card,
    DatasetContent,
    DatasetSpec,
    HandBack,
    Server,
)
from curator.review.argilla.fields import PARTIES, PROJECT


class FakeServer(Server):
    """Keeps datasets as dictionaries; `answer` does what an annotator does.

    The next `failing` calls of `send` fail for the moment, after having stored the records, as
    when an answer is lost on its way.
    """

    def __init__(self, annotators: Sequence[str] = ()):
        self.url = "memory"
        self.annotators = tuple(annotators)
        self.cards: dict[str, dict[str, Card]] = {}
        self.answers: dict[str, dict[tuple[str, str], Answer]] = {}
        self.overlap: dict[str, int] = {}
        self.sent = 0
        self.failing = 0

    @override
    def open(self, spec: DatasetSpec) -> set[str]:
        self.overlap[spec.name] = spec.overlap
        there = self._found(spec)
        spec.refuse_foreign(self._marks(spec).values())
        return set(there if there is not None else self.cards.setdefault(spec.name, {}))

    def _found(self, spec: DatasetSpec) -> dict[str, Card] | None:
        if spec.name not in self.cards and spec.older in self.cards:
            spec.refuse_older()
        return self.cards.get(spec.name)

    def _marks(self, spec: DatasetSpec) -> dict[str, str]:
        cards = self.cards.get(spec.name, {})
        return {k: str(c.metadata[PROJECT]) for k, c in cards.items() if PROJECT in c.metadata}

    def _parties(self, spec: DatasetSpec) -> dict[str, frozenset[str]]:
        given = {k: c.metadata.get(PARTIES) for k, c in self.cards.get(spec.name, {}).items()}
        return {k: frozenset(names) for k, names in given.items() if isinstance(names, list)}

    @override
    def send(self, spec: DatasetSpec, cards: Sequence[Card]) -> None:
        self.cards[spec.name].update({c.id: c for c in cards})
        self.sent += len(cards)
        if self.failing:
            self.failing -= 1
            raise ArgillaError("the connection broke", transient=True)

    @override
    def fetch(self, spec: DatasetSpec) -> DatasetContent:
        self._found(spec)
        answers = self.answers.get(spec.name, {})
        submitted = [a.record for a in answers.values() if a.status == "submitted"]
        wanted = self.overlap.get(spec.name, 1)
        records = {c: submitted.count(c) >= wanted for c in self.cards.get(spec.name, {})}
        marks, parties = self._marks(spec), self._parties(spec)
        return DatasetContent(records, self.annotators, tuple(answers.values()), marks, parties)

    @override
    def hand_back(self, spec: DatasetSpec, forms: Sequence[HandBack]) -> int:
        cards, answers = self.cards.get(spec.name, {}), self.answers.setdefault(spec.name, {})
        people = {*self.annotators, *(name for _, name in answers)}
        known = [f for f in forms if f.record in cards and f.annotator in people]
        return sum(_put_back(answers, form) for form in known)

    def answer(
        self, dataset: str, record: str, annotator: str, time: datetime, **values: Any
    ) -> None:
        """Answer as an annotator; the form's suggestions stand where nothing else is given.

        `status` among the values is that of the answer, by default submitted.
        """
        status = values.pop("status", "submitted")
        filled = {n: s.value for n, s in self.cards[dataset][record].suggestions.items()}
        given: Mapping[str, Any] = {n: v for n, v in (filled | values).items() if v is not None}
        key = (record, annotator)
        self.answers.setdefault(dataset, {})[key] = Answer(record, annotator, status, given, time)


def _put_back(answers: dict[tuple[str, str], Answer], form: HandBack) -> bool:
    """Put one form back, unless its answer changed since; returns whether it was."""
    key = form.record, form.annotator
    before = answers.get(key)
    if (before.time if before else None) != form.seen:
        return False
    answers.pop(key, None)
    if form.status != "pending":
        now = datetime.now(UTC) if before is None else before.time + timedelta(seconds=1)
        answers[key] = Answer(*key, form.status, form.values, now)
    return True
