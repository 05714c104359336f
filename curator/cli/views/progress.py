"""How far long work is, on stderr: a bar in a terminal, a line now and then in a log.

Work reports by calling a `Progress` with a label, how much is done, and how much there is to do; 0
for a total that is not known. In a log, nothing is written for work of less than FIRST seconds;
then a line says what is done, how far it is and how long it will take. What reports nothing for
long is told too, with the time that it has taken so far: a thread looks at the clock.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from curator.base.progress import Progress

FIRST = 10.0  # seconds until the first line
EVERY = 30.0, 300.0  # the least and the most seconds from one line to the next
_SETTLED = 2.0  # seconds; before that a rate says nothing
_REDRAWN = 0.1  # seconds, at least, from one state of a bar to the next
_WORDS = {
    "accepted": "accepted candidates",
    "filter": "filtering",
    "generate": "generating candidates",
    "index": "building the index",
    "opinion": "asking for opinions",
    "prepare": "preparing strategies, compiling mutants",
}


def spoken(label: str) -> str:
    """What people read of a kind of work; that of a filter has its name for a label."""
    from curator.filters.registry import FILTERS

    return _WORDS.get(label) or (f"filter {label}" if label in FILTERS else label)


def duration(seconds: float) -> str:
    """A time in the unit that people would use for it, such as "40 s" or "12 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def pace(per_second: float) -> str:
    """A rate in whole numbers where that is possible, such as "12/min" or "640/s"."""
    return f"{per_second:.0f}/s" if per_second >= 2 else f"{per_second * 60:.0f}/min"


@dataclass
class _Step:
    """One kind of work: when it began and with how much done, how far it is now."""

    label: str
    began: float
    first: int
    done: int = 0
    total: int = 0
    told: bool = False

    def line(self, now: float) -> str:
        """What it is, how far, how fast, and the time left; else the time that it took so far."""
        counted = f"{self.done} of {self.total}" if self.total else str(self.done or "")
        elapsed = now - self.began
        rate = (self.done - self.first) / elapsed if elapsed >= _SETTLED else 0.0
        parts = [counted] if counted else []
        if rate > 0 and self.done < self.total:
            parts += [pace(rate), f"about {duration((self.total - self.done) / rate)} left"]
        else:
            parts += [f"{duration(elapsed)} so far"]
        return f"{spoken(self.label)}: {', '.join(parts)}"


class LogLines:
    """Progress for a log; `tick` is called while nothing is reported.

    Several kinds of work may take turns; each is told when it is new and has taken a while.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        label: str = "working",
        clock: Callable[[], float] = time.monotonic,
    ):
        self._write, self._clock, self._lock = write, clock, threading.Lock()
        self._began = self._said = clock()
        self._silent = True  # nothing was written yet
        self._step = _Step(label, self._said, 0)
        self._steps = {label: self._step}

    def __call__(self, label: str, done: int, total: int) -> None:
        """Take a report, and write a line if it is time for one."""
        with self._lock:
            now = self._clock()
            self._step = self._steps.setdefault(label, _Step(label, now, done))
            self._step.done, self._step.total = done, total
            self._tell(now)

    def announce(self, label: str) -> None:
        """Begin work of which nothing is counted, with a line at once."""
        with self._lock:
            if label != self._step.label or not self._step.told:
                now = self._clock()
                self._step = self._steps[label] = _Step(label, now, 0)
                self._put(now, label)

    def tick(self) -> None:
        """Write a line if it is time for one."""
        with self._lock:
            self._tell(self._clock())

    def _tell(self, now: float) -> None:
        least, most = EVERY
        pause = min(most, max(least, (now - self._began) / 10))
        if self._silent or (not self._step.told and now - self._step.began >= FIRST):
            pause = FIRST
        if now - self._said >= pause:
            self._put(now, self._step.line(now))

    def _put(self, now: float, line: str) -> None:
        self._said, self._silent, self._step.told = now, False, True
        self._write(f"{line}\n")


@contextmanager
def _lines(label: str = "working") -> Iterator[LogLines]:
    """A LogLines on stderr whose clock is looked at every second."""
    lines, over = LogLines(_to_stderr, label), threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            lines.tick()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        over.set()
        thread.join()


def _to_stderr(line: str) -> None:
    with suppress(OSError, ValueError):  # nobody reads it: no reason to end the work
        sys.stderr.write(line)
        sys.stderr.flush()


@contextmanager
def progress(plain: bool = False, label: str = "working") -> Iterator["Progress"]:
    """Show on stderr how far work is: a bar with rate and time left; in a log, or `plain`, lines.

    `label` is what is done until the work says more.
    """
    if plain or not sys.stderr.isatty():
        with _lines(label) as lines:
            yield lines
        return
    with _bar() as bar:
        report = _Bars(bar)
        report(label, 0, 0)
        try:
            yield report
        finally:
            report.end()


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns: tuple[Any, ...] = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True))


class _Bars:
    """Progress for a terminal: a bar for each kind of work, the present one pulsing if need be."""

    def __init__(self, bar: "Bar"):
        self._bar = bar
        self._tasks: dict[str, Any] = {}
        self._label, self._done, self._shown = "", 0, 0.0

    def __call__(self, label: str, done: int, total: int) -> None:
        """Take a report."""
        bar, now, before = self._bar, time.monotonic(), self._label
        if label != before:
            self._end(before)
        self._label, self._done = label, done
        if label == before and now - self._shown < _REDRAWN and done != total:
            return  # work of many small parts would be slowed down
        self._shown = now
        if label not in self._tasks:
            task = bar.add_task(spoken(label), total=total or None, completed=done, rate="")
            self._tasks[label] = task
        shown = next(t for t in bar.tasks if t.id == self._tasks[label])
        known = shown.speed if (shown.elapsed or 0) > _SETTLED else None
        rate = pace(known) if known else ""
        bar.update(shown.id, completed=done, total=total or None, rate=rate)

    def end(self) -> None:
        """Leave no bar that still moves."""
        self._end(self._label)

    def _end(self, label: str) -> None:
        """Stop the pulse of work whose end nobody knew; of work that counted nothing, the bar."""
        task = next((t for t in self._bar.tasks if t.id == self._tasks.get(label)), None)
        if task and task.total is None and not self._done:
            self._bar.remove_task(self._tasks.pop(label))
        elif task:
            self._bar.update(task.id, completed=self._done, total=task.total or self._done)


@contextmanager
def waiting(plain: bool = False) -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being waited for, and how long by now.

    In a log each is a line at once; with `plain`, one only after some seconds.
    """
    if plain or not sys.stderr.isatty():
        with _lines() as lines:
            yield (lambda line: lines(line, 0, 0)) if plain else lines.announce
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda line: bar.update(task, description=line)
