"""Krippendorff's alpha, against values that were worked out elsewhere or by hand."""

import pytest

from curator.records.example import Review
from curator.review.decisions.agreement import agreement, alpha
from tests.review.conftest import RATED, review


def test_the_example_of_krippendorffs_paper() -> None:
    # "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, missing
    # values, nominal 0.743 and ordinal 0.815.
    observed = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    table = [row.split() for row in observed]
    units = [
        {str(n): int(row[column]) for n, row in enumerate(table) if row[column] != "."}
        for column in range(12)
    ]
    assert alpha(units, "nominal") == pytest.approx(0.743, abs=5e-4)
    assert alpha(units, "ordinal", (1, 2, 3, 4, 5)) == pytest.approx(0.815, abs=5e-4)


def test_what_has_no_value_has_none() -> None:
    assert alpha([], "nominal") is None
    assert alpha([{"a": "x"}, {"b": "y"}], "nominal") is None
    assert alpha([{"a": "x", "b": "x"}], "nominal") is None


def pair(example: str, one: str, other: str, **changes: object) -> list[Review]:
    return [review("anna", one, example), review("benoit", other, example, **changes)]


def test_questions_levels_and_units() -> None:
    first, second = "1" * 16, "2" * 16
    said = [
        *pair(first, "accepter", "accepter", ratings={**RATED, "exactitude": 3}),
        *pair(second, "rejeter", "rejeter", ratings={"exactitude": 4}),
        review("anna", "accepter", "3" * 16),
        review("chloe", "rejeter", first, adjudication=True),
    ]
    found = {a.question: a for a in agreement(said)}
    assert (found["decision"].alpha, found["decision"].units) == (1.0, 2)
    assert (found["exactitude"].level, found["exactitude"].units) == ("ordinal", 2)
    assert found["exactitude"].alpha is not None
    assert found["exactitude"].alpha < 0.5
    assert (found["code"].units, found["code"].alpha) == (1, None)
    assert found["topic"].units == 0


def test_only_the_latest_word_of_each_person_is_compared() -> None:
    said = pair("1" * 16, "accepter", "rejeter") + pair("2" * 16, "rejeter", "rejeter")
    again = review("benoit", "accepter", "1" * 16, time=said[1].time.replace(hour=20))
    found = {a.question: a.alpha for a in agreement([*said, again])}
    assert found["decision"] == 1.0
