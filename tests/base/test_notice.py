"""Notices, and how a language makes sentences of them."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from curator.base.notice import Language, Notice

SENTENCES = {
    "gone": "the file is gone: {path}",
    "rows": "{rows:row is|rows are} longer; {rows:?it goes|they go}",
    "moved": "{metric:metric} {before:.2f} -> {after:.2f} ({delta:+.1f}), {share:.0%}",
    "several": "changed: {parts}",
    "part": "{name}",
    "within": "{part} at {place}",
}
TOLD = Language(SENTENCES, {"metric": {"composite": "score"}})


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        ("rows", {"rows": 1}, "1 row is longer; it goes"),
        ("rows", {"rows": 2}, "2 rows are longer; they go"),
        (
            "moved",
            {"metric": "composite", "before": 1, "after": 2.346, "delta": 1.346, "share": 0.5},
            "score 1.00 -> 2.35 (+1.3), 50%",
        ),
        ("gone", {"path": None}, "the file is gone: unknown"),
        ("gone", {"path": 0.1}, "the file is gone: 0.1"),
        ("gone", {"path": "a {b} {0} %s"}, "the file is gone: a {b} {0} %s"),
        (
            "several",
            {"parts": (Notice("part", {"name": "a"}), Notice("part", {"name": "b"}))},
            "changed: a, b",
        ),
        ("within", {"part": Notice("part", {"name": "x"}), "place": 3}, "x at 3"),
        ("unheard_of", {"a": 1, "b": "c"}, "unheard_of a=1 b='c'"),
        ("gone", {"file": "x"}, "gone file='x'"),
        ("rows", {"rows": "many"}, "rows rows='many'"),
    ],
)
def test_a_sentence_is_filled_with_the_values(
    code: str, values: dict[str, Any], expected: str
) -> None:
    assert TOLD.say(Notice(code, values)) == expected


def test_the_values_of_a_sentence_reach_nothing_but_themselves() -> None:
    """A template is ours; a value's own braces, attributes and items are never looked at."""
    assert TOLD.say(Notice("gone", {"path": "{path.__class__}"})).endswith("{path.__class__}")


def test_json_and_back() -> None:
    inner = Notice("part", {"name": "x"})
    notice = Notice("several", {"parts": (inner, inner), "n": 1, "x": 1.5, "t": True, "no": None})
    form = TypeAdapter(Notice)
    document = form.dump_python(notice, mode="json")
    assert document["code"] == "several" and document["values"]["parts"][0]["code"] == "part"
    assert form.validate_json(form.dump_json(notice)) == notice
