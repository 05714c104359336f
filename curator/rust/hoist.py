"""Lift what only a crate's root may hold out of code that is put into a function, as rustdoc does.

Lines and columns stay: what is lifted leaves blanks, and comes to stand before the first line.
"""

import re
from collections.abc import Iterator, Sequence

from curator.rust.source import analyse

_INNER = re.compile(r"#\s*!\s*\[")
_EXTERN = re.compile(
    r"(?:#\s*\[[^\[\]]*\]\s*)*(?:\bpub\s+)?\bextern\s+crate\s+\w+(?:\s+as\s+\w+)?\s*;"
)
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
    for mark in re.finditer(r"[\[\]]", bare[start:]):
        depth += 1 if mark.group() == "[" else -1
        if not depth:
            return start + mark.end()
    return 0


def _spans(code: str) -> list[tuple[int, int]]:
    bare = analyse(code).bare
    found = [(m.start(), _end(bare, m.start())) for m in _INNER.finditer(bare)]
    found = sorted(found + [m.span() for m in _EXTERN.finditer(bare)])
    depths = _depths(bare, [start for start, _ in found])
    return [
        (start, end)
        for (start, end), depth in zip(found, depths, strict=True)
        if not depth and end and "//" not in code[start:end]
    ]


def lift(pieces: Sequence[str]) -> tuple[str, list[str]]:
    """Take inner attributes and `extern crate` out of pieces of code, at their top level.

    Returns them on one line, without its end, and the pieces with blanks in their stead.
    """
    lifted, left = list[str](), list[str]()
    for piece in pieces:
        for start, end in _spans(piece) if "#!" in piece or "extern" in piece else ():
            text = piece[start:end]
            lifted.append(text.replace("\n", " "))
            piece = piece[:start] + re.sub(r"[^\n]", " ", text) + piece[end:]
        left.append(piece)
    # An attribute of the crate stands before every item.
    ordered = sorted(dict.fromkeys(lifted), key=lambda text: not _INNER.match(text))
    return "".join(f"{text} " for text in ordered), left
