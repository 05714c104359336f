"""Exact duplicates: a question or an answer that, once normalised, was there before.

Normalised means: lower case, no accents, words only. Near duplicates are another filter's work.
"""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from curator.example import Example, Verdict
from curator.filters.base import failing, passing
from curator.recipe import DuplicateSettings
from curator.taxonomy import fold


def key(text: str) -> str:
    """What two texts share when they are the same but for case, accents and punctuation.

    A text without a letter or digit is its own key, so that "?" and "!" differ.
    """
    return " ".join(re.findall(r"\w+", fold(text))) or text.strip()


class DuplicateFilter:
    """Rejects an example that repeats a known one, or one before it in the same run."""

    name = "duplicates"
    reasons: ClassVar[dict[str, str]] = {
        "duplicate_question": "the question is that of an earlier example",
        "duplicate_answer": "the answer is that of an earlier example",
    }

    def __init__(self, settings: DuplicateSettings, known: Iterable[Example] = ()):
        self.settings = settings
        self._questions: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        for example in known:
            self._remember(example)

    def _remember(self, example: Example) -> None:
        self._questions.setdefault(key(example.question), example.id)
        self._answers.setdefault(key(example.answer), example.id)

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """See Filter. The detail names the earlier example."""
        verdicts = []
        for example in examples:
            verdict = self._judge(example)
            if verdict.passed:
                self._remember(example)
            verdicts.append(verdict)
        return verdicts

    def _judge(self, example: Example) -> Verdict:
        earlier = self._questions.get(key(example.question))
        if earlier and example.question.strip():
            return failing(self.name, "duplicate_question", f"same question as {earlier}")
        earlier = self._answers.get(key(example.answer))
        if earlier:
            return failing(self.name, "duplicate_answer", f"same answer as {earlier}")
        return passing(self.name)
