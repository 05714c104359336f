"""Pass a stream of examples through filters, most of them on workers; nothing here knows Ray.

Filters that judge an example by itself are run by workers, a few dozen examples at a time, several
windows ahead. Filters that compare examples with earlier ones judge in this process, window by
window, in order: what they remember is then what it is in `stream_filters`, and so are the verdicts
(see curator/filters/chain.py).
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from curator.base.disk_buffer import chunks
from curator.filters.base import CHUNK, ComparingFilter, Filter
from curator.filters.chain import Chain, Entry, rejected_at
from curator.filters.run import WINDOW, Progress
from curator.records.example import Example, Verdict
from curator.records.spool import Spool

LEAST_EXAMPLES = 8  # of a task: with fewer, starting rustc would take the larger part
TASKS_AHEAD = 2  # that wait, for each one that runs


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


class Window(NamedTuple):
    """Entries that are processed together; `size` counts also those that were rejected before."""

    size: int
    entries: list[Entry]


Windows = Iterator[Window]


@dataclass
class ProgressCounts:
    """How many examples each filter has judged, for the progress that is shown."""

    chain: Chain
    progress: Progress
    total: int
    judged: Counter[int] = field(default_factory=Counter)  # by the place of the filter
    done: Counter[int] = field(default_factory=Counter)  # judged, or rejected before

    def add(self, place: int, count: int, size: int) -> None:
        """Count `size` more examples, of which the filter at a place has judged `count`."""
        self.judged[place] += count
        self.done[place] += size
        left = max(0, self.total - self.done[place])
        total = self.total if self.chain.every else self.judged[place] + left
        self.progress(self.chain.filters[place].name, self.judged[place], total)


class DistributedRun:
    """One run of filters over a stream."""

    def __init__(self, pool: WorkerPool, chain: Chain, counts: ProgressCounts):
        self._pool, self._chain, self._counts = pool, chain, counts
        self._rejected = [Spool() for _ in chain.filters]  # on disk, by the filter that rejects

    def accepted(self, examples: Iterable[Example]) -> Iterator[Example]:
        """Yield the examples that pass; store the others, by the filter that rejects them."""
        parts = chunks(examples, WINDOW)
        fresh = (Window(len(part), self._chain.entries(part)) for part in parts)
        windows = self._divided(self._on_workers(fresh, self._chain.early))
        if self._chain.late:
            windows = self._on_workers(self._screened(windows), self._chain.late)
        for example in self._settled(windows):
            if example.rejection is None:
                yield example
            else:
                self._store(example)

    def rejected(self) -> Iterator[Example]:
        """Yield the rejected examples, once all that pass are known."""
        for spool in self._rejected:
            yield from spool

    def _store(self, example: Example) -> None:
        place = rejected_at(example)
        assert place is not None  # noqa: S101 - a fault of the caller
        self._rejected[place].add(example)

    def _on_workers(self, windows: Windows, filters: Mapping[int, Filter]) -> Windows:
        """Yield judged windows in order, while workers judge those that follow."""
        if not filters:
            yield from windows
            return
        waiting: deque[tuple[Window, list[Entry], list[Any]]] = deque()
        for window in windows:
            slots = self._pool.slots
            alive = [e for e in window.entries if self._chain.every or e.passing]
            waiting.append((window, alive, self._submitted(alive, list(filters.values()), slots)))
            while len(waiting) > -(-TASKS_AHEAD * slots * CHUNK // WINDOW):
                yield self._received(*waiting.popleft(), filters)
        while waiting:
            yield self._received(*waiting.popleft(), filters)

    def _submitted(
        self, entries: Sequence[Entry], filters: Sequence[Filter], slots: int
    ) -> list[Any]:
        size = min(CHUNK, max(LEAST_EXAMPLES, -(-len(entries) // slots)))
        parts = chunks((e.example for e in entries), size)
        return [self._pool.submit(filters, part, not self._chain.every) for part in parts]

    def _received(
        self, window: Window, alive: list[Entry], tasks: list[Any], filters: Mapping[int, Filter]
    ) -> Window:
        """Wait for the verdicts on the entries of a window, and add them."""
        judged = [verdicts for task in tasks for verdicts in self._pool.result(task)]
        for entry, verdicts in zip(alive, judged, strict=True):
            # A filter after the one that rejects an example has no verdict on it.
            entry.verdicts.update(zip(filters, verdicts, strict=False))
        for at, place in enumerate(filters):
            self._counts.add(place, sum(len(v) > at for v in judged), window.size)
        return window

    def _divided(self, windows: Windows) -> Windows:
        """Yield windows without what the early filters reject, which is stored."""
        for window in windows:
            going, ended = self._chain.divide(window.entries)
            for example in ended:
                self._store(example)
            yield Window(window.size, going)

    def _screened(self, windows: Windows) -> Windows:
        """Mark work that is not needed, as far as the windows before are settled."""
        for window in windows:
            for part in chunks(window.entries, CHUNK):
                self._chain.screen(part, self._chain.compare(part))
            yield window

    def _settled(self, windows: Windows) -> Iterator[Example]:
        """Yield examples with all their verdicts, those of comparing filters too."""
        chain = self._chain
        for window in windows:
            judged = Counter[int]()
            for part in chunks(window.entries, CHUNK):
                settled = chain.settle(part, chain.compare(part), self._judge)
                judged.update(n for n in chain.comparing for e in settled if len(e.verdicts) > n)
                yield from settled
            for place in chain.comparing:
                self._counts.add(place, judged[place], window.size)

    def _judge(self, one: Filter, examples: Sequence[Example]) -> list[Verdict]:
        """Ask a worker for the verdicts of one filter."""
        judged = self._pool.result(self._pool.submit([one], examples, False))
        return [verdict for verdicts in judged for verdict in verdicts]


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
    chain = Chain(filters, judge == "all")
    run = DistributedRun(pool, chain, ProgressCounts(chain, progress, total))
    yield from run.accepted(examples)
    yield from run.rejected()
