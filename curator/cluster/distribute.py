"""Pass a stream of examples through filters, most of them on workers; nothing here knows Ray.

The chain of filters is cut into stages. Filters that judge an example by itself make a stage that
workers run, a few dozen examples at a time, several windows ahead. Filters that compare examples
with earlier ones make a stage in this process, window by window, in order. So every filter gets the
same examples in the same order as in `stream_filters`, and gives the same verdicts.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal, Protocol

from curator.base.disk_buffer import chunks
from curator.cluster.verdicts import collect_verdicts
from curator.filters.base import ComparingFilter, Filter
from curator.filters.run import CHUNK, WINDOW
from curator.records.example import Example, Verdict
from curator.records.spool import Spool

LEAST_EXAMPLES = 8  # of a task: with fewer, starting rustc would take the larger part
TASKS_AHEAD = 2  # that wait, for each one that runs

Progress = Callable[[str, int, int], None]
Windows = Iterator[list[Example]]


class WorkerPool(Protocol):
    """Workers that run filters on a few examples at a time."""

    @property
    def slots(self) -> int:
        """How many tasks may run at a time, at least 1."""
        ...

    def prepare(self, filters: Sequence[Filter]) -> None:
        """Check that every worker can run these filters; raises CuratorError where one cannot."""
        ...

    def submit(self, filters: Sequence[Filter], examples: Sequence[Example], drop: bool) -> Any:
        """Begin a task of `collect_verdicts`; return what `result` takes."""
        ...

    def result(self, task: Any) -> list[list[Verdict]]:
        """Wait for the verdicts of a task; raises CuratorError where it failed."""
        ...


@dataclass
class ProgressCounts:
    """How many examples each filter judged, and how many it rejected, for the progress shown."""

    progress: Progress
    total: int
    every: bool
    judged: Counter[str] = field(default_factory=Counter)
    rejected: Counter[int] = field(default_factory=Counter)  # by the filter's place

    def add(self, filters: Sequence[Filter], first: int, verdicts: Sequence[list[Verdict]]) -> None:
        """Count the verdicts of the filters from place `first` on, one list for each example."""
        for at, one in enumerate(filters):
            self.judged[one.name] += sum(len(own) > at for own in verdicts)
            earlier = (n for place, n in self.rejected.items() if place < first + at)
            left = self.total - (0 if self.every else sum(earlier))
            self.progress(one.name, self.judged[one.name], max(left, self.judged[one.name]))
            if not self.every:
                self.rejected[first + at] += sum(len(v) > at and not v[at].passed for v in verdicts)


class DistributedRun:
    """One run of filters over a stream."""

    def __init__(self, pool: WorkerPool, filters: Sequence[Filter], counts: ProgressCounts):
        self._pool = pool
        self._filters = filters
        self._counts = counts
        self._rejected = [Spool() for _ in filters]

    def accepted(self, examples: Iterable[Example]) -> Iterator[Example]:
        """Yield the examples that pass; store the others by the filter that rejected them."""
        fresh = (e.judged(()) for e in examples)
        for window in self._through(chunks(fresh, WINDOW), 0, drop=True):
            yield from window

    def rejected(self) -> Iterator[Example]:
        """Yield the rejected ones; with `every`, after the rest of the filters have judged them."""
        for place, spool in enumerate(self._rejected):
            windows = chunks(spool, WINDOW)
            if self._counts.every:
                windows = self._through(windows, place + 1, drop=False)
            for window in windows:
                yield from window

    def _through(self, windows: Windows, first: int, drop: bool) -> Windows:
        """Pass windows through the filters from place `first` on, stage by stage."""
        rest = self._filters[first:]
        for alone, group in groupby(rest, lambda f: not isinstance(f, ComparingFilter)):
            stage = list(group)
            run = self._on_workers if alone else self._here
            windows = self._settled(run(windows, stage, drop), stage, first, drop)
            first += len(stage)
        return windows

    def _here(self, windows: Windows, stage: Sequence[Filter], drop: bool) -> Iterator["Judged"]:
        for window in windows:
            yield window, collect_verdicts(stage, window, drop)

    def _on_workers(
        self, windows: Windows, stage: Sequence[Filter], drop: bool
    ) -> Iterator["Judged"]:
        """Yield windows in order, while workers judge those that follow."""
        waiting: deque[tuple[list[Example], list[Any]]] = deque()
        for window in windows:
            slots = self._pool.slots
            size = min(CHUNK, max(LEAST_EXAMPLES, -(-len(window) // slots)))
            tasks = [self._pool.submit(stage, part, drop) for part in chunks(window, size)]
            waiting.append((window, tasks))
            while len(waiting) > -(-TASKS_AHEAD * slots * CHUNK // WINDOW):
                yield self._collected(*waiting.popleft())
        while waiting:
            yield self._collected(*waiting.popleft())

    def _collected(self, window: list[Example], tasks: Sequence[Any]) -> "Judged":
        return window, [verdicts for task in tasks for verdicts in self._pool.result(task)]

    def _settled(
        self, judged: Iterator["Judged"], stage: Sequence[Filter], first: int, drop: bool
    ) -> Windows:
        """Yield windows with the new verdicts; with `drop`, without the rejected examples."""
        for window, verdicts in judged:
            self._counts.add(stage, first, verdicts)
            pairs = zip(window, verdicts, strict=True)
            examples = [e.judged((*e.verdicts, *new)) for e, new in pairs]
            if drop:
                for example in (e for e in examples if e.rejection):
                    # The filters judged it in order, and none after the one that rejected it.
                    self._rejected[len(example.verdicts) - 1].add(example)
                examples = [e for e in examples if e.rejection is None]
            yield examples


Judged = tuple[list[Example], list[list[Verdict]]]


def distribute_filters(
    pool: WorkerPool,
    examples: Iterable[Example],
    filters: Sequence[Filter],
    progress: Progress = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
    total: int = 0,
) -> Iterator[Example]:
    """Yield what `stream_filters` does, judged on the workers of a pool."""
    pool.prepare([f for f in filters if not isinstance(f, ComparingFilter)])
    run = DistributedRun(pool, filters, ProgressCounts(progress, total, judge == "all"))
    yield from run.accepted(examples)
    yield from run.rejected()
