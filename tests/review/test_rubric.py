"""The rubric: its data, its weights, the mean that it gives."""

from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.review.decisions.rubric import load_rubric, rubric, rubric_file


def test_the_five_criteria_and_their_weights() -> None:
    weights = {name: c.weight for name, c in rubric().criteria.items()}
    assert weights == {
        "exactitude": 0.30,
        "completude": 0.20,
        "pedagogie": 0.25,
        "code": 0.15,
        "format": 0.10,
    }
    assert [n for n, c in rubric().criteria.items() if c.optional] == ["code"]


def test_the_mean_weighs_what_was_rated() -> None:
    rated = {"exactitude": 5, "completude": 3, "pedagogie": 4, "code": 1, "format": 2}
    assert rubric().score(rated) == pytest.approx(1.5 + 0.6 + 1.0 + 0.15 + 0.2)
    assert rubric().score({"exactitude": 5, "pedagogie": 3}) == pytest.approx(2.25 / 0.55, abs=1e-4)
    assert rubric().score({}) is None


def test_weights_that_do_not_sum_to_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(rubric_file().read_text("utf-8").replace("weight: 0.30", "weight: 0.40"))
    with pytest.raises(DataError, match=r"rubric\.yaml.*sum to 1\.1"):
        load_rubric(path)
