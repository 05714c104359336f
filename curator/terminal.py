"""What commands print: lines and tables for people, one JSON document for programs."""

import json
import sys
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table

_HEADING = 12, 5  # the longest and shortest line of a heading that is broken to save room
_TEXT = 20  # what a column of longer texts, which wrap, is to have at least


def say(line: str = "") -> None:
    """One line on standard output."""
    print(line)


def show(*renderables: Any) -> None:
    """rich's tables and the like on standard output, 120 columns wide where it is no terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120, soft_wrap=False)
    for one in renderables:
        if isinstance(one, Table):
            _fit(one, console)
        console.print(one)


def _fit(table: "Table", console: "Console") -> None:
    """Save room where a table is wider than the terminal, so that no figure is cut.

    First the space between columns goes, then headings are broken, as far as it takes where
    texts wrap in what the figures leave.
    """
    if _width(table, console) <= console.width:
        return
    table.padding, table.show_edge = 0, False
    figures = [column for column in table.columns if column.justify == "right"]
    room = console.width
    for column in table.columns:
        if column not in figures:
            column.no_wrap = _longest(column) <= _TEXT
            room += max(0, _longest(column) - _TEXT)
    headings = [str(column.header) for column in figures]
    for longest in range(_HEADING[0], _HEADING[1] - 1, -1):
        if _width(table, console) <= room:
            return
        for column, heading in zip(figures, headings, strict=True):
            column.header = "\n".join(wrap(heading, max(longest, _longest(column))))


def _longest(column: "Column") -> int:
    return max((len(str(cell)) for cell in column.cells), default=0)


def _width(table: "Table", console: "Console") -> int:
    """How many columns of a terminal a table would like to have, whatever there are."""
    return console.measure(table, options=console.options.update(max_width=10_000)).maximum


def document(content: Any) -> None:
    """One JSON document on standard output."""
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1)  # bit by bit: it may be long
    print()
