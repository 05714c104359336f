"""Lift what only a crate's root may hold out of code that is put into a function, as rustdoc does.

Lines and columns stay: what is lifted leaves blanks, and comes to stand before the first line.
"""

import re
from collections.abc import Iterator, Sequence

from curator.rust.source import analyse

_INNER = re.compile(r"#\s*!\s*\[")
_EXTERN = re.compile(
    r"(?:#\s{0,9}\[[^\[\]]{0,200}\]\s{0,99}){0,3}(?:\bpub\s{1,9})?"
    r"\bextern\s+crate\s+\w+(?:\s+as\s+\w+)?\s*;"
)
_MAY = re.compile(r"#\s*!|\bextern\b")  # in most code there is nothing to lift
_BRACKET = re.compile(r"[\[\]]")
_OPEN, _CLOSE = "([{", ")]}"


def _depths(bare: str, places: Sequence[int]) -> Iterator[int]:
    """Tell how many brackets are open at each place, in order."""
    depth, before = 0, 0
    for place in places:
        part = bare[before:place]
        depth += sum(map(part.count, _OPEN)) - sum(map(part.count, _CLOSE))
        before = place
        yield depth


def _end(bare: str, start: int) -> int:
    """Return the place after the bracket that closes the first one from `start` on; 0 if none."""
    depth = 0
    for mark in _BRACKET.finditer(bare, start):
        depth += 1 if mark.group() == "[" else -1
        if not depth:
            return mark.end()
    return 0


def _spans(code: str) -> Iterator[tuple[int, int]]:
    """Yield where the attributes of the crate and its `extern crate` stand, at the top level."""
    bare = analyse(code).bare
    ends = {m.start(): m.end() for m in _EXTERN.finditer(bare)}
    places = sorted([*ends, *(m.start() for m in _INNER.finditer(bare))])
    for start, depth in zip(places, _depths(bare, places), strict=True):
        end = 0 if depth else ends.get(start) or _end(bare, start)
        if end and "//" not in code[start:end]:
            yield start, end


def lift(pieces: Sequence[str]) -> tuple[str, list[str]]:
    """Take inner attributes and `extern crate` out of pieces of code, at their top level.

    Returns them on one line, without its end, and the pieces with blanks in their stead.
    """
    lifted, left = list[str](), list[str]()
    for piece in pieces:
        kept, before = list[str](), 0
        for start, end in _spans(piece) if _MAY.search(piece) else ():
            text = piece[start:end]
            lifted.append(text.replace("\n", " "))
            kept += [piece[before:start], re.sub(r"[^\n]", " ", text)]
            before = end
        left.append("".join([*kept, piece[before:]]))
    # An attribute of the crate stands before every item.
    ordered = sorted(dict.fromkeys(lifted), key=lambda text: not _INNER.match(text))
    return "".join(f"{text} " for text in ordered), left
