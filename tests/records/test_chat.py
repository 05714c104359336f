"""Records of other tools: every known form is read, the others are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import BrokenLine, DataError
from curator.dataset.labelling import Labelled, Labels, label_records, parse_mapping
from curator.records.chat import read_chats
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


def label(path: Path, labels: Labels = ALL, mapping: tuple[str, ...] = ()) -> Labelled:
    return label_records(read_chats(path), labels, Origin.IMPORTED, path, parse_mapping(mapping))


def test_labels_and_provenance(tmp_path: Path) -> None:
    own = {
        "category": "exercice",
        "topic": "Durée de vie",
        "difficulty": "débutant",
        "author": "Ana",
    }
    path = write(tmp_path / "a.jsonl", chat(**own), chat("Autre ?"))
    first, second = label(path).examples
    assert (first.category, first.topic, first.difficulty) == ("exercises", "lifetimes", "debutant")
    assert (first.provenance.author, first.provenance.source) == ("Ana", "a.jsonl:1")
    assert (second.topic, second.provenance.author) == ("traits", "Wen Li")
    assert (first.question, first.answer) == (QUESTION, ANSWER)


def test_what_is_missing_is_said_with_the_way_to_give_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chat(topic="traits"), chat("Autre ?"))
    with pytest.raises(DataError) as caught:
        label(path, Labels(category="debug"))
    said = str(caught.value)
    assert "topic is missing in 1 (first: a.jsonl:2)" in said
    assert "author is missing in 2 (first: a.jsonl:1)" in said
    assert "--topic … " in said
    assert '"difficulty": "…"' in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "Expecting"),
        ("[]", "not an object"),
        ('{"messages": []}', "no question that an answer follows: the messages are none"),
        ('{"messages": [{"role": "user", "content": 3}]}', "no text"),
        ('{"messages": [{"role": "user", "content": "a"}]}', "the messages are user"),
        ('{"messages": [{"role": "pope", "content": "a"}]}', "unknown role: 'pope'"),
        ('{"text": "a", "url": "b"}', "its keys are text, url"),
        (json.dumps(turns("a", " ")), "no question that an answer follows"),
        (json.dumps(turns(" ", "a")), "the question is empty"),
        (json.dumps({**chat(topic="traits"), "topic": "enums"}), "topic is given twice"),
        (json.dumps({**chat(), "metadata": {"topic": 3}}), "topic is not a text"),
        ('{"messages": ' + "[" * 100_000, "nested"),
        (json.dumps({**chat(), "metadata": "x"}), "metadata is not an object"),
        (json.dumps(turns("\ud800", "a")), ""),
    ],
)  # fmt: skip
def test_a_record_that_is_none_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(chat()) + "\n" + line + "\n")
    with pytest.raises(BrokenLine, match=r"a\.jsonl:2: broken line") as caught:
        label(path)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no record"):
        label(write(tmp_path / "a.jsonl"))


def sharegpt(**more: Any) -> dict[str, Any]:
    turns = [("system", "Vous êtes…"), ("human", QUESTION), ("gpt", ANSWER)]
    return {"conversations": [{"from": r, "value": v} for r, v in turns], **more}


FORMS: dict[str, dict[str, Any]] = {
    "chat": chat(),
    "sharegpt": sharegpt(),
    "alpaca": {"instruction": QUESTION, "input": "", "output": ANSWER},
    "completion": {"prompt": QUESTION, "completion": ANSWER},
    "parts": {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
            {"role": "assistant", "content": [{"type": "text", "text": ANSWER}]},
        ]
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_every_known_form_gives_the_same_example(tmp_path: Path, form: str) -> None:
    record = {**FORMS[form], "topic": "enums"}
    [example] = label(write(tmp_path / "a.jsonl", record)).examples
    assert (example.question, example.answer, example.topic) == (QUESTION, ANSWER, "enums")


def test_an_array_and_printed_json_are_read(tmp_path: Path) -> None:
    records = [chat(), sharegpt(topic="enums")]
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(records, indent=1), "utf-8")
    printed = tmp_path / "printed.jsonl"
    printed.write_text("\n".join(json.dumps(r, indent=2) for r in records), "utf-8")
    for path in (whole, printed):
        examples = label(path).examples
        sources = [e.provenance.source for e in examples]
        assert sources == [f"{path.name}#1", f"{path.name}#2"]
        assert [e.topic for e in examples] == ["traits", "enums"]


def test_a_broken_record_of_an_array_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([chat(), {"a": 1}, 7], indent=1), "utf-8")
    with pytest.raises(BrokenLine, match="2 broken lines") as caught:
        label(path)
    assert "record 2: no" in str(caught.value) and "record 3: not an object" in str(caught.value)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(chat()).encode())
    assert len(label(path).examples) == 1


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    record = chat()
    record["messages"] += [{"role": "user", "content": "Et ?"}, {"role": "tool", "content": "3"}]
    record["messages"][2]["tool_calls"] = [{"id": "x"}]
    done = label(write(tmp_path / "a.jsonl", {**record, "score": 3, "metadata": {"n": 1}}))
    assert done.left_out == {
        "system messages": 1,
        "other messages": 1,
        "messages of tools": 1,
        "tool calls": 1,
        "key score": 1,
        "key metadata.n": 1,
    }


def test_unknown_labels_are_left_out_and_named_unless_they_are_mapped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chat(topic="Parallélisme"), chat("Autre ?", topic="enums"))
    done = label(path)
    assert [e.topic for e in done.examples] == ["enums"]
    assert done.unknown == [("a.jsonl:1", "topic", "Parallélisme")]
    for option in ("parallelisme=async", "topic:Parallélisme = Asynchrone"):
        mapped = label(path, mapping=(option,))
        assert [e.topic for e in mapped.examples] == ["async", "enums"] and not mapped.unknown


@pytest.mark.parametrize("option", ["async", "=async", "a=", "level:a=b"])
def test_a_mapping_that_is_none_is_refused(option: str) -> None:
    with pytest.raises(DataError, match="OLD=NEW"):
        parse_mapping([option])


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"PAR1\x15\x04", "Parquet"),
        (json.dumps(chat()).encode("utf-16"), "UTF-16"),
        (json.dumps(chat()).encode("utf-16-le"), "UTF-16"),
        (b"# RustSensei\n\nUn assistant.\n" * 50, "no JSON in this file; it begins '# RustSensei'"),
        (b"\n \n", "there is no record in this file"),
        (b"[{]", "broken JSON"),
    ],
)
def test_another_format_is_named_in_one_line(tmp_path: Path, data: bytes, named: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        label(path)
    assert named in str(caught.value) and "\n" not in str(caught.value)


def test_the_last_line_of_a_file_that_people_give_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(chat()) + '\n{"messages": [{"role": "us', "utf-8")
    with pytest.raises(BrokenLine, match=r"a\.jsonl:2"):
        label(path)
