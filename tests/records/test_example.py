import json

import pytest
from pydantic import ValidationError

from curator.base.store import encode
from curator.cli.schemas import schema_texts
from curator.records.example import Example, Origin, Provenance, Review, Verdict, example_id
from tests.conftest import ROOT, make_example


def test_the_id_follows_from_the_text() -> None:
    assert make_example().id == make_example(topic="traits").id
    assert make_example().id != make_example(question="Autre question ?").id


def test_the_id_ignores_what_nobody_sees() -> None:
    assert example_id("a  \r\nb\n", "e\u0301\n\n") == example_id("a\nb", "\u00e9")


def test_question_and_answer_do_not_run_together() -> None:
    assert example_id("ab", "c") != example_id("a", "bc")


def test_a_wrong_id_is_refused() -> None:
    data = json.loads(encode(make_example()))
    data["answer"] += " changé"
    with pytest.raises(ValidationError, match="is not that of this text"):
        Example.model_validate(data)


def test_a_record_survives_the_round_trip() -> None:
    verdict = Verdict(filter="length", passed=True, score=120)
    original = make_example().judged([verdict])
    assert Example.model_validate_json(encode(original)) == original


def test_records_are_frozen_and_closed(example: Example) -> None:
    with pytest.raises(ValidationError):
        example.question = "autre"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        make_example(colour="red")


@pytest.mark.parametrize(
    ("origin", "lacking"),
    [("generated", "model"), ("imported", "author"), ("corrected", "parents"), ("mutated", "seed")],
)
def test_provenance_must_say_who_and_how(origin: str, lacking: str) -> None:
    with pytest.raises(ValidationError, match=f"lacks .*{lacking}"):
        Provenance(origin=Origin(origin), created="2026-01-01T00:00:00Z", toolkit="0")


def test_a_verdict_has_a_reason_exactly_when_it_fails() -> None:
    with pytest.raises(ValidationError):
        Verdict(filter="x", passed=False)
    with pytest.raises(ValidationError):
        Verdict(filter="x", passed=True, reason="no")


def test_ratings_are_from_one_to_five() -> None:
    fields = {"annotator": "a", "decision": "accepter", "time": "2026-01-01T00:00:00Z"}
    fields |= {"example": "0" * 16, "dataset": "revue"}
    assert Review(**fields, ratings={"exactitude": 5}).ratings == {"exactitude": 5}
    with pytest.raises(ValidationError):
        Review(**fields, ratings={"exactitude": 6})


def test_a_review_has_the_id_of_what_it_says() -> None:
    fields = {"annotator": "a", "decision": "accepter", "time": "2026-01-01T00:00:00Z"}
    made = Review(**fields, example="0" * 16, dataset="revue")
    assert Review.model_validate_json(encode(made)) == made
    assert Review(**fields, example="0" * 16, dataset="revue", withdrawn=True).id != made.id
    with pytest.raises(ValidationError, match="not that of this review"):
        Review.model_validate({**made.model_dump(), "annotator": "b"})


@pytest.mark.parametrize("name", schema_texts())
def test_the_schemas_are_current(name: str) -> None:
    written = (ROOT / "schemas" / name).read_text("utf-8")
    assert written == schema_texts()[name], "run: python -m curator.cli.schemas"


def test_a_text_that_enters_is_cleaned() -> None:
    example = make_example(
        question="Pour\u200bquoi ?\r\nEt\rpuis ?", answer="\ufeff## TL;DR\x1b[0m"
    )
    assert (example.question, example.answer) == ("Pourquoi ?\nEt\npuis ?", "## TL;DR")
    assert example.id == example_id(example.question, example.answer)


def test_a_text_that_was_stored_keeps_its_characters_and_its_id() -> None:
    question = "Pour\u200bquoi ?\r"
    stored = make_example(
        question=question, id=example_id(question, "Parce que."), answer="Parce que."
    )
    assert stored.question == question
    assert Example.model_validate_json(encode(stored)) == stored
