"""Compute pass@k: the chance that at least one of k answers solves a prompt.

The unbiased estimator of Chen et al. 2021, Evaluating Large Language Models Trained on Code,
section 2.1: with n answers of which c solve it, 1 - C(n - c, k) / C(n, k).
"""

from collections.abc import Sequence
from math import comb

from curator.evaluation import paired
from curator.evaluation.records import Score
from curator.records.example import Record

RESAMPLES, CONFIDENCE = 10_000, 0.95


class PassAt(Record):
    """pass@k over prompts, with an interval in which prompts are drawn, each with its answers."""

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
    low, high = paired.bootstrap(rates, CONFIDENCE, 0, RESAMPLES)
    return PassAt(k=k, prompts=len(rates), rate=sum(rates) / len(rates), low=low, high=high)
