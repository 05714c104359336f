"""What a dry run expects, against what can be counted by hand."""

import random

from curator.generate.forecast import AssumedYields, forecast, predictive_range
from curator.generate.recipe import AugmentRecipe, GenerateSettings, StopSettings
from curator.generate.strategies.base import BatchState
from curator.generate.strategies.few_shot import FewShot
from curator.generate.strategies.mutate import Mutate
from curator.generate.yields import Yields
from curator.records.taxonomy import Slot
from tests.conftest import make_example

SLOT = make_example().slot


def recipe(candidates: int = 600) -> AugmentRecipe:
    generate = GenerateSettings(strategies=("few_shot",))
    return AugmentRecipe(generate=generate, stop=StopSettings(candidates=candidates))


def plan(wanted: dict[Slot, float], yields: Yields, candidates: int = 600):  # type: ignore[no-untyped-def]
    chosen = recipe(candidates)
    state = BatchState([make_example()], chosen.generate)
    return forecast(wanted, {"few_shot": FewShot()}, state, chosen, yields)


def known(accepted: int, tried: int) -> Yields:
    yields = Yields()
    yields.count("few_shot", str(make_example().cell), (tried, accepted, 0))
    return yields


def test_as_many_candidates_as_the_known_yield_asks_for() -> None:
    found = plan({SLOT: 10}, known(50, 100))
    [basis] = found.by_strategy()
    assert 18 <= basis.candidates <= 24 and round(basis.expected) in (10, 11, 12)
    assert basis.low <= 10 <= basis.high and basis.here
    assert found.stopped == "targets_met"


def test_a_limit_of_candidates_is_foreseen() -> None:
    found = plan({SLOT: 100}, known(1, 100), candidates=30)
    assert (found.stopped, found.by_strategy()[0].candidates) == ("candidates", 30)


def test_what_is_not_known_has_a_wide_range_and_says_so() -> None:
    found = plan({SLOT: 50}, Yields())
    [basis] = found.by_strategy()
    assert not basis.here and (basis.accepted, basis.tried) == (0, 0)
    assert basis.low < 0.1 * basis.candidates and basis.high > 0.9 * basis.candidates


def test_a_measured_share_gives_way_to_what_is_known() -> None:
    yields = Yields()
    assert AssumedYields(yields.whole, yields.cells).seen("mutate") == Mutate.prior_yield
    yields.count("mutate", str(SLOT.cell), (10, 1, 0))
    assumed = AssumedYields(yields.whole, yields.cells)
    assert assumed.seen("mutate") == (1, 10)
    assert assumed.rate("mutate", SLOT.cell) == yields.rate("mutate", SLOT.cell)


def test_the_range_holds_nine_of_ten() -> None:
    """Against draws from the distribution that it is said to be."""
    draw = random.Random(1)
    low, high = predictive_range(40, 6, 20)
    counts = []
    for _ in range(4000):
        rate = draw.betavariate(7, 15)
        counts.append(sum(draw.random() < rate for _ in range(40)))
    assert 0.88 <= sum(low <= n <= high for n in counts) / 4000 <= 0.94
    assert predictive_range(0, 0, 0) == (0, 0)
