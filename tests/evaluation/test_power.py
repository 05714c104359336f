"""What a run can show, against the formula by hand and against draws."""

import random
from math import pi
from pathlib import Path
from statistics import NormalDist

import pytest

from curator.evaluation.compare import compare
from curator.evaluation.power import ASSUMED, WITHIN, power, variance_of
from curator.evaluation.recipe import EvaluateRecipe
from curator.evaluation.records import Scored
from tests.evaluation.conftest import make_arm, make_score, make_scored

Z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)


def arm_of(name: str, points: list[list[float]]) -> Scored:
    scores = [
        make_score(f"basics-{at}", s, composite=p)
        for at, each in enumerate(points)
        for s, p in enumerate(each)
    ]
    return make_scored(make_arm(name, name, samples=len(points[0])), scores)


def test_without_arms_it_rests_on_a_stated_assumption(tmp_path: Path) -> None:
    rows = power(tmp_path, EvaluateRecipe(), 100)
    first = rows[0]
    assert (first.metric, first.prompts, first.samples, first.pairs) == ("composite", 100, 1, 0)
    assert first.difference == pytest.approx(Z * ASSUMED["composite"] * (pi / 2) ** 0.5 / 10)
    twice = next(r for r in rows if (r.metric, r.prompts, r.samples) == ("composite", 100, 2))
    left = 1 - 2 * WITHIN + WITHIN
    assert twice.difference == pytest.approx(first.difference * left**0.5)


def test_variances_are_those_of_arms_that_are_known() -> None:
    one = arm_of("a", [[1.0, 2.0], [3.0, 3.0], [0.0, 1.0], [4.0, 4.0]])
    other = arm_of("b", [[2.0, 2.0], [3.0, 4.0], [0.5, 0.5], [5.0, 4.0]])
    found = variance_of("composite", [one, other])
    assert (found.pairs, found.samples) == (1, 2)
    assert found.total == pytest.approx(0.0625)  # of 0.5, 0.5, 0 and 0.5
    assert found.within == pytest.approx((0.5 + 0 + 0.5 + 0 + 0 + 0.5 + 0 + 0.5) / 8)


def test_a_difference_of_that_size_is_found_four_times_in_five() -> None:
    draw, deviation, prompts = random.Random(4), 1.2, 80
    size = Z * deviation * (pi / 2 / prompts) ** 0.5
    words = []
    for _ in range(60):
        changes = [draw.gauss(size, deviation) for _ in range(prompts)]
        before = arm_of("a", [[0.0]] * prompts)
        after = arm_of("b", [[change] for change in changes])
        found = compare(before, after, resamples=300).find("composite")
        assert found
        words.append(found.word == "better")
    assert 0.65 < sum(words) / len(words) < 0.95
