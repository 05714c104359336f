"""Pass examples through filters: at once, or as a stream that need not fit into memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from curator.base.disk_buffer import chunks
from curator.filters.base import CHUNK, Filter, Outcome, outcome_of
from curator.filters.chain import Chain, Entry, Without, compared_with_all, rejected_at
from curator.filters.failsafe import judge_safely
from curator.records.example import Example
from curator.records.spool import Spool

WINDOW = 1024  # examples of a stream that are in memory at once

Progress = Callable[[str, int, int], None]


def run_filters(
    examples: Sequence[Example],
    filters: Sequence[Filter],
    progress: Progress = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
    without: Without = compared_with_all,
    remember: bool = True,
) -> Outcome:
    """Pass examples through filters in order; the first one that an example fails rejects it.

    An example is compared with those known and with the earlier ones that every filter passed. With
    `judge` "first", a rejected example has the verdicts up to that of the filter that rejects it;
    with "all" those of every filter, so that they and the counts tell everything that is wrong
    with it. `progress` is called with a filter's name, how many examples it has judged, and
    how many it will. Of `without` and `remember` see Chain.
    """
    chain = Chain(filters, judge == "all", without, remember)
    run = _Run(chain, progress, len(examples))
    accepted, rejected = list[Example](), [list[Example]() for _ in filters]
    for example in run.judged(examples):
        place = rejected_at(example)
        (accepted if place is None else rejected[place]).append(example)
    ordered = [*accepted, *(e for part in rejected for e in part)]
    return outcome_of(ordered, [f.name for f in filters], chain.every)


def stream_filters(
    examples: Iterable[Example],
    filters: Sequence[Filter],
    progress: Progress = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
    total: int = 0,
) -> Iterator[Example]:
    """Yield what `run_filters` accepts, then what it rejects: the same verdicts in the same order.

    Accepted examples come as soon as they are judged. Rejected ones wait on disk, by the filter
    that rejected them, until all are judged. `total` is how many examples there are, for
    `progress`.
    """
    run = _Run(Chain(filters, judge == "all"), progress, total)
    aside = [Spool() for _ in filters]
    for example in run.judged(examples):
        place = rejected_at(example)
        if place is None:
            yield example
        else:
            aside[place].add(example)
    for spool in aside:
        yield from spool


class _Run:
    """One run of a chain in this process."""

    def __init__(self, chain: Chain, progress: Progress, total: int):
        self._chain, self._progress, self._total = chain, progress, total
        self._counts = Counter[int]()  # judged examples, by the place of the filter

    def judged(self, examples: Iterable[Example]) -> Iterator[Example]:
        """Yield examples with their verdicts; those of one rejecting filter in their order."""
        chain, left = self._chain, self._total
        for window in chunks(examples, WINDOW):
            left = max(0, left - len(window))
            entries = chain.entries(window)
            self._judge_alone(chain.early, entries, left)
            going, ended = chain.divide(entries)
            yield from ended
            for start in range(0, len(going), CHUNK):
                part = going[start : start + CHUNK]
                yield from self._settled(part, left + len(going) - start - len(part))

    def _settled(self, part: Sequence[Entry], left: int) -> list[Example]:
        """Judge entries that the early filters let go on; `left` may follow them."""
        chain = self._chain
        comparisons = chain.compare(part)
        if chain.late:
            chain.screen(part, comparisons)
            self._judge_alone(chain.late, part, left)
        settled = chain.settle(part, comparisons, judge_safely)
        for place in chain.comparing:
            self._count(place, sum(len(e.verdicts) > place for e in settled), left)
        return settled

    def _judge_alone(
        self, filters: Mapping[int, Filter], entries: Sequence[Entry], left: int
    ) -> None:
        """Give entries the verdicts of filters that judge each by itself."""
        for place, one in filters.items():
            alive = [e for e in entries if self._chain.every or e.passing]
            for start in range(0, len(alive), CHUNK):
                part = alive[start : start + CHUNK]
                verdicts = judge_safely(one, [e.example for e in part])
                for entry, verdict in zip(part, verdicts, strict=True):
                    entry.verdicts[place] = verdict
                self._count(place, len(part), left + len(alive) - start - len(part))

    def _count(self, place: int, count: int, left: int) -> None:
        """Report that a filter has judged `count` more examples, while `left` more may follow."""
        self._counts[place] += count
        total = self._total if self._chain.every else self._counts[place] + left
        self._progress(self._chain.filters[place].name, self._counts[place], total)
