"""duplicates: a question or an answer that, once normalised, was there before.

Normalised means: lower case, no accents, words only. Near duplicates are another filter's work.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import ClassVar, Literal

from typing_extensions import override

from curator.filters.base import (
    ComparingFilter,
    Comparison,
    FilterSettings,
    Reason,
    Reasons,
    failing,
    passing,
)
from curator.records.example import Example, ExampleId, Verdict
from curator.text.fold import fold


class DuplicateSettings(FilterSettings):
    """No question and no answer is, once normalised, that of an earlier example."""

    name: Literal["duplicates"] = "duplicates"


def normalised(text: str) -> str:
    """Return a text without case, accents and punctuation.

    A text without a letter or digit stays as it is, so that "?" and "!" differ.
    """
    return " ".join(re.findall(r"\w+", fold(text))) or text.strip()


def _digest(text: str) -> bytes:
    """Hash a normalised text: 16 bytes in memory instead of all of it."""
    return blake2b(normalised(text).encode("utf-8"), digest_size=16).digest()


class DuplicateFilter(ComparingFilter[DuplicateSettings]):
    """Reject an example that repeats a known one, or one that was kept before it."""

    name = "duplicates"
    settings_type = DuplicateSettings
    by_default = True
    label_fr = "doublons"
    cure_fr = "d'autres graines, et des stratégies plus variées"
    reasons: ClassVar[Reasons] = {
        "duplicate_question": Reason(
            "the question is that of an earlier example", "la question existe déjà"
        ),
        "duplicate_answer": Reason(
            "the answer is that of an earlier example", "la réponse existe déjà"
        ),
    }

    def __init__(self, settings: DuplicateSettings, known: Iterable[Example] = ()):
        super().__init__(settings)
        self.questions, self.answers = _Texts(), _Texts()
        self.learn(known)

    @override
    def compare(self, examples: Sequence[Example]) -> "_Comparison":
        return _Comparison(self, examples)


class _Texts:
    """Which examples have a text, by its digest: most texts are those of one."""

    def __init__(self) -> None:
        self._first: dict[bytes, int] = {}  # half the size of the id as text
        self._more: dict[bytes, list[int]] = {}

    def add(self, digest: bytes, example: Example) -> None:
        """Remember that an example has a text."""
        number = int(example.id, 16)
        if self._first.setdefault(digest, number) != number:
            self._more.setdefault(digest, []).append(number)

    def earliest(self, digest: bytes, without: Collection[ExampleId]) -> ExampleId | None:
        """Return the id of the first example that has a text, but for those in `without`."""
        if digest not in self._first:
            return None
        ids = (f"{n:016x}" for n in (self._first[digest], *self._more.get(digest, ())))
        return next((one for one in ids if one not in without), None)


class _Comparison(Comparison):
    def __init__(self, own: DuplicateFilter, examples: Sequence[Example]):
        self._filter, self._examples = own, examples
        self._digests = [(_digest(e.question), _digest(e.answer)) for e in examples]

    @override
    def verdict(self, row: int, without: Collection[ExampleId] = ()) -> Verdict:
        """Judge an example; the detail names the earlier one."""
        name, (question, answer) = self._filter.name, self._digests[row]
        earlier = self._filter.questions.earliest(question, without)
        if earlier is not None and self._examples[row].question.strip():
            return failing(name, "duplicate_question", f"same question as {earlier}")
        earlier = self._filter.answers.earliest(answer, without)
        if earlier is not None:
            return failing(name, "duplicate_answer", f"same answer as {earlier}")
        return passing(name)

    @override
    def remember(self, row: int) -> None:
        question, answer = self._digests[row]
        self._filter.questions.add(question, self._examples[row])
        self._filter.answers.add(answer, self._examples[row])
