"""Find the two best arms of some, and compare them."""

from collections.abc import Collection, Sequence

from curator.evaluation.comparable import Incomparable
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.records import Scored
from curator.evaluation.summary import summarise


def best_two(scored: Sequence[Scored], leave_out: Collection[str]) -> Comparison | None:
    """Compare the best arm with the next one that was asked and judged alike.

    None where there are no two such arms.
    """
    ranked = sorted(scored, key=lambda one: -_mean(one, leave_out))
    for other in ranked[1:]:
        try:
            return compare(other, ranked[0], leave_out=leave_out)
        except Incomparable:  # one thing, or asked otherwise: the next may do
            continue
    return None


def _mean(scored: Scored, leave_out: Collection[str]) -> float:
    return summarise(scored, leave_out).overall.metrics.get("composite") or 0.0
