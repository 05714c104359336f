"""pass@k against what one can count."""

from itertools import combinations

import pytest

from curator.evaluation.pass_at import pass_at, passes
from tests.evaluation.conftest import make_score


@pytest.mark.parametrize(("n", "c"), [(1, 0), (1, 1), (5, 0), (5, 2), (5, 5), (7, 3)])
def test_it_is_the_share_of_draws_with_a_right_answer(n: int, c: int) -> None:
    answers = [at < c for at in range(n)]
    for k in range(1, n + 1):
        draws = list(combinations(answers, k))
        assert pass_at(n, c, k) == pytest.approx(sum(map(any, draws)) / len(draws))
    with pytest.raises(ValueError, match="pass@8 of 5 answers"):
        pass_at(5, 2, 8)


def test_prompts_are_drawn_with_their_answers() -> None:
    scores = [make_score(f"p{at}", s, solved=float(s < at % 3)) for at in range(30) for s in (0, 1)]
    one, two = passes([*scores, make_score("claimless", solved=None)])
    assert (one.k, one.prompts, two.k) == (1, 30, 2)
    assert one.rate == pytest.approx(0.5) and two.rate == pytest.approx(2 / 3)
    assert one.low < one.rate < one.high
    assert passes([make_score("a", ideas=1.0)]) == ()


def test_more_samples_are_no_more_prompts() -> None:
    once = [make_score(f"p{at}", 0, solved=float(at % 2)) for at in range(20)]
    often = [make_score(f"p{at}", s, solved=float(at % 2)) for at in range(20) for s in range(9)]
    assert passes(once)[0] == passes(often)[0]


@pytest.mark.parametrize("samples", [1, 4])
@pytest.mark.parametrize(("solved", "low", "high"), [(0.0, 0.0, 0.0448), (1.0, 0.9552, 1.0)])
def test_all_or_none_solved_is_no_certainty(
    samples: int, solved: float, low: float, high: float
) -> None:
    scores = [make_score(f"p{at}", s, solved=solved) for at in range(82) for s in range(samples)]
    for one in passes(scores):
        assert (one.rate, one.low, one.high) == pytest.approx((solved, low, high))


def test_one_answer_each_has_a_binomial_interval() -> None:
    one = passes([make_score(f"p{at}", solved=float(at < 10)) for at in range(82)])[0]
    assert (one.low, one.high) == pytest.approx((0.0676, 0.2098), abs=5e-4)  # 10 of 82


def test_rates_that_are_all_alike_have_a_width() -> None:
    half = [make_score(f"p{at}", s, solved=float(s)) for at in range(20) for s in (0, 1)]
    one = passes(half)[0]
    assert one.low < one.rate == 0.5 < one.high
