"""What earlier versions wrote is read: their own files, in tests/base/old, and single sentences.

The files were written by the commit 288d238, the last one that kept sentences.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.base import legacy, store
from curator.base.english import english
from curator.base.notice import Notice
from curator.evaluation.promotion import Entry
from curator.french.notices import french
from curator.training.metrics import Event

OLD = Path(__file__).parent / "old"
DIFFERENCE = Notice(
    "difference",
    {
        "metric": "composite",
        "before": 2.088,
        "after": 2.397,
        "delta": 0.31,
        "low": 0.302,
        "high": 0.317,
        "prompts": 8,
    },
)


def test_an_old_ledger() -> None:
    entries = list(store.read(OLD / "ledger.jsonl", Entry))
    assert [d.word for e in entries if e.comparison for d in e.comparison.differences[:1]] == [
        *("better", "better", "undecided", "worse", "worse", "undecided", "better")
    ]
    assert [[n.code for n in e.decision.reasons] for e in entries] == [
        ["gain"],
        ["gain_below_margin"],
        ["no_certain_gain_yet"],
        ["no_certain_gain_yet", "guarded_loss"],
        ["unmeasured", "guarded_loss"],
        ["too_few_prompts"],
        ["gain", "gain_of_form"],
        ["same_arm"],
        ["asked_differently"],
        ["no_prompt_left"],
        ["same_answers"],
    ]
    assert entries[0].decision.reasons[0].values["difference"] == DIFFERENCE
    assert (
        french.say(entries[6].decision.reasons[1]) == "97\u202f% du gain du score sont de la forme"
    )


def test_an_old_ledger_is_told_in_the_words_that_it_was_written_in() -> None:
    entries = list(store.read(OLD / "ledger.jsonl", Entry))
    for line, entry in zip((OLD / "ledger.jsonl").open("rb"), entries, strict=True):
        written = "; ".join(json.loads(line)["decision"]["reasons"])
        told = english.say_all(entry.decision.reasons)
        assert told == written.removeprefix("no comparison: ").replace("None", "unknown")


def test_old_events() -> None:
    events = list(store.read(OLD / "events.jsonl", Event))
    assert [e.detail for e in events] == [
        Notice("killed", {"signal": "SIGKILL"}),
        Notice("in_parts", {"batch": 4, "parts": 2}),
        Notice("in_parts", {"batch": 4, "parts": 4}),
        Notice("rows_left_out", {"rows": 2, "limit": 450}),
        Notice("silent", {"seconds": 1}),
        Notice("exited", {"status": 1, "words": Notice("said_nothing")}),
        Notice("exited", {"status": 1, "words": "ValueError: bad thing"}),
        Notice("resized", {"iterations": 24, "before": 600}),
        Notice("resumed"),
    ]


def test_what_is_read_is_written_in_the_new_form_and_read_again(tmp_path: Path) -> None:
    for name, kind in (("ledger.jsonl", Entry), ("events.jsonl", Event)):
        records = list(store.read(OLD / name, kind))
        store.write_atomic(tmp_path / name, records)
        text = (tmp_path / name).read_text("utf-8")
        assert "amélioration" not in text and "killed by" not in text and '"code":"' in text
        assert list(store.read(tmp_path / name, kind)) == records


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("LoRA weights", "lora_weights"),
        ("merged model", "merged_model"),
        ("merged model (safetensors)", "merged_model"),
        ("trainable model (float32 safetensors)", "trainable_model"),
        ("GGUF, Q4_K_M", "quantised_model"),
        ("base model's GGUF, Q4_K_M", "quantised_base"),
    ],
)
def test_old_descriptions_of_artefacts(old: str, code: str) -> None:
    assert legacy.description(old).code == code


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (legacy.event, "the cat walked over the keyboard"),
        (legacy.event, "killed by SIGKILL, or so they say"),
        (legacy.event, ""),
        (legacy.description, "a GGUF, Q4_K_M"),
    ],
)
def test_an_unknown_sentence_is_shown_as_it_stands(read: Any, text: str) -> None:
    assert read(text) == Notice("free_text", {"text": text})
    assert english.say(read(text)) == french.say(read(text)) == text


def test_an_unknown_reason_is_shown_as_it_stands() -> None:
    assert legacy.reasons(["since"]) == (Notice("free_text", {"text": "since"}),)
    assert legacy.reasons("since") == "since", "no list of reasons: for the model to refuse"
