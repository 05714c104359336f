"""Pass examples through filters: at once, or as a stream that need not fit into memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from curator.base.disk_buffer import chunks
from curator.filters.base import Filter, Outcome, outcome_of
from curator.filters.failsafe import judge_safely
from curator.records.example import Example
from curator.records.spool import Spool

CHUNK = 64  # examples that a filter judges at a time
WINDOW = 1024  # examples of a stream that are in memory at once


def _apply(
    filter_: Filter, examples: Sequence[Example], report: Callable[[int], None]
) -> list[Example]:
    """Return the examples with the filter's verdict added to those that they had."""
    judged: list[Example] = []
    for start in range(0, len(examples), CHUNK):
        part = examples[start : start + CHUNK]
        for example, verdict in zip(part, judge_safely(filter_, part), strict=True):
            judged.append(example.judged((*example.verdicts, verdict)))
        report(len(judged))
    return judged


def run_filters(
    examples: Sequence[Example],
    filters: Sequence[Filter],
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
) -> Outcome:
    """Pass examples through filters in order; the first one that an example fails rejects it.

    With `judge` "first", no further filter judges a rejected example; with "all" every one does, so
    that its verdicts and the counts tell everything that is wrong with it. `progress` is called
    with a filter's name, how many examples it has judged, and of how many.
    """
    alive, dropped = [e.judged(()) for e in examples], list[Example]()
    for one in filters:
        rest, passed = dropped if judge == "all" else [], len(alive)
        total = len(alive) + len(rest)
        # Those still in the running come first: a filter that remembers must not hold against
        # them what was rejected before.
        judged = _apply(one, alive, lambda done: progress(one.name, done, total))  # noqa: B023
        also = _apply(one, rest, lambda done: progress(one.name, passed + done, total))  # noqa: B023
        alive = [e for e in judged if e.rejection is None]
        kept = also if judge == "all" else dropped
        dropped = [*kept, *(e for e in judged if e.rejection is not None)]
    return outcome_of([*alive, *dropped], [f.name for f in filters], judge == "all")


def stream_filters(
    examples: Iterable[Example],
    filters: Sequence[Filter],
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
    total: int = 0,
) -> Iterator[Example]:
    """Yield what `run_filters` accepts, then what it rejects: the same verdicts in the same order.

    Accepted examples come as soon as they are judged. Rejected ones wait on disk, one spool for
    each filter, until the filters have judged all others: with `judge` "all" they pass the rest of
    the filters only then, so that one that remembers does not hold them against the others. `total`
    is the number of examples, for `progress`.
    """
    counts = dict.fromkeys((f.name for f in filters), 0)
    left = total

    def apply(one: Filter, part: list[Example]) -> list[Example]:
        before = counts[one.name]
        counts[one.name] += len(part)
        end = total if judge == "all" else counts[one.name] + left
        return _apply(one, part, lambda done: progress(one.name, before + done, end))

    rejected = [Spool() for _ in filters]
    for part in chunks(examples, WINDOW):
        left = max(0, left - len(part))
        alive = [e.judged(()) for e in part]
        for one, spool in zip(filters, rejected, strict=True):
            judged = apply(one, alive)
            alive = [e for e in judged if e.rejection is None]
            for example in (e for e in judged if e.rejection is not None):
                spool.add(example)
        yield from alive
    for place, spool in enumerate(rejected):
        for part in chunks(spool, WINDOW):
            for one in filters[place + 1 :] if judge == "all" else ():
                part = apply(one, part)
            yield from part
