"""The two languages of the report: French and English, from the same codes and numbers.

`with speaking("en"):` makes everything below it write English. A text stands in both languages
where it is used: `say("Aucun lot", "No batch")`. Beside it:

numbers   how numbers, counts, sizes and dates are written
words     names of identifiers, French from curator/french/words.py, English from english.py
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from curator.base.english import NAMES, SENTENCES
from curator.base.notice import Language, Notice
from curator.french.notices import french
from curator.french.typography import typeset
from curator.report.language import english as english_words

Lang = Literal["fr", "en"]
_SPOKEN: ContextVar[Lang] = ContextVar("language of the report", default="fr")
# The terminal shows identifiers as they are; the report has names for some.
_ENGLISH = Language(SENTENCES, {**NAMES, "metric": english_words.METRICS})


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Write in this language until the block ends."""
    token = _SPOKEN.set(lang)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Lang:
    """Return the language that is written now; French where nobody chose."""
    return _SPOKEN.get()


def say(fr: str, en: str) -> str:
    """Choose the text of the language that is written now."""
    return en if spoken() == "en" else fr


def tell(notice: Notice) -> str:
    """Write the sentence of a notice."""
    return (_ENGLISH if spoken() == "en" else french).say(notice)


def tell_all(notices: Sequence[Notice]) -> str:
    """Write the sentences of several notices, one after another."""
    return say(" ; ", "; ").join(map(tell, notices))


def tell_counts(template: str, counts: Mapping[str, int]) -> str:
    """Fill a text with counts; a noun by its number stands after a colon, as in a notice."""
    return (_ENGLISH if spoken() == "en" else french).vformat(template, (), counts)


def typography(text: str) -> str:
    """Set a text as its language does: French has spaces that do not break, and apostrophes."""
    return text if spoken() == "en" else typeset(text)
