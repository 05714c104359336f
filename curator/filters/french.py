"""French, by langdetect: prose only, judged as a whole and unit by unit.

langdetect is right on practically all French prose of 80 characters and more, and on half of
what is under 20, so short paragraphs are joined with their neighbours into units of at least
`unit_chars`. A whole-text verdict alone calls most answers that are one quarter English French.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from curator.filters.base import Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Verdict
from curator.text.markdown import paragraphs


class FrenchSettings(FilterSettings):
    """Prose is French as a whole and in each unit of at least `unit_chars` characters.

    A unit counts as foreign when langdetect gives another language at least `confidence`.
    """

    name: Literal["french"] = "french"
    unit_chars: int = Field(80, ge=20)
    confidence: float = Field(0.9, gt=0, le=1)
    min_score: float = Field(0.9, ge=0, le=1)


_COMPILER_WORDS = re.compile(
    r"^\s*(?:(?:error|warning)(?:\[E\d{4}\])?:|-->|=\s*(?:note|help):|(?:note|help):).*$",
    re.MULTILINE,
)


@cache
def _langdetect() -> Any:
    """langdetect, or its port to Rust: the same probabilities to the last bit, in less time."""
    try:
        import langdetect_rs as package
    except ImportError:  # there are no wheels of it for every machine
        import langdetect as package
    package.DetectorFactory.seed = 0
    return package


def languages(text: str) -> dict[str, float]:
    """The languages of a text with langdetect's probabilities; empty for a text without letters."""
    package = _langdetect()
    try:
        return {guess.lang: guess.prob for guess in package.detect_langs(text)}
    except package.LangDetectException:
        return {}


def prose(markdown: str) -> list[str]:
    """The paragraphs of a text less its code and what it quotes of the compiler."""
    stripped = (_COMPILER_WORDS.sub("", p).strip() for p in paragraphs(markdown))
    return [p for p in stripped if any(c.isalpha() for c in p)]


def units(texts: Iterable[str], size: int) -> Iterator[str]:
    """Join neighbouring paragraphs until each unit has `size` characters or more.

    What is left over at the end joins the last unit; a text shorter than that is one unit.
    """
    ready: list[str] = []
    pending = ""
    for text in texts:
        pending = f"{pending}\n{text}" if pending else text
        if len(pending) >= size:
            ready.append(pending)
            pending = ""
    if pending:
        ready.append(f"{ready.pop()}\n{pending}" if ready else pending)
    yield from ready


class FrenchFilter(Filter[FrenchSettings]):
    """Rejects prose that is not French, as a whole or in one part of question or answer."""

    name = "french"
    settings_type = FrenchSettings
    by_default = True
    label_fr = "français"
    cure_fr = "un modèle qui écrit mieux le français, et la stratégie repair"
    reasons: ClassVar[Reasons] = {
        "no_prose": Reason("there is no prose to judge", "aucune prose à juger"),
        "not_french": Reason(
            "the prose as a whole is not French", "la prose n'est pas en français"
        ),
        "foreign_paragraph": Reason(
            "one part of a French text is in another language",
            "un passage est dans une autre langue",
        ),
    }

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """The score is the probability of French for the answer as a whole."""
        return [self._judge(e) for e in examples]

    def _judge(self, example: Example) -> Verdict:
        score = 0.0
        for role, text in (("question", example.question), ("answer", example.answer)):
            found = prose(text)
            if not found:
                return failing(self.name, "no_prose", role, 0.0)
            whole = languages("\n".join(found))
            score = round(whole.get("fr", 0.0), 4)
            if score < self.settings.min_score:
                best = max(whole, key=lambda lang: whole[lang], default="none")
                return failing(self.name, "not_french", f"{role}: {best}", score)
            foreign = self._foreign(found)
            if foreign:
                return failing(self.name, "foreign_paragraph", f"{role}: {foreign}", score)
        return passing(self.name, score)

    def _foreign(self, texts: Sequence[str]) -> str | None:
        for unit in units(texts, self.settings.unit_chars):
            for language, probability in languages(unit).items():
                if language != "fr" and probability >= self.settings.confidence:
                    return f"{language}: {' '.join(unit.split())[:80]!r}"
        return None
