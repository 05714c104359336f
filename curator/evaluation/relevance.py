"""Tell how far an answer has to do with its question: it takes up what only that one is about.

A question's own terms are the names in its code, and the words of its prose that are neither common
in French nor in every lesson on Rust. Words are compared by their beginnings, for endings change.
"""

import re
from functools import cache

from curator.evaluation.fences import outside
from curator.evaluation.solving.groups import uncommented
from curator.evaluation.solving.programs import rust_fences
from curator.french.common import OF_EVERY_LESSON
from curator.french.glossary import alternatives
from curator.french.shortwords import evidence
from curator.text.fold import fold
from curator.text.shingles import KEYWORDS

EVERY, MOST = 60, 3  # words of an answer for each term that it takes up, and terms at most
_STEM = 5  # letters by which words are compared
_NAME = re.compile(r"[A-Za-z_]\w+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_SPAN = re.compile(r"`+([^`\n]*)`+")


@cache
def _common() -> frozenset[str]:
    """Return the beginnings of the words that say nothing of what a question is about."""
    terms = " ".join(name for names in alternatives() for name in names)
    return frozenset(
        _stem(word) for word in re.findall(r"\w+!?", fold(f"{OF_EVERY_LESSON} {terms}"))
    )


def _stem(word: str) -> str:
    return word[:_STEM]


def _names(code: str) -> set[str]:
    names = set(_NAME.findall(code)) - KEYWORDS
    return {fold(name) for name in names if not _is_french(name)}


def terms(question: str) -> frozenset[str]:
    """Return the beginnings of the names and words that a question is about."""
    prose = outside(question)
    words = {fold(word) for word in _WORD.findall(_SPAN.sub(" ", prose)) if not _is_french(word)}
    names = _names(" ".join([*rust_fences(question), *_SPAN.findall(prose)]))
    return frozenset(map(_stem, names | words)) - _common()


def shared_names(question: str, code: str) -> frozenset[str]:
    """Return the beginnings of what a question is about that code has as names.

    What stands in comments and literals names nothing.
    """
    return terms(question) & set(map(_stem, _names(uncommented(code))))


def _is_french(word: str) -> bool:
    """Tell whether a word is one of those by which French is known, whatever it is about."""
    return any("fr" in evidence(form) for form in (word, fold(word)))


def relevance(question: str, answer: str) -> float:
    """Return 0..1: how many of a question's terms an answer takes up, of one for EVERY words.

    A long text meets some of them by chance, a short one has no room for many.
    """
    wanted = terms(question)
    if not wanted:
        return 1.0
    words = re.findall(r"\w+", fold(answer))
    needed = min(len(wanted), MOST, max(1, round(len(words) / EVERY)))
    return min(1.0, len(wanted & set(map(_stem, words))) / needed)
