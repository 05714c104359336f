"""Differences as cells: their unit, their change in per cent, and why there is no word for them."""

from collections.abc import Sequence

import pytest

from curator.evaluation.compare import Difference, compare
from curator.report.language import speaking
from curator.report.sections import values
from tests.evaluation.conftest import make_arms


def difference(metric: str, before: Sequence[float], after: Sequence[float]) -> Difference:
    sides = [{f"p{at}": v for at, v in enumerate(side)} for side in (before, after)]
    found = compare(*make_arms(metric, *sides)).find(metric)
    assert found
    return found


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def unconfirmed() -> Difference:
    """Few fall by much, as many rise by little as fall by little: the mean falls all the same."""
    before = [3.0] * 6 + [0.5] * 44 + [0.4] * 54
    after = [0.2] * 6 + [0.45] * 44 + [0.45] * 54
    return difference("composite", before, after)


def test_an_interval_without_0_that_the_sign_test_does_not_confirm_says_so() -> None:
    found = unconfirmed()
    assert found.word == "undecided" and found.high < 0 and found.p > 0.05
    assert found.needed and found.needed > found.n, "to show it four times in five takes more"
    assert values.is_unconfirmed(found)
    assert plain(values.conclusion(found)) == (
        "indécis (l'intervalle exclut 0, mais le test des signes ne le confirme pas, "
        f"p = {found.p:.3f} : la moyenne tient à l'ampleur des écarts, non à leur nombre)".replace(
            "0.", "0,"
        )
    )
    with speaking("en"):
        assert "the sign test does not confirm it, p = 0." in plain(values.conclusion(found))


def test_a_sign_test_that_goes_the_other_way_says_so() -> None:
    found = difference("composite", [3.0] * 6 + [0.4] * 94, [0.0] * 6 + [0.42] * 94)
    assert found.high < 0 and found.p < 0.001 and found.word == "undecided"
    said = plain(values.conclusion(found))
    assert "la plupart des questions qui changent vont dans l'autre sens, p <" in said


def test_too_few_prompts_are_told_as_such() -> None:
    found = difference("composite", [1.0] * 4, [1.5, 1.6, 1.7, 1.8])
    assert found.low > 0 and not values.is_unconfirmed(found)
    assert values.conclusion(found).startswith("rien à conclure de 4 questions")


def test_what_is_out_of_reach_says_how_many_it_would_take() -> None:
    found = unconfirmed().model_copy(update={"low": -0.2, "high": 0.1, "needed": 2001})
    assert plain(values.conclusion(found)) == "indécis (il faudrait plus de 2 000 questions)"
    near = found.model_copy(update={"needed": 155})
    assert plain(values.conclusion(near)) == "indécis (il faudrait environ 155 questions)"
    none = found.model_copy(update={"delta": 0.0, "needed": None})
    assert values.conclusion(none) == "indécis (aucun écart)"


def test_the_unit_stands_after_the_bracket() -> None:
    found = unconfirmed().model_copy(update={"metric": "code", "low": -0.332, "high": -0.132})
    assert values.span(found) == "[\u221233,2\u202f;\u202f\u221213,2]\u202fpts"
    scored = found.model_copy(update={"metric": "composite"})
    assert values.span(scored) == "[\u22120,33\u202f;\u202f\u22120,13]"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (0.0, "+0,10"),
        (0.01, "+0,10"),
        (0.24, "+0,10"),
        (0.25, "+0,10 (+40 %)"),
        (2, "+0,10 (+5 %)"),
    ],
)
def test_a_change_from_nearly_nothing_has_no_per_cent(before: float, said: str) -> None:
    found = unconfirmed().model_copy(update={"before": before, "delta": 0.1})
    assert plain(values.delta(found)) == said
