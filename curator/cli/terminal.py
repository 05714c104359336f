"""What commands print: lines and tables for people, one JSON document for programs."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from curator.base.errors import CuratorError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table

    Part = str | Table  # of what a command prints for people

_HEADING = 12, 5  # the longest and shortest line of a heading that is broken to save room
_TEXT = 20  # what a column of longer texts, which wrap, is to have at least


def say(line: str = "") -> None:
    """Print one line on standard output."""
    print(line)


def show(parts: "Iterable[Part]") -> None:
    """Print lines as they are, and tables fitted to the terminal.

    Where the output goes elsewhere, as into a pager, tables are as wide as COLUMNS says, or as the
    terminal that the command was typed in; without any, 120 columns.
    """
    for part in parts:
        if isinstance(part, str):
            say(part)
        else:
            _show_table(part)


def present(as_json: bool, content: Callable[[], Any], view: "Iterable[Part]") -> None:
    """Print a command's result: what `content` gives as one JSON document, or a view for people.

    Only the one that is wanted is made.
    """
    if as_json:
        document(content())
    else:
        show(view)


def _show_table(table: "Table") -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _typed_in(), soft_wrap=False)
    _fit(table, console)
    console.print(table)


def _typed_in() -> int:
    """Return the columns of COLUMNS, else of the terminal that other streams lead to, else 120."""
    if (said := os.environ.get("COLUMNS", "")).isdigit() and int(said):
        return int(said)
    for stream in (sys.stderr, sys.stdin):
        try:
            return os.get_terminal_size(stream.fileno()).columns or 120
        except (AttributeError, OSError, ValueError):  # it leads elsewhere, is closed, or is none
            continue
    return 120


def _fit(table: "Table", console: "Console") -> None:
    """Save room where a table's figures and names are wider than the terminal: none is cut.

    First the space between columns goes, then headings are broken, as far as it takes where
    texts wrap in what the figures leave.
    """
    figures = [column for column in table.columns if column.justify == "right"]
    texts = [(_longest(c), c) for c in table.columns if c.justify != "right"]
    if _width(table, console) <= console.width + _given_up(texts, 2 * _TEXT):
        return
    table.padding, table.show_edge = 0, False
    for longest, column in texts:
        column.no_wrap = longest <= _TEXT
    room = console.width + _given_up(texts, _TEXT)
    headings = [str(column.header) for column in figures]
    for line in range(_HEADING[0], _HEADING[1] - 1, -1):
        if _width(table, console) <= room:
            return
        for column, heading in zip(figures, headings, strict=True):
            column.header = "\n".join(wrap(heading, max(line, _longest(column))))


def _given_up(texts: "list[tuple[int, Column]]", least: int) -> int:
    """Add up what columns of texts, each with its longest, save by wrapping to `least`."""
    return sum(max(0, longest - least) for longest, _ in texts)


def _longest(column: "Column") -> int:
    return max((len(str(cell)) for cell in column.cells), default=0)


def _width(table: "Table", console: "Console") -> int:
    """Measure how wide a table would be in a terminal of any width."""
    return console.measure(table, options=console.options.update(max_width=10_000)).maximum


# Typer has carried click within itself since 0.27: the class is the one that its errors have.
WrongUsage: type[Exception] = typer.BadParameter.__bases__[0]
_printed: list[str] = []  # what kinds of document stand on standard output already


def forget_printed() -> None:
    """Begin a command of its own, in a process that runs several."""
    _printed.clear()


def document(content: Any) -> None:
    """Print one JSON document on standard output."""
    _printed.append("document")
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1)  # bit by bit: it may be long
    print()


def fail(error: CuratorError, as_json: bool) -> NoReturn:
    """End the process with an error: a line on standard error, with `as_json` a document too.

    A command that failed after its document leaves it the only one.
    """
    print(f"curator: {error}", file=sys.stderr)
    if as_json and not _printed:
        document({"error": error.document()})
    sys.exit(error.exit_code)


def fail_usage(error: Any, as_json: bool) -> NoReturn:
    """End the process after wrong usage, as `fail` does."""
    error.show()
    if as_json and not _printed:
        document(
            {"error": {"kind": "UsageError", "what": error.message, "exit_code": error.exit_code}}
        )
    sys.exit(error.exit_code)
