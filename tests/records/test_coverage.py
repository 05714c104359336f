import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.records.coverage import balance, coverage
from curator.records.targets import Targets
from curator.records.taxonomy import Cell, Difficulty
from curator.records.topic import Topic
from tests.conftest import make_example


def test_balance_of_known_counts() -> None:
    assert balance([5, 5, 5]) == pytest.approx(1)
    assert balance([7, 0, 0]) == 0
    assert balance([]) == balance([3]) == balance([0, 0]) == 0
    expected = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)) / math.log(2)
    assert balance([3, 1]) == pytest.approx(expected)


@given(st.lists(st.integers(0, 1000), min_size=2))
def test_balance_is_a_share(counts: list[int]) -> None:
    assert 0 <= balance(counts) <= 1 + 1e-9
    assert balance(counts) == pytest.approx(balance(sorted(counts)))


def test_counts_and_deficits() -> None:
    targets = Targets(per_cell=2, topics={"traits": 1})
    found = coverage(
        [make_example(), make_example(question="b"), make_example(question="c")], targets
    )
    cell = Cell(Topic.OWNERSHIP, Difficulty.DEBUTANT)
    assert (found.total, found.cells[cell], found.deficits[cell]) == (3, 3, 0)
    assert found.deficits[Cell(Topic.TRAITS, Difficulty.AVANCE)] == 1
    assert found.missing == 14 * 3 * 2 + 3 * 1 - 2
    assert found.axes["category"] == {"debug": 3, "concepts": 0, "exercises": 0}


def test_an_empty_set() -> None:
    found = coverage([], Targets())
    assert (found.total, found.missing, found.balance["cell"]) == (0, 39 * 5 + 6 * 9, 0)


def test_the_document_agrees_with_itself() -> None:
    document = coverage([make_example()], Targets()).document()
    assert len(document["cells"]) == 45
    assert sum(c["count"] for c in document["cells"]) == document["total"] == 1
    assert sum(c["missing"] for c in document["cells"]) == document["missing"]
