"""Look for groups of alternatives in an answer: on word boundaries, in prose or in code.

Case and accents are folded. In an alternative, a word matches with or without the s or x of a
plural, and with any ending where a star follows it ("emprunt*"); symbols match as they are; spaces
between them are optional, spaces between words any white space. The French and English names of
the glossary stand for each other. Comments in code count neither as code nor as prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from curator.evaluation.fences import fences, outside
from curator.french.glossary import alternatives
from curator.records.example import Record
from curator.rust.source import analyse
from curator.text.fold import fold

Place = Literal["prose", "code", "anywhere"]
Words = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
_TOKEN = re.compile(r"\w+\*?(?=\s|$)|\w+|\s+|\.\.=?|->|=>|[()\[\]{}.,;?]|[^\w\s()\[\]{}.,;?]+")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MARKS = re.compile(r"[\s,;]*|\\?.")
_NAMED = re.compile(r"\{[^{}\s]*\}")
_PLURAL = 4  # letters of a word from which its plural counts as well


class Group(Record):
    """One idea: any of these words says it, in this part of an answer."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    any: tuple[Words, ...] = Field(min_length=1)
    place: Place = Field("anywhere", alias="in")
    why: str | None = None

    @property
    def pattern(self) -> "re.Pattern[str]":
        """What finds any of its words in a folded text."""
        return _pattern(self.any, self.place != "code")

    def found(self, said: "Said") -> bool:
        """Tell whether an answer has any of its words in its place."""
        return any(self.pattern.search(text) for text in said.at(self.place))


@dataclass(frozen=True)
class Said:
    """An answer as groups are looked for in it: its prose and its code, folded."""

    answer: str

    @cached_property
    def prose(self) -> str:
        """What stands outside of fences, with its inline code."""
        return fold(outside(self.answer))

    @cached_property
    def code(self) -> str:
        """The fences, without comments."""
        return fold("\n".join(uncommented(fence.code) for fence in fences(self.answer)))

    def at(self, place: Place) -> tuple[str, ...]:
        """Return the texts of a place."""
        return {"prose": (self.prose,), "code": (self.code,)}.get(place, (self.prose, self.code))


def uncommented(code: str) -> str:
    """Return code without comments, and of its literals no more than {names} and separators."""
    return _LITERAL.sub(_without_words, analyse(code).without_comments(" "))


def _without_words(literal: "re.Match[str]") -> str:
    said = literal.group()[1:-1]
    kept = said if _MARKS.fullmatch(said) else "".join(_NAMED.findall(said))
    return f'"{kept}"'


@cache
def _pattern(any_of: tuple[str, ...], in_prose: bool) -> "re.Pattern[str]":
    wanted = dict.fromkeys(any_of)
    if in_prose:
        wanted |= dict.fromkeys(name for one in any_of for name in _synonyms(one))
    return re.compile("|".join(_of_words(fold(one)) for one in wanted))


def _synonyms(words: str) -> Iterator[str]:
    """Yield what the glossary has for a term; with the star that the term has."""
    star = "*" if words.endswith("*") else ""
    yield from (name + star for name in _glossary().get(_singular(words), ()))


def _singular(words: str) -> str:
    return re.sub(r"(?<=\w\w\w)[sx]?\*?$", "", fold(words))


@cache
def _glossary() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for term in alternatives():
        names = tuple(name for one in term for name in one.split(" / to "))
        for name in names:
            known[_singular(name)] = (*known.get(_singular(name), ()), *names)
    return known


def _of_words(words: str) -> str:
    """Write the pattern of one alternative, which is folded."""
    tokens = _TOKEN.findall(words.strip())
    if not tokens:  # of marks that folding takes away
        return re.escape(words)
    parts = [_of_token(token, tokens[at - 1 : at], tokens[at + 1 : at + 2])
             for at, token in enumerate(tokens)]  # fmt: skip
    before = r"(?<!\w)" if _is_word(tokens[0]) else ""
    after = r"(?!\w)" if _is_word(tokens[-1]) and not tokens[-1].endswith("*") else ""
    return before + "".join(parts) + after


def _of_token(token: str, before: list[str], after: list[str]) -> str:
    if token.isspace():
        between_words = all(_is_word(side[0]) for side in (before, after) if side)
        return r"\s+" if between_words else r"\s*"
    joined = r"\s*" if before and not before[0].isspace() else ""  # beside a word, or a symbol
    if token.endswith("*") and _is_word(token):
        return joined + re.escape(token[:-1]) + r"\w*"
    plural = "[sx]?" if token.isalpha() and len(token) >= _PLURAL and not after else ""
    return joined + re.escape(token) + plural


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"
