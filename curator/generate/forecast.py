"""Forecast the next batch, and how much of it is likely to be accepted: a dry run.

It is the batch's own planning, wave by wave, with the tasks that it would take, as if each strategy
brought what is expected of it. Nothing is written and no model is loaded. What a batch learns while
it runs is not foreseen; so a range stands beside the expected number: the 5 % and 95 % quantiles of
the beta-binomial predictive distribution under a uniform prior (Gelman et al., Bayesian Data
Analysis, 3rd ed., sections 2.4 and 2.7), summed over the strategies, which is wider than the range
of the sum.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma
from typing import Any

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate.planner import Pick, Planner, prompt_size
from curator.generate.recipe import AugmentRecipe
from curator.generate.runner import offers_for, requests_for
from curator.generate.strategies.base import BatchState, Strategy
from curator.generate.strategies.registry import strategy_type
from curator.generate.yields import Yields
from curator.records.taxonomy import Cell, Slot


class AssumedYields(Yields):
    """Yields in which its `prior_yield` stands for a strategy of which nothing is known."""

    def seen(self, strategy: str) -> tuple[int, int]:
        """Return how many of a strategy's candidates were accepted, and tried."""
        if not self.tried(strategy):
            return strategy_type(strategy).prior_yield
        return self.whole[strategy].accepted, self.whole[strategy].tried

    @override
    def rate(self, strategy: str, cell: Cell) -> float:
        if self.tried(strategy):
            return super().rate(strategy, cell)
        accepted, tried = self.seen(strategy)
        return (accepted + 1) / (tried + 2)


@dataclass(frozen=True)
class StrategyForecast:
    """One strategy's part: its candidates, how many should be accepted, from `low` to `high`.

    The expectation rests on `accepted` of `tried` earlier candidates, which this project made if
    `here` is true.
    """

    strategy: str
    candidates: int
    expected: float
    low: int
    high: int
    accepted: int
    tried: int
    here: bool


@dataclass(frozen=True)
class Forecast:
    """The candidates of a batch, per strategy and slot, and why it would end."""

    picks: list[Pick]
    yields: AssumedYields
    stopped: str

    def expected(self, pick: Pick) -> float:
        """Return how many of a pick's candidates should be accepted."""
        return pick.count * self.yields.rate(pick.strategy, pick.slot.cell)

    def by_strategy(self) -> list[StrategyForecast]:
        """Return what the expectation rests on, strategy by strategy."""
        return [self._strategy_forecast(name) for name in sorted({p.strategy for p in self.picks})]

    def _strategy_forecast(self, name: str) -> StrategyForecast:
        own = [p for p in self.picks if p.strategy == name]
        count, expected = sum(p.count for p in own), sum(map(self.expected, own))
        accepted, tried = self.yields.seen(name)
        low, high = predictive_range(count, accepted, tried)
        here = self.yields.tried(name) > 0
        return StrategyForecast(
            name,
            count,
            expected,
            min(low, int(expected)),
            max(high, int(expected)),
            accepted,
            tried,
            here,
        )

    def document(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        picks = [
            {"strategy": p.strategy, **p.slot._asdict(), "candidates": p.count} for p in self.picks
        ]
        by_strategy = [{**vars(b), "expected": round(b.expected, 1)} for b in self.by_strategy()]
        return {"picks": picks, "expected": by_strategy, "stopped": self.stopped}


def forecast(
    wanted: Mapping[Slot, float],
    strategies: Mapping[str, Strategy],
    state: BatchState,
    recipe: AugmentRecipe,
    history: Yields,
) -> Forecast:
    """Plan the batch for what is wanted; `state` then counts its tasks as taken."""
    left, made, number = dict(wanted), Counter[tuple[str, Slot]](), 0
    yields = AssumedYields(history.whole, history.cells)
    planner, seed = Planner(wanted, yields, recipe.generate.explore), recipe.seed or 0
    group = prompt_size(wanted, recipe)
    while left and (room := recipe.stop.candidates - made.total()):
        offers = offers_for(left, strategies.values(), state, group)
        size = min(recipe.generate.wave, room)
        picks = planner.picks(left, offers, size, derive_seed(seed, "wave", number))
        requests = requests_for(picks, strategies, state, seed, made.total())
        if not requests:
            return Forecast(_picks(made), yields, "nothing_left")
        made.update((r.strategy, r.slot) for r in requests)
        for request in requests:
            left[request.slot] -= yields.rate(request.strategy, request.slot.cell)
        left = {slot: n for slot, n in left.items() if n > 0}
        number += 1
    return Forecast(_picks(made), yields, "candidates" if left else "targets_met")


def _picks(made: Counter[tuple[str, Slot]]) -> list[Pick]:
    return [Pick(strategy, slot, count) for (strategy, slot), count in made.items()]


def predictive_range(count: int, accepted: int, tried: int) -> tuple[int, int]:
    """Return the range of accepted ones among `count` candidates in 9 of 10 cases.

    What is known is that `accepted` of `tried` others were.
    """
    a, b = accepted + 1, tried - accepted + 1
    low, high, below = None, count, 0.0
    for k in range(count + 1):
        below += exp(_log_choose(count, k) + _log_beta(k + a, count - k + b) - _log_beta(a, b))
        if low is None and below >= 0.05:
            low = k
        if below >= 0.95:
            high = k
            break
    return low or 0, high


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
