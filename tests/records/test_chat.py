import json
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import BrokenLine, DataError
from curator.records import chat as importing
from curator.records.chat import Labels
from curator.records.example import Origin
from tests.conftest import ANSWER, QUESTION

ALL = Labels("debug", "traits", "Avancé", author="Wen Li", licence="CC0-1.0")


def chat(question: str = QUESTION, **metadata: str) -> dict[str, Any]:
    turns = [("system", "Vous êtes…"), ("user", question), ("assistant", ANSWER)]
    record: dict[str, Any] = {"messages": [{"role": r, "content": c} for r, c in turns]}
    return {**record, "metadata": metadata} if metadata else record


def turns(question: str, answer: str) -> dict[str, Any]:
    roles = (("user", question), ("assistant", answer))
    return {"messages": [{"role": r, "content": c} for r, c in roles]}


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    return path


def test_labels_and_provenance(tmp_path: Path) -> None:
    own = {
        "category": "exercice",
        "topic": "Durée de vie",
        "difficulty": "débutant",
        "author": "Ana",
    }
    path = write(tmp_path / "a.jsonl", chat(**own), chat("Autre ?"))
    first, second = importing.read_chat(path, ALL, Origin.IMPORTED)
    assert (first.category, first.topic, first.difficulty) == ("exercises", "lifetimes", "debutant")
    assert (first.provenance.author, first.provenance.source) == ("Ana", "a.jsonl:1")
    assert (second.topic, second.provenance.author) == ("traits", "Wen Li")
    assert (first.question, first.answer) == (QUESTION, ANSWER)


def test_what_is_missing_is_said_with_the_way_to_give_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chat(topic="traits"), chat("Autre ?"))
    with pytest.raises(DataError) as caught:
        importing.read_chat(path, Labels(category="debug"), Origin.IMPORTED)
    said = str(caught.value)
    assert "topic is missing in 1 (first: line 2)" in said
    assert "author is missing in 2 (first: line 1)" in said
    assert "--topic … " in said
    assert '"difficulty": "…"' in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "Expecting"),
        ("[]", "messages"),
        ('{"messages": []}', "one user and one assistant"),
        ('{"messages": [{"role": "user"}]}', "no text"),
        ('{"messages": [{"role": "user", "content": "a"}]}', "found: user"),
        (json.dumps(turns("a", " ")), "empty"),
        (json.dumps(chat(topic="macros")), "unknown topic 'macros'"),
        (json.dumps({**chat(author="Ana"), "topic": "enums"}), 'in "metadata": topic'),
        (json.dumps({**chat(), "metadata": {"topic": 3}}), "metadata.topic is not a text"),
        (json.dumps({**chat(), "metadata": "x"}), "metadata is not an object"),
        (json.dumps(turns("\ud800", "a")), ""),
    ],
)  # fmt: skip
def test_a_record_that_is_none_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(chat()) + "\n" + line + "\n")
    with pytest.raises(BrokenLine, match=r"a\.jsonl:2: broken line") as caught:
        importing.read_chat(path, ALL, Origin.IMPORTED)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no record"):
        importing.read_chat(write(tmp_path / "a.jsonl"), ALL, Origin.IMPORTED)
