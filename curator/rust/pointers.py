"""Read from what rustc prints of an error where it points, so that a page can show it in place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CODE_ROW = re.compile(r"^\s*(\d+) [|│] ?(.*)$")
_UNDER_ROW = re.compile(r"^\s+[|│] ?(.*\S)\s*$")
_GUTTER = re.compile(r"^[\s|│/_]*$")
_MARK = re.compile(r"\^")
_TAB = "    "  # as rustc prints it


@dataclass(frozen=True)
class Pointer:
    """A line of a block at which rustc points, from 1, and what it draws under that line.

    `primary` says that the error is there, and not only something that explains it. The rows of
    `under` begin where the line begins.
    """

    line: int
    primary: bool
    under: tuple[str, ...] = ()


def _rows(shown: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the rows of code that an error shows: number, text, and the rows drawn below."""
    number, text, below = 0, "", list[str]()
    for row in shown.split("\n"):
        code = _CODE_ROW.match(row)
        if code:
            if number:
                yield number, text, below
            number, text, below = int(code[1]), code[2], []
        elif number and (under := _UNDER_ROW.match(row)):
            below.append(under[1])
    if number:
        yield number, text, below


def _shifted(row: str, width: int) -> str:
    """Take the gutter of spans that go over several lines off a row."""
    head, rest = row[:width], row[width:]
    if not _GUTTER.match(head):
        return ""
    return re.sub(r"^_+", lambda run: " " * len(run[0]), rest) if "_" in head else rest


def _pointer(number: int, text: str, below: Sequence[str], lines: Sequence[str]) -> Pointer | None:
    if not 1 <= number <= len(lines):
        return None
    line = lines[number - 1].replace("\t", _TAB).rstrip()
    if not text.rstrip().endswith(line):
        return None  # not a line of this block
    width = len(text.rstrip()) - len(line)
    under = tuple(r for row in below if (r := _shifted(row, width).rstrip()))
    return Pointer(number, any(_MARK.search(row) for row in below), under) if under else None


def pointers(shown: Sequence[str], first: int, code: str) -> tuple[Pointer, ...]:
    """Return where errors point in a block, by line; those of one line are one.

    `shown` is what rustc prints of each error, `first` how many lines stand before the block in
    what it compiled, `code` the block. What is not understood is left out.
    """
    lines = code.split("\n")
    found: dict[int, Pointer] = {}
    for error in shown:
        for number, text, below in _rows(error):
            new = _pointer(number - first, text, below, lines)
            old = found.get(number - first)
            if new and old:
                new = Pointer(new.line, old.primary or new.primary, (*old.under, *new.under))
            if new:
                found[new.line] = new
    return tuple(found[line] for line in sorted(found))
