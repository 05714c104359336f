"""What all views use: tables, and progress on stderr."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from curator.base.progress import silent

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table

    from curator.base.progress import Progress


_EVERY = 30.0  # seconds between two lines of progress in a log
_SETTLED = 2.0  # seconds; before that a rate says nothing


def table(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> "Table":
    """Make a table; a column is its heading and "left", or "right" for figures, kept on one line.

    Cells are plain text.
    """
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    laid = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, padding=(0, 1))
    for heading, side in columns:
        figures = side == "right"
        justify: JustifyMethod = "right" if figures else "left"
        laid.add_column(heading, justify=justify, no_wrap=figures, overflow="fold")
    for row in rows:
        laid.add_row(*(Text(cell) for cell in row))
    return laid


class _LogLines:
    """Reports how far a step is to a log: one line whenever _EVERY seconds have passed."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, label: str, done: int, total: int) -> None:
        """Write a line if the last one is old enough."""
        now = time.monotonic()
        if now - self._said >= _EVERY:
            self._said = now
            sys.stderr.write(f"{label}: {done} of {total}\n")


@contextmanager
def progress(quiet: bool = False) -> Iterator["Progress"]:
    """Show a progress bar on stderr, with rate and time left; in a log, a line now and then."""
    if quiet:
        yield silent
        return
    if not sys.stderr.isatty():
        yield _LogLines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: tuple[Any, ...] = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def report(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(label, total=total, completed=done, rate="")
            task = next(t for t in bar.tasks if t.id == tasks[label])
            known = task.speed if (task.elapsed or 0) > _SETTLED else None
            rate = f"{known * 60:.0f}/min" if known else ""
            bar.update(tasks[label], completed=done, total=total, rate=rate)

        yield report


@contextmanager
def waiting(quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being waited for, and for how long; in a log, one line each."""
    if quiet:
        yield lambda line: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _new_lines()
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda line: bar.update(task, description=line)


def _new_lines() -> Callable[[str], None]:
    """Write a line to stderr unless it repeats the one before."""
    said: list[str] = []

    def report(line: str) -> None:
        if line not in said[-1:]:
            sys.stderr.write(f"{line}\n")
            said.append(line)

    return report
