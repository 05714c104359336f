"""How far each signal agrees with people's decisions.

The area under the ROC curve is, after Mann and Whitney, the probability that of an accepted and a
not accepted example the accepted one has the higher value, equal values counting half: 0.5 says
nothing, less than 0.5 that high values speak against an example. Its interval is Newcombe's method
5 (Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2,
Statistics in Medicine 25, 2006): the true areas whose distance from the one found is at most 1.96
standard errors, as large as they would be there. Resampling and DeLong's variance say "certainly 1"
where a few rejected examples all lie below; this does not.

Decisions that people make with a signal before their eyes may follow it: see docs/doubt.md.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from curator.review.decisions.settle import ReviewStatus, Settlement

LEAST = 20  # decisions below which nothing is concluded
_Z = 1.959964  # 95 %
_SIGNS = {
    ReviewStatus.ACCEPTED: True,
    ReviewStatus.REJECTED: False,
    ReviewStatus.CORRECTED: False,
}


@dataclass(frozen=True)
class Calibration:
    """A signal against people's decisions: how many accepted and other examples have it.

    `auc` and its interval of 95 % are None where there are too few decisions to say anything:
    fewer than LEAST, or all of one kind.
    """

    signal: str
    accepted: int
    others: int
    auc: float | None
    low: float | None
    high: float | None


def area(accepted: Sequence[float], others: Sequence[float]) -> float:
    """Return the probability that one of `accepted` is higher than one of `others`.

    Equal values count half; raises ZeroDivisionError where either is empty.
    """
    ordered = sorted(others)
    higher = sum(bisect_left(ordered, v) + bisect_right(ordered, v) for v in accepted)
    return higher / (2 * len(accepted) * len(others))


def interval(auc: float, accepted: int, others: int) -> tuple[float, float]:
    """Return the ends of the interval of 95 % of an area that so many examples gave."""

    def apart(true: float) -> bool:
        return abs(auc - true) > _Z * _standard_error(true, accepted, others)

    return _edge(apart, 0.0, auc), _edge(apart, 1.0, auc)


def _standard_error(true: float, accepted: int, others: int) -> float:
    mean = (accepted + others) / 2 - 1
    spread = 1 + mean * ((1 - true) / (2 - true) + true / (1 + true))
    return math.sqrt(true * (1 - true) * spread / (accepted * others))


def _edge(apart: Callable[[float], bool], outside: float, inside: float) -> float:
    """Return the value next to `outside` that is not apart, by halving."""
    for _ in range(40):
        middle = (outside + inside) / 2
        outside, inside = (middle, inside) if apart(middle) else (outside, middle)
    return inside


def calibrate(settlements: Iterable[Settlement]) -> list[Calibration]:
    """Compare each signal with what was decided of the examples that have it, by its name.

    An example counts once, as its reviewers settled it: accepted as it is, or not, be it rejected
    or corrected. What is pending or disputed is no decision yet.
    """
    values: dict[str, tuple[list[float], list[float]]] = {}
    for settlement in settlements:
        good = _SIGNS.get(settlement.status)
        for name, value in settlement.example.signals.items() if good is not None else ():
            accepted, others = values.setdefault(name, ([], []))
            (accepted if good else others).append(value)
    return [_calibration(name, *values[name]) for name in sorted(values)]


def _calibration(name: str, accepted: list[float], others: list[float]) -> Calibration:
    counts = len(accepted), len(others)
    if sum(counts) < LEAST or not all(counts):
        return Calibration(name, *counts, None, None, None)
    auc = area(accepted, others)
    low, high = interval(auc, *counts)
    return Calibration(name, *counts, round(auc, 4), round(low, 4), round(high, 4))
