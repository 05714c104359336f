"""Which answers say too little: one rule, of the pull and of the server in its own environment."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from curator.french.review import DECISIONS, RETURNS
from curator.review.argilla.server.launch import ENGINE
from curator.review.lacking import CORRECT, NO_REASON, REJECT, UNCHANGED, lacking
from tests.review.server.test_text import load

answers = load("answers")
RECORD = "00000000-0000-4000-8000-000000000000"


def given(**values: Any) -> dict[str, dict[str, Any]]:
    return {name: {"value": value} for name, value in values.items()}


ORIGINAL = {
    "corrected_question": "Un texte",
    "corrected_answer": "L'emprunt :\n\n```rust\nfn f() {\nlet a = 1;\n}\n```",
    "topic": "ownership",
    "difficulty": "debutant",
}
ANSWER = ORIGINAL["corrected_answer"]
SAID = [
    ({"decision": "accepter"}, None),
    ({"decision": "rejeter"}, "no_reason"),
    ({"decision": "rejeter", "reason": " "}, "no_reason"),
    ({"decision": "rejeter", "reason": "faux"}, None),
    ({"decision": "corriger"}, "unchanged"),
    ({"decision": "corriger", "corrected_question": "Un texte \r\n"}, "unchanged"),
    ({"decision": "corriger", "corrected_question": ""}, "unchanged"),
    ({"decision": "corriger", "corrected_answer": ANSWER}, "unchanged"),
    ({"decision": "corriger", "corrected_answer": ANSWER.replace("'", "’")}, "unchanged"),
    ({"decision": "corriger", "corrected_answer": ANSWER.replace("let", "    let")}, None),
    ({"decision": "corriger", "corrected_question": "Un autre texte"}, None),
    ({"decision": "corriger", **ORIGINAL}, "unchanged"),
    ({"decision": "corriger", "topic": "borrowing"}, None),
    ({"decision": "corriger", "difficulty": "avance"}, None),
    ({"decision": ["corriger"]}, None),
    ({}, None),
]


@pytest.mark.parametrize(("said", "lack"), SAID)
def test_what_an_answer_lacks(said: dict[str, Any], lack: str | None) -> None:
    assert lacking(said, ORIGINAL) == lack


ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from argilla_sqlite import answers
original, said = json.load(sys.stdin)
print("=", json.dumps([answers.lacking(one, original) for one in said]))
"""


@pytest.mark.slow
def test_the_servers_environment_says_the_same(server_python: Path, tmp_path: Path) -> None:
    given = json.dumps([ORIGINAL, [said for said, _ in SAID]])
    seen = {**os.environ, "ARGILLA_HOME_PATH": str(tmp_path), "ARGILLA_SEARCH_ENGINE": "sqlite"}
    command = [str(server_python), "-I", "-c", ASK, str(ENGINE)]
    done = subprocess.run(
        command, input=given, text=True, capture_output=True, check=True, env=seen, cwd=tmp_path
    )
    told = json.loads(done.stdout.split("=", 1)[1])
    assert told == [lack for _, lack in SAID]


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


def test_decisions_and_faults_have_their_names() -> None:
    assert {REJECT, CORRECT} < DECISIONS.keys()
    assert answers.CODES.keys() == {NO_REASON, UNCHANGED} <= RETURNS.keys()


def test_the_page_knows_every_refusal_in_french() -> None:
    french = json.loads((ENGINE / "argilla_sqlite" / "page" / "fr.json").read_text("utf-8"))
    known = french["validations"]["businessLogic"]
    assert all(known[code]["message"] for code in answers.CODES.values())
