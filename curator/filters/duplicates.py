"""duplicates: a question or an answer that, once normalised, was there before.

Normalised means: lower case, no accents, words only. Near duplicates are another filter's work.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import ClassVar, Literal

from typing_extensions import override

from curator.filters.base import ComparingFilter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Verdict
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
    """Reject an example that repeats a known one, or one before it in the same run."""

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
        self._questions: dict[bytes, int] = {}
        self._answers: dict[bytes, int] = {}
        self.learn(known)

    @override
    def learn(self, known: Iterable[Example]) -> None:
        for example in known:
            self._remember(example, _digest(example.question), _digest(example.answer))

    def _remember(self, example: Example, question: bytes, answer: bytes) -> None:
        number = int(example.id, 16)  # half the size of the id as text
        self._questions.setdefault(question, number)
        self._answers.setdefault(answer, number)

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """Return one verdict each; the detail names the earlier example."""
        digests = [(_digest(e.question), _digest(e.answer)) for e in examples]
        return [self._judge(e, *both) for e, both in zip(examples, digests, strict=True)]

    def _judge(self, example: Example, question: bytes, answer: bytes) -> Verdict:
        earlier = self._questions.get(question)
        if earlier is not None and example.question.strip():
            return failing(self.name, "duplicate_question", f"same question as {earlier:016x}")
        earlier = self._answers.get(answer)
        if earlier is not None:
            return failing(self.name, "duplicate_answer", f"same answer as {earlier:016x}")
        self._remember(example, question, answer)
        return passing(self.name)
