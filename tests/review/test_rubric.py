"""The rubric: its data, its weights, the mean that it gives."""

from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.review.argilla.settings import HELP_LIMIT, criterion_help
from curator.review.decisions.rubric import Criterion, load_rubric, rubric, rubric_file


def test_the_criteria_and_their_weights() -> None:
    weights = {name: c.weight for name, c in rubric().criteria.items()}
    assert weights == {
        "naturel": 0.0,
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


def test_the_mark_for_the_question_is_no_part_of_the_mean() -> None:
    """Reviews from before it was asked keep their mean, and so do those with it."""
    rated = {"exactitude": 5, "pedagogie": 3}
    assert rubric().score({**rated, "naturel": 1}) == rubric().score(rated)
    assert rubric().score({"naturel": 5}) is None


def test_each_rating_has_a_sentence_and_an_example() -> None:
    for name, criterion in rubric().criteria.items():
        assert set(criterion.levels) == set(criterion.examples) == {1, 2, 3, 4, 5}, name
        said = [*criterion.levels.values(), *criterion.examples.values()]
        assert len(set(said)) == 10 and min(map(len, said)) > 10, name
        assert len(criterion_help(criterion)) <= HELP_LIMIT
    assert "unsafe" in rubric().criteria["code"].examples[5]


def test_a_help_that_argilla_would_refuse_goes_without_examples() -> None:
    given = {"description": "D.", "levels": {1: "a"}, "examples": {1: "b" * 999}}
    long = Criterion.model_validate({"label": "L", "weight": 1, **given})
    assert criterion_help(long) == "D. 1 = a."


def test_a_rubric_without_examples_is_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    text = "criteria: {a: {label: A, weight: 1, description: D, levels: {1: b, 5: c}}}\n"
    path.write_text(f"{text}rejections: {{r: R}}\n")
    assert load_rubric(path).score({"a": 4}) == 4


def test_weights_that_do_not_sum_to_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(rubric_file().read_text("utf-8").replace("weight: 0.30", "weight: 0.40"))
    with pytest.raises(DataError, match=r"rubric\.yaml.*sum to 1\.1"):
        load_rubric(path)
