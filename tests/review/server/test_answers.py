"""Which answers say too little. Needs no environment of Argilla's."""

import json
from typing import Any

import pytest

from curator.french.review import DECISIONS
from curator.review.argilla import fields
from curator.review.argilla.server.launch import ENGINE
from tests.review.server.test_text import load

answers = load("answers")
RECORD = "00000000-0000-4000-8000-000000000000"


def given(**values: Any) -> dict[str, dict[str, Any]]:
    return {name: {"value": value} for name, value in values.items()}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (given(decision="accepter"), ""),
        (given(decision="rejeter"), "curator_no_reason"),
        (given(decision="rejeter", reason=" "), "curator_no_reason"),
        (given(decision="rejeter", reason="faux"), ""),
        (given(decision="corriger"), "curator_no_change"),
        (given(decision="corriger", corrected_question="Un  texte\r\n"), "curator_no_change"),
        (given(decision="corriger", corrected_question=""), "curator_no_change"),
        (given(decision="corriger", corrected_question="Un autre texte"), ""),
        (given(decision=["corriger"]), ""),
        ({"decision": "rejeter"}, ""),
        ({}, ""),
    ],
)
def test_what_an_answer_lacks(said: dict[str, Any], code: str) -> None:
    assert answers.lacking(said, {"corrected_question": "Un texte"}) == code


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/api/v1/records/{RECORD}/responses", b"{"),
        (f"/api/v1/records/{RECORD}/responses", b"[]"),
        (f"/api/v1/records/{RECORD}/responses", b'{"status": "submitted", "values": [1]}'),
        ("/api/v1/me/responses/bulk", b'{"items": [1, {"record_id": 2}]}'),
        ("/api/v1/datasets", json.dumps({"values": given(decision="rejeter")}).encode()),
    ],
)
def test_what_is_no_answer_is_left_to_argilla(path: str, body: bytes) -> None:
    assert answers.refusal(path, body) == ""


def test_the_names_are_those_of_the_form() -> None:
    assert (answers.DECISION, answers.REASON) == (fields.DECISION, fields.REASON)
    assert answers.TEXTS == (fields.CORRECTED_QUESTION, fields.CORRECTED_ANSWER)
    assert {answers.REJECT, answers.CORRECT} < DECISIONS.keys()


def test_the_page_knows_every_refusal_in_french() -> None:
    french = json.loads((ENGINE / "argilla_sqlite" / "page" / "fr.json").read_text("utf-8"))
    known = french["validations"]["businessLogic"]
    assert all(known[code]["message"] for code in (answers.NO_REASON, answers.NO_CHANGE))
