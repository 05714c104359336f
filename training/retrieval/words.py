"""Words of texts and questions, as BM25 compares them.

A text gives its words in lower case without accents and without the s of a plural, and its
identifiers both whole and in parts (`should_panic`: should_panic, should, panic). A question also
gives the English words that the glossary (glossaire.yaml) has for its French ones, less the French
words that say nothing or something else in English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from curator.errors import DataError
from curator.taxonomy import fold

GLOSSARY = Path(__file__).with_name("glossaire.yaml")
# An error code says which page is meant: in a question it counts as often as this.
CODE_WEIGHT = 4
_TOKEN = re.compile(r"[^\W_]\w*|_\w+|(?<=`)[^\w\s`]{1,3}(?=`)|(?<=\s)[&|=!<>:.+-]{2,3}(?=[\s,;?])")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ERROR = re.compile(r"e\d{4}")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|\w*qu)['’]", re.IGNORECASE)


def stem(word: str) -> str:
    """A word without the ending of an English plural (the S-stemmer of Harman, 1991)."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("us", "ss")):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]


def words(text: str) -> Iterator[str]:
    """The words of a text, stemmed; an identifier of several words is followed by its parts."""
    for token in _TOKEN.findall(text):
        word = fold(token)
        yield stem(word)
        parts = _PART.findall(token) if token.isascii() and not _ERROR.fullmatch(word) else ()
        if len(parts) > 1:
            yield from (stem(part.lower()) for part in parts if len(part) > 1)


@dataclass(frozen=True)
class Glossary:
    """French phrases, each with the English words for it, and French words to leave out."""

    terms: tuple[tuple["re.Pattern[str]", tuple[str, ...]], ...]
    ignored: frozenset[str]

    def english(self, question: str) -> list[str]:
        """The English words for what stands in a question; the longest phrase at a place counts."""
        rest, found = " ".join(fold(question).split()), list[str]()
        for pattern, meaning in self.terms:
            rest, count = pattern.subn(" ", rest)
            found += meaning * min(count, 1)
        return found


@cache
def glossary(path: Path = GLOSSARY) -> Glossary:
    """The glossary in a file; raises DataError for one that is not of this form."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        terms = {str(k): tuple(words(str(v))) for k, v in data["terms"].items()}
        ignored = frozenset(str(data["ignored"]).split())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        hint = "give terms: {French: English words} and ignored: French words"
        raise DataError(f"no glossary: {' '.join(str(error).split())}", where=path, hint=hint) \
            from error  # fmt: skip
    longest_first = sorted(terms.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    return Glossary(tuple((_pattern(k), v) for k, v in longest_first), ignored)


def _pattern(key: str) -> "re.Pattern[str]":
    """A key as a pattern over folded text: `*` ends a word, `s` of a plural may follow it."""
    parts = r"\w*".join(re.escape(part) for part in fold(key).split("*"))
    return re.compile(rf"\b{parts}s?\b")


def query(question: str) -> list[str]:
    """The words that BM25 looks for: the question's own, their English, error codes weighted."""
    ignored = glossary().ignored
    own = [w for w in words(_ELISION.sub(" ", question)) if w not in ignored]
    codes = [w for w in own if _ERROR.fullmatch(w)]
    return list(dict.fromkeys([*own, *_english(question)])) + codes * (CODE_WEIGHT - 1)


def with_english(question: str) -> str:
    """A question followed by the English words for it: nearer to English passages than alone."""
    return " ".join([question, *_english(question)])


def _english(question: str) -> list[str]:
    return list(dict.fromkeys(glossary().english(_ELISION.sub(" ", question))))
