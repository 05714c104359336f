"""The statistics against known values, and against simulation."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.evaluation import paired, student


@pytest.mark.parametrize(
    ("above", "below", "p"),
    [
        (8, 2, 112 / 1024),  # 2 (1 + 10 + 45) / 2^10
        (6, 0, 2 / 64),
        (0, 5, 2 / 32),
        (3, 3, 1),
        (0, 0, 1),
        (1000, 0, 2 / 2**1000),
        (2600, 2400, 0.0049),  # the normal approximation with its continuity: z = 2.814
    ],
)
def test_sign_test(above: int, below: int, p: float) -> None:
    assert paired.sign_test(above, below) == pytest.approx(p, abs=5e-5)
    assert paired.sign_test(above, below) == paired.sign_test(below, above)


def test_holm_against_values_worked_out_by_hand() -> None:
    # 0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1, which may not be less than the one before
    assert paired.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert paired.holm([0.6, 0.5]) == [1, 1]
    assert paired.holm([0.2]) == [0.2]
    assert paired.holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_lies_between_no_correction_and_bonferroni(values: list[float]) -> None:
    for p, adjusted in zip(values, paired.holm(values), strict=True):
        assert p <= adjusted <= min(1, p * len(values))


def test_sides() -> None:
    assert paired.sides([0.5, -0.1, 0, 1e-12, 2]) == (2, 1, 2)


@pytest.mark.parametrize(("alpha", "least"), [(0.05, 6), (0.0625, 5), (0.05 / 7, 9), (1, 1)])
def test_the_fewest_prompts_that_can_decide(alpha: float, least: int) -> None:
    assert paired.least_decided(alpha) == least
    assert paired.sign_test(least, 0) <= alpha
    assert least == 1 or paired.sign_test(least - 1, 0) > alpha


def test_bootstrap_is_the_distribution_of_drawn_means() -> None:
    # Of 0 and 1, drawn twice: means 0, 1/2, 1 with chances 1/4, 1/2, 1/4.
    assert paired.bootstrap([0, 1], 0.95, 1, 10_000) == (0, 1)
    assert paired.bootstrap([0, 1], 0.2, 1, 10_000) == (0.5, 0.5)  # cut: 0.32 at each side
    assert paired.bootstrap([0.25] * 7, 0.95, 1, 500) == (0.25, 0.25)
    draws = np.random.default_rng(3).normal(1, 2, 100)
    low, high = paired.bootstrap(list(draws), 0.95, 1, 20_000)
    half = 1.96 * draws.std() / 10
    assert (low, high) == pytest.approx((draws.mean() - half, draws.mean() + half), abs=0.03)


def test_bootstrap_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [0.1, 0.4, -0.2, 0.9]
    assert paired.bootstrap(values, 0.95, 5, 999) == paired.bootstrap(values, 0.95, 5, 999)
    assert paired.bootstrap(values, 0.95, 5, 99) != paired.bootstrap(values, 0.95, 6, 99)
    monkeypatch.setattr(paired, "_AT_ONCE", 40)  # ten resamples at a time
    low, high = paired.bootstrap(values, 0.95, 5, 995)
    assert min(values) <= low < high <= max(values)
    with pytest.raises(ValueError, match="nothing"):
        paired.bootstrap([], 0.95, 5, 10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "count", "least"),
    [("normal", 50, 0.93), ("skewed", 50, 0.90), ("normal", 6, 0.92), ("normal", 10, 0.92)],
)
def test_95_intervals_hold_the_truth_about_as_often(kind: str, count: int, least: float) -> None:
    draw = np.random.default_rng(11)
    held = 0
    for _ in range(600):
        values = draw.normal(0.3, 1, count) if kind == "normal" else draw.exponential(0.3, count)
        low, high = paired.bootstrap(list(values), 0.95, 2, 1000)
        held += low <= 0.3 <= high
    assert least <= held / 600 <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 9, 10, 49, 400])
@pytest.mark.parametrize("tail", [0.5, 0.3, 0.025, 0.025 / 7, 1e-5])
def test_students_quantiles_are_scipys(tail: float, freedom: int) -> None:
    from scipy.stats import t

    assert student.quantile(tail, freedom) == pytest.approx(t.isf(tail, freedom), abs=1e-6)


@pytest.mark.parametrize(("mean", "spread"), [(0.5, 1.0), (0.3, 0.8), (1.0, 1.1)])
def test_the_needed_number_of_prompts_has_the_power_that_it_says(
    mean: float, spread: float
) -> None:
    # A sample with exactly this mean and standard deviation says how many are needed.
    base = np.linspace(-1, 1, 20)
    sample = mean + spread * base / base.std(ddof=1)
    count = paired.needed(list(sample), 0.05)
    assert count
    draw = np.random.default_rng(13)
    draws = draw.normal(mean, spread, (4000, count))
    # The exact test for normal differences; its critical t by Monte Carlo under no difference.
    null = draw.normal(0, spread, (40_000, count))
    critical = np.quantile(abs(_t(null)), 0.95)
    assert np.mean(abs(_t(draws)) > critical) == pytest.approx(0.8, abs=0.03)


def _t(draws: "np.ndarray") -> "np.ndarray":
    result: np.ndarray = draws.mean(1) / draws.std(1, ddof=1) * np.sqrt(draws.shape[1])
    return result


def test_needed_by_hand() -> None:
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)  # 2.8016
    # Differences 0 and 1 by halves, 20 of them: mean 1/2, variance 5/19. z^2 x 1.0526 + 1.92
    assert z == pytest.approx(2.8016, abs=1e-4)
    assert paired.needed([0, 1] * 10, 0.05) == 11  # 8.26 + 1.92 = 10.18
    assert paired.needed([1.0] * 5, 0.05) == 6  # no spread: what the sign test needs
    assert paired.needed([1, -1], 0.05) is None
    assert paired.needed([1], 0.05) is None
    assert paired.needed([], 0.05) is None
