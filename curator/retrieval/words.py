"""Split texts and questions into the words that BM25 compares.

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

from curator.base.errors import DataError
from curator.text.fold import fold

GLOSSARY = Path(__file__).with_name("glossaire.yaml")
# An error code says which page is meant: in a question it counts as often as this.
CODE_WEIGHT = 4
_TOKEN = re.compile(r"[^\W_]\w*|_\w+|(?<=`)[^\w\s`]{1,3}(?=`)|(?<=\s)[&|=!<>:.+-]{2,3}(?=[\s,;?])")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ERROR = re.compile(r"e\d{4}")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|\w*qu)['’]", re.IGNORECASE)


def stem(word: str) -> str:
    """Strip a word of an English plural's ending (the S-stemmer of Harman, 1991)."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("us", "ss")):
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]


def words(text: str) -> Iterator[str]:
    """Yield the words of a text, stemmed; an identifier of several words before its parts."""
    for token in _TOKEN.findall(text):
        word = fold(token)
        yield stem(word)
        parts = _PART.findall(token) if token.isascii() and not _ERROR.fullmatch(word) else ()
        if len(parts) > 1:
            yield from (stem(part.lower()) for part in parts if len(part) > 1)


Meaning = tuple[tuple[str, ...], ...]  # alternatives, each of one or more words


@dataclass(frozen=True)
class Glossary:
    """French phrases, each with English for it, and French words to leave out."""

    terms: tuple[tuple["re.Pattern[str]", Meaning], ...]
    ignored: frozenset[str]

    def english(self, question: str) -> list[Meaning]:
        """Return the English for what is in a question; the longest phrase at a place counts."""
        rest, meanings = " ".join(fold(_ELISION.sub(" ", question)).split()), list[Meaning]()
        for pattern, meaning in self.terms:
            rest, count = pattern.subn(" ", rest)
            if count and meaning not in meanings:
                meanings.append(meaning)
        return meanings


@cache
def glossary(path: Path = GLOSSARY) -> Glossary:
    """Read the glossary in a file; raises DataError for one that is not of this form."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        terms = {str(key): _meaning(str(value)) for key, value in data["terms"].items()}
        ignored = frozenset(str(data["ignored"]).split())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        what = f"no glossary: {' '.join(str(error).split())}"
        hint = "give terms: {French: English, other English} and ignored: French words"
        raise DataError(what, where=path, hint=hint) from error
    longest_first = sorted(terms.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    return Glossary(tuple((_pattern(k), v) for k, v in longest_first), ignored)


def _meaning(value: str) -> Meaning:
    return tuple(dict.fromkeys(tuple(words(part)) for part in value.split(",") if part.strip()))


def _pattern(key: str) -> "re.Pattern[str]":
    """Turn a key into a pattern over folded text: `*` ends a word, a plural's `s` may follow."""
    parts = r"\w*".join(re.escape(part) for part in fold(key).split("*"))
    return re.compile(rf"\b{parts}s?\b")


def query(question: str) -> list[tuple[Meaning, int]]:
    """Return what BM25 looks for, with weights: the question's words, or English for them.

    A word that stands among the English for another is not counted once more.
    """
    known = glossary()
    english = known.english(question)
    covered = {w for meaning in english for alternative in meaning for w in alternative}
    own = dict.fromkeys(words(_ELISION.sub(" ", question)))
    return [(meaning, 1) for meaning in english] + [
        (((word,),), CODE_WEIGHT if _ERROR.fullmatch(word) else 1)
        for word in own
        if word not in known.ignored | covered
    ]


def with_english(question: str) -> str:
    """Append English for its words to a question: nearer to English passages than alone."""
    first = (word for meaning in glossary().english(question) for word in meaning[0])
    return " ".join([question, *dict.fromkeys(first)])
