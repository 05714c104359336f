"""Signals against people's decisions, counted by hand and by brute force."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.records.example import Example
from curator.records.targets import Targets
from curator.review.decisions.calibration import LEAST, Calibration, area, calibrate, interval
from curator.review.decisions.settle import ReviewStatus, Settlement
from curator.review.decisions.state import read_state
from curator.review.decisions.status import status
from tests.review.conftest import Desk, candidate

VALUES = st.lists(st.sampled_from([0.0, 0.2, 0.5, 1.0]), min_size=1, max_size=8)


def settled(status: ReviewStatus, *values: float, signal: str = "opinion") -> list[Settlement]:
    return [Settlement(candidate(1).measured({signal: value}), status) for value in values]


def test_the_area_counted_by_hand() -> None:
    assert area([3, 2], [1]) == 1.0
    assert area([1], [3, 2]) == 0.0
    assert area([0.5], [0.5, 0.5]) == 0.5
    assert area([1, 3], [2, 3]) == (0 + 0 + 1 + 0.5) / 4


@given(VALUES, VALUES)
def test_the_area_is_the_share_of_pairs(accepted: list[float], others: list[float]) -> None:
    pairs = [(a > o) + (a == o) / 2 for a in accepted for o in others]
    assert area(accepted, others) == pytest.approx(sum(pairs) / len(pairs))
    assert area(others, accepted) == pytest.approx(1 - area(accepted, others))


@given(st.floats(0, 1), st.integers(1, 60), st.integers(1, 60))
def test_the_interval_holds_the_area_and_is_never_a_point(auc: float, m: int, n: int) -> None:
    low, high = interval(auc, m, n)
    assert 0 <= low <= auc <= high <= 1
    assert high - low > 0.01


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Also where so few are rejected that a resampled interval would be a point."""
    draw = random.Random(1)
    for accepted, others in ((17, 3), (30, 30)):
        held = 0
        for _ in range(400):
            a = [draw.gauss(1, 1) for _ in range(accepted)]
            b = [draw.gauss(0, 1) for _ in range(others)]
            low, high = interval(area(a, b), accepted, others)
            held += low <= 0.76025 <= high  # of normal distributions one deviation apart
        assert held >= 0.92 * 400


def test_accepted_ones_stand_against_rejected_and_corrected_ones() -> None:
    good = settled(ReviewStatus.ACCEPTED, *([0.8] * 12))
    bad = settled(ReviewStatus.REJECTED, *([0.2] * 5)) + settled(ReviewStatus.CORRECTED, 0.8, 1, 0)
    open_ = settled(ReviewStatus.PENDING, 0.9) + settled(ReviewStatus.DISPUTED, 0.9)
    [found] = calibrate([*good, *bad, *open_])
    assert (found.signal, found.accepted, found.others) == ("opinion", 12, 8)
    assert found.auc == (6 + 0.5) / 8
    assert found.low and found.high and found.low < found.auc < found.high


def test_too_few_decisions_or_one_kind_conclude_nothing() -> None:
    good = settled(ReviewStatus.ACCEPTED, *([1.0] * (LEAST - 2)))
    bad = settled(ReviewStatus.REJECTED, 0.0)
    assert calibrate(good + bad) == [Calibration("opinion", LEAST - 2, 1, None, None, None)]
    assert calibrate(good + bad + bad)[0].auc == 1.0
    many = settled(ReviewStatus.ACCEPTED, *([1.0] * 50))
    assert calibrate(many) == [Calibration("opinion", 50, 0, None, None, None)]
    assert calibrate([]) == calibrate([Settlement(candidate(1), ReviewStatus.ACCEPTED)]) == []


def test_each_signal_counts_the_examples_that_have_it() -> None:
    every = settled(ReviewStatus.ACCEPTED, 1, 0) + settled(ReviewStatus.REJECTED, 1, signal="a")
    assert [(c.signal, c.accepted, c.others) for c in calibrate(every)] == [
        ("a", 0, 1),
        ("opinion", 2, 0),
    ]


def test_the_status_compares_signals_with_what_people_said(
    desk: Desk, candidates: list[Example]
) -> None:
    from curator.base import store

    measured = [e.measured({"opinion": 0.25 * n}) for n, e in enumerate(candidates)]
    batch = desk.project.root / "raw/generated" / "augment-s0001-12345678"
    store.write_atomic(batch / "accepted.jsonl", measured)
    desk.push()
    for person in ("anna", "benoit"):
        desk.say(person, candidates[0].id, "rejeter", reason="faux")
        desk.say(person, candidates[1].id, "accepter")
    desk.pull()
    found = status(read_state(desk.project, desk.recipe), Targets(), ())
    assert found.document()["signals"] == [
        {"signal": "opinion", "accepted": 1, "others": 1, "auc": None, "low": None, "high": None}
    ]
