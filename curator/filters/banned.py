"""banned: phrases that no example contains, such as what models say of themselves."""

import re
from collections.abc import Sequence
from typing import ClassVar, Literal

from typing_extensions import override

from curator.filters.base import Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Verdict
from curator.text.fold import fold


class BannedSettings(FilterSettings):
    """Phrases that no example contains; case and accents do not matter."""

    name: Literal["banned"] = "banned"
    phrases: tuple[str, ...] = ()


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _pattern(phrase: str) -> str:
    # A word's edge is only asked for where the phrase begins or ends with a letter or digit.
    start = r"(?<!\w)" if phrase[0].isalnum() else ""
    end = r"(?!\w)" if phrase[-1].isalnum() else ""
    return f"{start}{re.escape(phrase)}{end}"


class BannedFilter(Filter[BannedSettings]):
    """Reject questions and answers with a banned phrase, whatever its case, accents and spacing."""

    name = "banned"
    settings_type = BannedSettings
    by_default = True
    label_fr = "phrases interdites"
    reasons: ClassVar[Reasons] = {
        "banned_phrase": Reason(
            "a phrase of the recipe's list occurs", "une phrase interdite y figure"
        ),
    }

    def __init__(self, settings: BannedSettings):
        super().__init__(settings)
        self._phrases = [p for p in map(_plain, settings.phrases) if p]
        self._pattern = re.compile("|".join(map(_pattern, self._phrases)))

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        return [self._judge(e) for e in examples]

    def _judge(self, example: Example) -> Verdict:
        for role, text in (("question", example.question), ("answer", example.answer)):
            plain = _plain(text)
            # Most texts have none of the phrases, which takes a tenth of the time to see.
            phrase = any(p in plain for p in self._phrases) and self._pattern.search(plain)
            if phrase:
                return failing(self.name, "banned_phrase", f"{role}: {phrase.group()!r}")
        return passing(self.name)
