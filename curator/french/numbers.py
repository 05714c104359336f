"""Write numbers, shares, sizes and dates as French does.

The thousands are parted, and units held, by a narrow no-break space (U+202F); the decimal mark is
a comma, the minus U+2212. What has no value is a dash.
"""

from datetime import datetime

THIN, MINUS, NONE = "\u202f", "\u2212", "\u2013"


def number(value: float | None, digits: int = 0) -> str:
    """Write `value` with so many decimals: 1234.5 -> "1 234,5"."""
    if value is None:
        return NONE
    text = f"{abs(value):,.{digits}f}".replace(",", THIN).replace(".", ",")
    return f"{MINUS}{text}" if value < 0 and text.strip("0,") else text


def signed(value: float | None, digits: int = 2) -> str:
    """Write `value` with its sign, which 0 has none of."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 and text.strip("0,") else text


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share in 0..1: 0.391 -> "39 %"."""
    return NONE if share is None else f"{number(100 * share, digits)}{THIN}%"


def size(count: int) -> str:
    """Write a number of bytes: "940 Mo", "3,0 Go"."""
    for unit, one in (("Go", 10**9), ("Mo", 10**6), ("ko", 10**3)):
        if count >= one:
            return f"{number(count / one, 1 if count < 10 * one else 0)}{THIN}{unit}"
    return f"{number(count)}{THIN}o"


def duration(seconds: float | None) -> str:
    """Write a time: "45 s", "12 min", "3 h 05"."""
    if seconds is None:
        return NONE
    if seconds < 100:
        return f"{number(seconds, 1 if seconds < 10 else 0)}{THIN}s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes}{THIN}min"
    return f"{number(minutes // 60)}{THIN}h{THIN}{minutes % 60:02d}"


def day(moment: datetime) -> str:
    """Write a date: "3 mars 2026"."""
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    first = "1er" if moment.day == 1 else str(moment.day)
    return f"{first} {months.split()[moment.month - 1]} {moment.year}"


def count(many: int, one: str, several: str | None = None) -> str:
    """Write a count of something, "2 exemples"; 0 and 1 take the singular."""
    noun = one if many < 2 else several or f"{one}s"
    return f"{number(many)} {noun}"


def of(many: int, one: str) -> str:
    """Write "of" a count of something feminine: "d'une seule question", "de 5 questions"."""
    return f"d'une seule {one}" if many == 1 else f"de {count(many, one)}"


def interval(low: str, high: str) -> str:
    """Write both ends in brackets, which do not break: "[low ; high]"."""
    return f"[{low}{THIN};{THIN}{high}]"


def short(digest: str | None) -> str:
    """Return the first 12 digits of a digest."""
    return NONE if digest is None else digest[:12]


def listed(words: list[str]) -> str:
    """Enumerate words: "a, b et c"."""
    return " et ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
