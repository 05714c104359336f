"""Compute pass@k: the chance that at least one of k answers solves a prompt.

The unbiased estimator of Chen et al. 2021, Evaluating Large Language Models Trained on Code,
section 2.1: with n answers of which c solve it, 1 - C(n - c, k) / C(n, k).
"""

from collections.abc import Sequence
from math import comb

from curator.base.intervals import wilson
from curator.evaluation import paired
from curator.evaluation.records import Score
from curator.records.example import Record

RESAMPLES, CONFIDENCE = 10_000, 0.95


class PassAt(Record):
    """pass@k over prompts, with its interval of 95 %.

    Where each prompt is solved or not, as with one answer each, it is Wilson's; else prompts are
    drawn, each with its answers.
    """

    k: int
    prompts: int
    rate: float
    low: float
    high: float


def pass_at(answers: int, solved: int, k: int) -> float:
    """Estimate the chance from `answers` of which some solve; ValueError for fewer than k."""
    if not 1 <= k <= answers:
        raise ValueError(f"pass@{k} of {answers} answers")
    return 1 - comb(answers - solved, k) / comb(answers, k)


def passes(scores: Sequence[Score]) -> tuple[PassAt, ...]:
    """Return pass@1, 2, 5, 10, ... up to the number of answers that each checked prompt has."""
    counts: dict[str, list[bool]] = {}
    for score in scores:
        solved = score.metrics.get("solved")
        if solved is not None:
            counts.setdefault(score.prompt_id, []).append(bool(solved))
    if not counts:
        return ()
    most = min(map(len, counts.values()))
    steps = [k for k in (1, 2, 5, 10, 20, 50, 100) if k <= most]
    return tuple(_at(k, list(counts.values())) for k in dict.fromkeys([*steps, most]))


def _at(k: int, prompts: Sequence[Sequence[bool]]) -> PassAt:
    rates = [pass_at(len(answers), sum(answers), k) for answers in prompts]
    low, high = _interval(rates)
    return PassAt(k=k, prompts=len(rates), rate=sum(rates) / len(rates), low=low, high=high)


def _interval(rates: Sequence[float]) -> tuple[float, float]:
    """Bound the mean of rates; those that are all alike would give a bootstrap of no width.

    What lies in 0..1 varies no more than what is 0 or 1, so Wilson's interval holds for it too.
    """
    if len(set(rates)) > 1 and any(0 < rate < 1 for rate in rates):
        return paired.bootstrap(rates, CONFIDENCE, 0, RESAMPLES)
    return wilson(sum(rates), len(rates))
