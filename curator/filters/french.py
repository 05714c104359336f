"""french: the prose, by langdetect and by its words, judged as a whole and unit by unit.

langdetect is right on practically all French prose of 80 characters and more, and on half of
what is under 20, so short paragraphs are joined with their neighbours into units of at least
`unit_chars`. A whole-text verdict alone calls most answers that are one quarter English French.

What stays shorter than that, as most questions of learners do, is judged by the words that only
some languages have (curator.french.shortwords), and where these do not tell it passes, with a
detail that says so: the other text of the example is judged too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from curator.filters.base import Bound, Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.french.quoted import without_messages
from curator.french.shortwords import plainly_french, spoken_language
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
SURE = 80  # characters; of less, langdetect is unsure
UNSURE = "too short to tell the language of"


@cache
def _langdetect() -> Any:
    """Import langdetect, or its port to Rust: the same probabilities to the last bit, faster."""
    try:
        import langdetect_rs as package
    except ImportError:  # there are no wheels of it for every machine
        import langdetect as package
    package.DetectorFactory.seed = 0
    return package


def languages(text: str) -> dict[str, float]:
    """Return langdetect's probability of each language; empty for a text without letters."""
    package = _langdetect()
    try:
        return {guess.lang: guess.prob for guess in package.detect_langs(text)}
    except package.LangDetectException:
        return {}


def prose(markdown: str) -> list[str]:
    """Return the paragraphs of a text without its code and without the compiler's messages."""
    stripped = (_COMPILER_WORDS.sub("", p).strip() for p in paragraphs(markdown))
    return [p for p in stripped if any(c.isalpha() for c in p)]


def units(texts: Iterable[str], size: int) -> Iterator[str]:
    """Join neighbouring paragraphs into units of `size` characters or more.

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


def _own_words(text: str) -> str:
    """Return a text without the messages that it quotes, or whole where it is nothing else."""
    own = without_messages(text)
    return own if any(c.isalpha() for c in own) else text


def _words_say_french(text: str) -> bool:
    """Return whether a text that langdetect doubts is French by its words, messages aside."""
    own = _own_words(text)
    return spoken_language(own) == "fr" if len(own) < SURE else plainly_french(own)


class FrenchFilter(Filter[FrenchSettings]):
    """Reject prose that is not French, as a whole or in one part of question or answer."""

    name = "french"
    settings_type = FrenchSettings
    by_default = True
    label_fr = "français"
    cure_fr = "un modèle qui écrit mieux le français, et la stratégie repair"
    # What passed has the score of its answer, and none for its question.
    bounds = (Bound("min_score", "not_french", "<", "unknown"),)
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
        """Return one verdict each; the score is the probability of French for the whole answer.

        It is None for an answer that is too short for a probability.
        """
        return [self._judge(e) for e in examples]

    def _judge(self, example: Example) -> Verdict:
        unsure: list[str] = []
        score: float | None = None
        for role, text in (("question", example.question), ("answer", example.answer)):
            texts = prose(text)
            if not texts:
                return failing(self.name, "no_prose", role, 0.0)
            score, language = self._language("\n".join(texts))
            if language not in ("fr", None):
                return failing(self.name, "not_french", f"{role}: {language}", score)
            if foreign := self._foreign(texts):
                return failing(self.name, "foreign_paragraph", f"{role}: {foreign}", score)
            unsure += [] if language else [role]
        return passing(self.name, score, f"{UNSURE}: {', '.join(unsure)}" if unsure else "")

    def _language(self, text: str) -> tuple[float | None, str | None]:
        """Return the probability of French, None for a short text, and the language of a text.

        The language is None for a short text whose words do not tell.
        """
        if len(text) < SURE:
            return None, spoken_language(_own_words(text))
        guesses = languages(text)
        score = round(guesses.get("fr", 0.0), 4)
        if score >= self.settings.min_score or _words_say_french(text):
            return score, "fr"
        best = max(guesses, key=lambda language: guesses[language], default="none")
        return score, f"fr in part ({score})" if best == "fr" else best

    def _foreign(self, texts: Sequence[str]) -> str | None:
        """Return the first unit in another language: its code and how it begins."""
        for unit in units(texts, self.settings.unit_chars):
            language = self._foreign_language(unit)
            if language and not _words_say_french(unit):
                return f"{language}: {' '.join(unit.split())[:80]!r}"
        return None

    def _foreign_language(self, unit: str) -> str | None:
        if len(unit) < SURE:
            return spoken_language(_own_words(unit))
        for language, probability in languages(unit).items():
            if language != "fr" and probability >= self.settings.confidence:
                return language
        return None
