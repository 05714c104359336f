"""Filters over a few examples: what is done in a worker and, for some filters, in the driver."""

from collections.abc import Sequence

from curator.filters.base import CHUNK, Filter
from curator.filters.failsafe import judge_safely
from curator.records.example import Example, Verdict


def meet(filters: Sequence[Filter], examples: Sequence[Example], drop: bool) -> list[list[Verdict]]:
    """The verdicts of filters on each of some examples, in order.

    With `drop`, what a filter rejects meets none after it. A filter gets as many examples at a
    time as it does in one process: what it computes of several at once may depend on that.
    """
    found: list[list[Verdict]] = [[] for _ in examples]
    alive = list(range(len(examples)))
    for one in filters:
        for start in range(0, len(alive), CHUNK):
            part = alive[start : start + CHUNK]
            judged = judge_safely(one, [examples[n] for n in part])
            for number, verdict in zip(part, judged, strict=True):
                found[number].append(verdict)
        if drop:
            alive = [n for n in alive if found[n][-1].passed]
    return found
