"""Tell before a run which difference between two arms it can show.

A paired comparison of N prompts shows a mean difference d four times in five, at the level 0.05,
from d = (z(0.975) + z(0.8)) * s / sqrt(N) on (Guenther 1981), where s is the standard deviation of
the differences by prompt. A word is only said where the sign test agrees, which needs pi / 2 times
the prompts where differences are normal (Dixon and Mood 1946), so d is by sqrt(pi / 2) larger here.
s is what arms that were evaluated have, else a stated assumption. More
samples of a prompt make its mean less a matter of chance: where s2 is the variance with K samples
and w that between answers of one arm to one prompt, K' samples have s2 - 2w/K + 2w/K'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from math import ceil, pi, sqrt
from pathlib import Path
from statistics import NormalDist, fmean, variance
from typing import Any

from curator.evaluation.folder import arms
from curator.evaluation.recipe import EvaluateRecipe
from curator.evaluation.records import Scored
from curator.evaluation.summary import by_prompt

ALPHA, POWER = 0.05, 0.8
# Where no two arms are known: the 0.5B and the 1.5B Qwen differ about so much by prompt.
ASSUMED = {"composite": 1.5, "solved": 0.6}
WITHIN = 0.25  # of the variance of differences with one sample, an arm's share that is chance
_STEPS = (1.0, 2.0, 4.0)  # times the prompts that there are


@dataclass(frozen=True)
class Variance:
    """Of differences by prompt in a metric: with `samples` answers a prompt, and by chance alone.

    `pairs` of arms were measured; of none it is an assumption.
    """

    metric: str
    total: float
    within: float
    samples: int
    pairs: int

    def with_samples(self, samples: int) -> float:
        """Return the variance with another number of samples."""
        other = self.total - 2 * self.within / self.samples + 2 * self.within / samples
        return max(other, 2 * self.within / samples)


@dataclass(frozen=True)
class Power:
    """The smallest difference that a run shows four times in five."""

    metric: str
    prompts: int
    samples: int
    deviation: float
    difference: float
    pairs: int

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


def power(root: Path, recipe: EvaluateRecipe, prompts: int) -> list[Power]:
    """Return what a run of a recipe can show over its prompts, and over more prompts or samples."""
    known = [one for folder in arms(root) if (one := folder.scored("default"))]
    samples = dict.fromkeys((recipe.samples, 2 * recipe.samples, 5 * recipe.samples))
    return [
        _power(measured, ceil(times * prompts), count)
        for metric in ASSUMED
        for measured in (variance_of(metric, known),)
        for count in samples
        for times in _STEPS
    ]


def _power(measured: Variance, prompts: int, samples: int) -> Power:
    deviation = sqrt(measured.with_samples(samples))
    z = NormalDist().inv_cdf(1 - ALPHA / 2) + NormalDist().inv_cdf(POWER)
    difference = z * deviation * sqrt(pi / 2 / prompts)
    return Power(measured.metric, prompts, samples, deviation, difference, measured.pairs)


def variance_of(metric: str, known: Sequence[Scored]) -> Variance:
    """Pool the variance of differences over all pairs of arms that were asked the same prompts."""
    found = list(_differences(metric, known))
    if not found:
        total = ASSUMED[metric] ** 2
        return Variance(metric, total, WITHIN * total, 1, 0)
    total = fmean(variance(changes) for changes, _ in found)
    samples = min(count for _, count in found)
    chance = [v for one in known for v in _within(metric, one)]
    within = fmean(chance) if chance else WITHIN * total * samples
    return Variance(metric, total, within, samples, len(found))


def _differences(metric: str, known: Sequence[Scored]) -> Iterator[tuple[list[float], int]]:
    for one, other in combinations(known, 2):
        if one.arm.prompts_sha256 != other.arm.prompts_sha256:
            continue
        first, second = (by_prompt(side.scores) for side in (one, other))
        both = [(a.metrics.get(metric), second[n].metrics.get(metric))
                for n, a in first.items() if n in second]  # fmt: skip
        changes = [b - a for a, b in both if a is not None and b is not None]
        if len(changes) >= 2:
            yield changes, min(one.arm.samples, other.arm.samples)


def _within(metric: str, scored: Scored) -> Iterator[float]:
    """Yield the variance of an arm's answers to each prompt, where it has several."""
    by_name: dict[str, list[float]] = {}
    for score in scored.scores:
        value = score.metrics.get(metric)
        if value is not None:
            by_name.setdefault(score.prompt_id, []).append(value)
    yield from (variance(values) for values in by_name.values() if len(values) > 1)
