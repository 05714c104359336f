"""Phrases that no example contains: what models say of themselves, chat markers, fillers."""

import re
from collections.abc import Sequence
from typing import ClassVar

from curator.example import Example, Verdict
from curator.filters.base import failing, passing
from curator.recipe import BannedSettings
from curator.taxonomy import fold


def _plain(text: str) -> str:
    return " ".join(fold(text).replace("\u2019", "'").split())


def _pattern(phrase: str) -> str:
    # A word's edge is only asked for where the phrase begins or ends with a letter or digit.
    start = r"(?<!\w)" if phrase[0].isalnum() else ""
    end = r"(?!\w)" if phrase[-1].isalnum() else ""
    return f"{start}{re.escape(phrase)}{end}"


class BannedFilter:
    """Rejects question or answer with a banned phrase; case, accents, spacing do not matter."""

    name = "banned"
    reasons: ClassVar[dict[str, str]] = {"banned_phrase": "a phrase of the recipe's list occurs"}

    def __init__(self, settings: BannedSettings):
        self.settings = settings
        phrases = [p for p in map(_plain, settings.phrases) if p]
        self._pattern = re.compile("|".join(map(_pattern, phrases))) if phrases else None

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """See Filter."""
        return [self._judge(e) for e in examples]

    def _judge(self, example: Example) -> Verdict:
        for role, text in (("question", example.question), ("answer", example.answer)):
            found = self._pattern.search(_plain(text)) if self._pattern else None
            if found:
                return failing(self.name, "banned_phrase", f"{role}: {found.group()!r}")
        return passing(self.name)
