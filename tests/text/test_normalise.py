"""The rule by which texts are cleaned where they enter."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.records.example import Example
from curator.text.normalise import normalise_text, stray_characters
from tests.conftest import ROOT

ODD = "\x00\x07\x08\x0b\x0c\r\n\t\x1b\x7f\x85\xa0\xad\u061c\u200b\u200d\u200e\u2028\u2029\u202e"
ODD += "\u202f\u2060\u2066\u3164\ufeff\ufe0f\U000e0041ab[]0;m👩💻🏽"
texts = st.text(st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8")), max_size=60)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\r\nb\rc\n\rd", "a\nb\nc\n\nd"),
        ("10%\r50%\r100%", "10%\n50%\n100%"),
        ("a\tb\nc", "a\tb\nc"),
        ("// c\u2028let x\x0b= 1;\x0c\x85\u2029", "// c let x = 1;   "),
        ("\x1b[1;31merror\x1b[0m: x", "error: x"),
        ("\x1b]8;;https://example.org\x1b\\lien\x1b]8;;\x07", "lien"),
        ("a\x00b\x07c\x1bd\x7fe\x9bf", "abcdef"),
        ("in\u00advisi\u200bble\ufeff \u202efin\u202c\u2066.\u2069", "invisible fin."),
        ("\ufeff## TL;DR", "## TL;DR"),
        ("cache\U000e0069\U000e0067", "cache"),
        ("« mot »\u202f: 1\u00a0000", "« mot »\u202f: 1\u00a0000"),
        ("👩\u200d💻 👩🏽\u200d💻 ❤\ufe0f\u200d🔥", "👩\u200d💻 👩🏽\u200d💻 ❤\ufe0f\u200d🔥"),
        ("a\u200db \u200d👩 👩\u200d", "ab 👩 👩"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_the_rule(dirty: str, clean: str) -> None:
    assert normalise_text(dirty) == clean


@settings(deadline=None)
@given(texts)
def test_what_is_cleaned_once_is_clean(text: str) -> None:
    clean = normalise_text(text)
    assert normalise_text(clean) == clean
    assert stray_characters(clean) == ()
    assert (clean == text) == (not stray_characters(text))


@settings(deadline=None)
@given(texts)
def test_one_notion_of_a_line(text: str) -> None:
    clean = normalise_text(text)
    assert clean.split("\n") == (clean + "\n").splitlines()
    kept = "".join(c for c in clean if c not in "\n\t\u200d")
    assert not any(unicodedata.category(c) == "Cc" for c in kept)


@settings(deadline=None)
@given(texts)
def test_letters_signs_and_spaces_stay_in_their_order(text: str) -> None:
    def visible(some: str) -> str:
        return "".join(c for c in some if c.isalpha() and c not in "\u3164")

    plain = text.replace("\x1b", "")  # what follows one may be its own
    assert visible(normalise_text(plain)) == visible(plain)


def test_strays_are_named_once_each() -> None:
    assert stray_characters("a\u200bb\u200b\x00") == ("U+200B", "U+0000")


@pytest.mark.parametrize("folder", ["raw/authored", "curated"])
def test_no_text_of_ours_changes_and_so_no_id(folder: str) -> None:
    lines = [
        line
        for path in sorted((ROOT / folder).glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line
    ]
    assert lines
    for record in map(json.loads, lines):
        for text in (*(record.get(k, "") for k in ("question", "answer")), *_turns(record)):
            assert normalise_text(text) == text
        if "question" in record:
            assert Example.model_validate(record).id == record["id"]


def _turns(record: dict[str, list[dict[str, str]]]) -> list[str]:
    return [message["content"] for message in record.get("messages", [])]
