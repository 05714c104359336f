"""Write numbers, shares, sizes and dates in the report's language.

French is that of curator/french/numbers.py. English parts thousands with a comma and has a point
as the decimal mark; the minus is U+2212 in both, and what has no value is a dash.
"""

from collections.abc import Sequence
from datetime import datetime

from curator.french import numbers as french
from curator.french.numbers import MINUS, NONE, THIN, short
from curator.report.language import say, spoken

__all__ = ["MINUS", "NONE", "THIN", "short"]


def number(value: float | None, digits: int = 0) -> str:
    """Write `value` with so many decimals: "1 234,5", "1,234.5"."""
    if value is None or spoken() == "fr":
        return french.number(value, digits)
    text = f"{abs(value):,.{digits}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def signed(value: float | None, digits: int = 2) -> str:
    """Write `value` with its sign, which 0 has none of."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,") else text


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share in 0..1: "39 %", "39%"."""
    return NONE if share is None else f"{number(100 * share, digits)}{say(THIN, '')}%"


def points(difference: float | None, digits: int = 1) -> str:
    """Write a difference of shares: "+5,0 pts", "+5.0 pts"."""
    return NONE if difference is None else f"{signed(100 * difference, digits)}{THIN}pts"


def mark(value: float | None) -> str:
    """Write a score in 0..5: "3,05/5", "3.05/5"."""
    return NONE if value is None else f"{number(value, 2)}/5"


def size(many: int) -> str:
    """Write a number of bytes: "940 Mo", "940 MB"."""
    if spoken() == "fr":
        return french.size(many)
    for unit, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if many >= one:
            return f"{number(many / one, 1 if many < 10 * one else 0)}{THIN}{unit}"
    return f"{number(many)}{THIN}B"


def millions(many: int) -> str:
    """Write a count in millions: "2,9 M", "630 M"; three digits say enough."""
    return f"{number(many / 1e6, 1 if many < 1e8 else 0)}{THIN}M"


def duration(seconds: float | None) -> str:
    """Write a time: "45 s", "12 min", "3 h 05"."""
    text = french.duration(seconds)
    return text if spoken() == "fr" else text.replace(",", ".")


def day(moment: datetime) -> str:
    """Write a date: "3 mars 2026", "3 March 2026"."""
    if spoken() == "fr":
        return french.day(moment)
    months = "January February March April May June July August September October November December"
    return f"{moment.day} {months.split()[moment.month - 1]} {moment.year}"


def count(many: int, fr: str, en: str) -> str:
    """Write a count of something, "2 exemples", "2 examples".

    A noun is "one|several"; without a bar its plural takes an s. In French 0 takes the singular.
    """
    return f"{number(many)} {noun(many, fr, en)}"


def noun(many: float, fr: str, en: str) -> str:
    """Choose the form of a word by a number; `fr` and `en` are as in `count`."""
    one, bar, several = say(fr, en).partition("|")
    single = many < 2 if spoken() == "fr" else many == 1
    return one if single else several if bar else f"{one}s"


def of(many: int, fr: str, en: str) -> str:
    """Write "of" a count: "d'une seule question" (feminine), "of 5 questions"."""
    return french.of(many, fr) if spoken() == "fr" else f"of {count(many, fr, en)}"


def interval(low: str, high: str) -> str:
    """Write both ends in brackets, which do not break: "[low ; high]", "[low, high]"."""
    return french.interval(low, high) if spoken() == "fr" else f"[{low},\u00a0{high}]"


def listed(words: Sequence[str]) -> str:
    """Enumerate words: "a, b et c", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return say(" et ", " and ").join([", ".join(words[:-1]), words[-1]])
