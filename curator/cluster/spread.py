"""A stream of examples through filters, most of them on other machines; nothing here knows Ray.

The chain is cut into legs. Filters that judge an example by itself make a leg that workers run, a
few dozen examples at a time, several windows ahead. Filters that compare examples with earlier ones
make a leg in this process, window by window, in order. So every filter meets the same examples in
the same order as in `stream_filters`, and the verdicts and their order are the same.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal, Protocol

from curator.base.disk_buffer import chunks
from curator.cluster.meet import meet
from curator.filters.base import ComparingFilter, Filter
from curator.filters.run import CHUNK, WINDOW
from curator.records.example import Example, Verdict
from curator.records.spool import Spool

LEAST = 8  # examples of a task: fewer would make rustc's start the larger part
AHEAD = 2  # tasks that wait, for each one that runs

Progress = Callable[[str, int, int], None]
Windows = Iterator[list[Example]]


class Pool(Protocol):
    """Workers that run filters on a few examples at a time."""

    @property
    def slots(self) -> int:
        """How many tasks may run at a time, at least 1."""
        ...

    def prepare(self, filters: Sequence[Filter]) -> None:
        """See to it that every worker can run these; raises CuratorError where one cannot."""
        ...

    def submit(self, filters: Sequence[Filter], examples: Sequence[Example], drop: bool) -> Any:
        """Begin a task of `meet`; what `result` takes."""
        ...

    def result(self, task: Any) -> list[list[Verdict]]:
        """Wait for a task; raises CuratorError where it failed."""
        ...


@dataclass
class Counts:
    """How many examples met each filter, and how many it rejected, for the progress shown."""

    progress: Progress
    total: int
    every: bool
    met: Counter[str] = field(default_factory=Counter)
    gone: Counter[int] = field(default_factory=Counter)

    def add(self, filters: Sequence[Filter], first: int, judged: Sequence[list[Verdict]]) -> None:
        """Count what the filters from place `first` on said."""
        for at, one in enumerate(filters):
            self.met[one.name] += sum(len(verdicts) > at for verdicts in judged)
            before = 0 if self.every else sum(n for p, n in self.gone.items() if p < first + at)
            self.progress(
                one.name, self.met[one.name], max(self.total - before, self.met[one.name])
            )
            if not self.every:
                self.gone[first + at] += sum(len(v) > at and not v[at].passed for v in judged)


class Spread:
    """One run of filters over a stream."""

    def __init__(self, pool: Pool, filters: Sequence[Filter], counts: Counts):
        self._pool = pool
        self._filters = filters
        self._counts = counts
        self._aside = [Spool() for _ in filters]

    def accepted(self, examples: Iterable[Example]) -> Iterator[Example]:
        """The examples that pass; the others are put aside, by the filter that rejected them."""
        fresh = (e.judged(()) for e in examples)
        for window in self._through(chunks(fresh, WINDOW), 0, drop=True):
            yield from window

    def rejected(self) -> Iterator[Example]:
        """The others, once all that pass are known; with `every`, after the rest of the filters."""
        for place, spool in enumerate(self._aside):
            windows = chunks(spool, WINDOW)
            if self._counts.every:
                windows = self._through(windows, place + 1, drop=False)
            for window in windows:
                yield from window

    def _through(self, windows: Windows, first: int, drop: bool) -> Windows:
        """Windows through the filters from place `first` on, leg by leg."""
        rest = self._filters[first:]
        for alone, group in groupby(rest, lambda f: not isinstance(f, ComparingFilter)):
            leg = list(group)
            way = self._ahead if alone else self._here
            windows = self._settled(way(windows, leg, drop), leg, first, drop)
            first += len(leg)
        return windows

    def _here(self, windows: Windows, leg: Sequence[Filter], drop: bool) -> Iterator["Judged"]:
        for window in windows:
            yield window, meet(leg, window, drop)

    def _ahead(self, windows: Windows, leg: Sequence[Filter], drop: bool) -> Iterator["Judged"]:
        """Windows in order, while the workers have those that follow."""
        waiting: deque[tuple[list[Example], list[Any]]] = deque()
        for window in windows:
            slots = self._pool.slots
            size = min(CHUNK, max(LEAST, -(-len(window) // slots)))
            tasks = [self._pool.submit(leg, part, drop) for part in chunks(window, size)]
            waiting.append((window, tasks))
            while len(waiting) > -(-AHEAD * slots * CHUNK // WINDOW):
                yield self._collected(*waiting.popleft())
        while waiting:
            yield self._collected(*waiting.popleft())

    def _collected(self, window: list[Example], tasks: Sequence[Any]) -> "Judged":
        return window, [verdicts for task in tasks for verdicts in self._pool.result(task)]

    def _settled(
        self, judged: Iterator["Judged"], leg: Sequence[Filter], first: int, drop: bool
    ) -> Windows:
        """Windows with the new verdicts; with `drop`, less what is put aside for them."""
        for window, verdicts in judged:
            self._counts.add(leg, first, verdicts)
            pairs = zip(window, verdicts, strict=True)
            told = [e.judged((*e.verdicts, *found)) for e, found in pairs]
            if drop:
                for example in (e for e in told if e.rejection):
                    # It met the filters in order, and none after the one that rejected it.
                    self._aside[len(example.verdicts) - 1].add(example)
                told = [e for e in told if e.rejection is None]
            yield told


Judged = tuple[list[Example], list[list[Verdict]]]


def spread_filters(
    pool: Pool,
    examples: Iterable[Example],
    filters: Sequence[Filter],
    progress: Progress = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
    total: int = 0,
) -> Iterator[Example]:
    """What `stream_filters` gives, judged on the workers of a pool."""
    pool.prepare([f for f in filters if not isinstance(f, ComparingFilter)])
    run = Spread(pool, filters, Counts(progress, total, judge == "all"))
    yield from run.accepted(examples)
    yield from run.rejected()
