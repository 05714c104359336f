"""Small French texts around a block, each as a reader would take it: does the block fail?

expectations_fresh.jsonl was written by another AI than the author of the rules, in a session of its
own and before it saw them: 240 items, in the voices of books, handouts, forums, chats and teachers.
A hash of the text puts each into a part. Before any change of the rules, "first" gave 98.1 %
precision and 74.3 % recall, "second" 97.1 % and 68.0 %. The writer then mended the rules by the
errors on "first": that part was measured nine times in all, and is spent. "second" was measured
three times, by its totals alone: before, after the changes (97.6 %, 80.0 %), and as it stands,
after a change was narrowed because tests/rust/test_claims.py failed (97.4 %, 76.0 %).
Whoever mended the rules had written the sentences of "second". Then a third session mended them by
the errors on "second", too: both parts are development data now, and measure nothing new.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curator.rust.block_state import block_states
from curator.rust.document import Document, Options, Text
from curator.rust.expect import Expectation

HERE = Path(__file__).parent


def items(name: str) -> list[dict[str, Any]]:
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


ITEMS = items("expectations_fresh")


def fails(item: dict[str, Any]) -> bool:
    """Read whether the item's block is said not to compile."""
    markdown = f"{item['before']}\n\n```rust\n{item['code']}\n```\n\n{item['after']}"
    state, *_ = block_states(Document((Text("text", markdown),)), Options())
    return state.expected.expectation is Expectation.FAILS


@pytest.mark.parametrize(
    ("part", "precision", "recall"), [("first", 1.0, 1.0), ("second", 1.0, 1.0)]
)
def test_fresh_texts_are_read_as_well_as_before(part: str, precision: float, recall: float) -> None:
    chosen = [item for item in ITEMS if item["part"] == part]
    counts = Counter((item["expected"] == "fails", fails(item)) for item in chosen)
    right = counts[True, True]
    assert right / (right + counts[False, True]) >= precision
    assert right / (right + counts[True, False]) >= recall


def rates(chosen: list[dict[str, Any]]) -> tuple[float, float]:
    """Measure the precision and the recall with which failing blocks are told."""
    counts = Counter((item["expected"] == "fails", fails(item)) for item in chosen)
    right = counts[True, True]
    return right / (right + counts[False, True]), right / (right + counts[True, False])


def test_texts_of_a_stranger_are_read_precisely_and_often() -> None:
    """180 items by a third writer, who saw no rule and no set.

    Measured before any rule was changed by them: precision 100 %, recall 72 % (65 of 90). Then the
    rules were mended by their kinds, too: they measure nothing new any more.
    """
    third = items("expectations_third")
    precision, recall = rates(third)
    assert len(third) == 180
    assert precision == 1
    assert recall >= 0.92


def test_texts_of_another_stranger_are_read_precisely_and_often() -> None:
    """261 items of a fourth writer by which the rules were tuned; a third of the set was held out.

    Before, precision 88.2 % and recall 46.5 %. A hash of the text cut them in halves: with the
    rules tuned on the first, the second gave 96.4 % and 71.6 % (97.1 % and 44.6 % before).
    """
    tuning = [i for i in items("expectations_fourth") if i["part"] == "tuning"]
    precision, recall = rates(tuning)
    assert len(tuning) == 261
    assert precision >= 0.99
    assert recall >= 0.95


def test_held_out_texts_of_the_fourth_writer_are_read_as_measured() -> None:
    """131 items that nobody who changes the rules has seen: measured once, when all was done.

    Precision 92.6 %, recall 73.5 %. Strangers' wordings have a long tail: four sets, each tuned by
    to nearly all of it, gave 72 to 74 % of the next one. What is not read, or read wrongly, makes
    the verifier reject an example whose fence then has to say what is meant; it accepts nothing.
    """
    held = [i for i in items("expectations_fourth") if i["part"] == "held-out"]
    precision, recall = rates(held)
    assert len(held) == 131
    assert precision >= 0.92
    assert recall >= 0.73


def test_paraphrases_are_read_precisely_and_rarely_missed() -> None:
    """Sentences of the same kinds, written by the rules' author in six rounds while tuning.

    At first sight the rounds gave a precision of 98.7, 96.1, 93.8, 88.6, 97.0 and 94.2 %, and a
    recall of 63.8, 78.7, 77.2, 83.0, 77.1 and 79.0 %: the traps aim at what the rules may miss.
    """
    paraphrases = items("expectations_paraphrases")
    precision, recall = rates(paraphrases)
    assert len(paraphrases) >= 800
    assert precision >= 0.99
    assert recall >= 0.97


def test_the_parts_are_told_by_a_hash_of_the_text() -> None:
    for item in ITEMS:
        text = item["before"] + item["code"] + item["after"]
        odd = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2
        assert item["part"] == ("second" if odd else "first"), item["id"]


def test_what_stands_in_an_html_comment_is_read_by_nobody() -> None:
    hidden = {"before": "<!-- Ce code ne compile pas :\n\nrustc le refuse. -->", "after": ""}
    assert not fails({**hidden, "code": "let x = 1;"})
    shown = {"before": "<!-- à revoir -->\n\nCe code ne compile pas :", "after": ""}
    assert fails({**shown, "code": "let x = 1;"})


@pytest.mark.parametrize(
    "before",
    [
        "Note that such a register cannot be used for the operands that are given here:",
        "As this trait is not public, it cannot be implemented by the types of users:",
        "Any other kind of item at this place will result in a compilation error.",
    ],
)
def test_english_prose_is_not_read_by_the_french_words(before: str) -> None:
    assert not fails({"before": before, "code": "let x = 1;", "after": ""})
