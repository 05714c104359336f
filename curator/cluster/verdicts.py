"""Run filters over a few examples, in a worker or, for filters with a state, in the driver."""

from collections.abc import Sequence

from curator.filters.base import CHUNK, Filter
from curator.filters.failsafe import judge_safely
from curator.records.example import Example, Verdict


def collect_verdicts(
    filters: Sequence[Filter], examples: Sequence[Example], drop: bool
) -> list[list[Verdict]]:
    """Return the verdicts on each example, in the order of the filters.

    With `drop`, no further filter judges what one has rejected. A filter gets as many examples at a
    time as it does in one process: what it computes of several at once may depend on that.
    """
    verdicts: list[list[Verdict]] = [[] for _ in examples]
    alive = list(range(len(examples)))
    for one in filters:
        for start in range(0, len(alive), CHUNK):
            part = alive[start : start + CHUNK]
            judged = judge_safely(one, [examples[n] for n in part])
            for number, verdict in zip(part, judged, strict=True):
                verdicts[number].append(verdict)
        if drop:
            alive = [n for n in alive if verdicts[n][-1].passed]
    return verdicts
