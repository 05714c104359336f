"""Marks of chat formats, and text that stands in none of an answer's sections."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.text.markup import model_markup, stray_text
from tests.conftest import ANSWER, ROOT

MARKS = (
    *(
        "<|im_end|>",
        "<|eot_id|>",
        "<|endoftext|>",
        "<|start_header_id|>",
        "<\uff5cend▁of▁sentence\uff5c>",
    ),
    *("</s>", "<s>", "[INST]", "[/INST]", "<<SYS>>", "<end_of_turn>", "<start_of_turn>", "<eos>"),
    *("<think>", "</think>", "<tool_call>", "</answer>"),
)


@pytest.mark.parametrize("mark", MARKS)
def test_marks_are_found_in_prose(mark: str) -> None:
    assert model_markup(f"Une phrase {mark} en français.") == mark
    assert model_markup(f"{ANSWER}\n{mark}") == mark


@pytest.mark.parametrize("mark", ["<|im_end|>", "[/INST]"])
def test_marks_that_no_code_has_are_found_in_code(mark: str) -> None:
    assert model_markup(f"```rust\nfn main() {{}} // {mark}\n```") == mark


@pytest.mark.parametrize(
    "text",
    [
        "Le type `Vec<s>` et `table[INST]`.\n\n```rust\nlet v: Vec<s> = table[INST];\n```",
        "```html\n<s>barré</s> <think>\n```",
        "Une fermeture `|x| x + 1`, puis `<T>` et un Option<T>, un Result<Output>.",
        "La structure User : elle a deux champs. System : le système.",
        "| User | System |\n|---|---|\n| Input | Response |",
        "- `user: String` est un champ\n- le trait `Assistant`",
        "L'assistant : il aide. Les humains : ils décident.",
        ANSWER,
    ],
)
def test_what_is_no_mark(text: str) -> None:
    assert model_markup(text) == ""


@pytest.mark.parametrize(
    ("turn", "found"),
    [
        ("### Human: et en async ?", "Human:"),
        ("Human: et en async ?", "Human:"),
        ("**User:** et en async ?", "User:"),
        ("Assistant : bien sûr.", "Assistant :"),
        ("### Assistant", "Assistant"),
        ("### Response:", "Response:"),
        ("À suivre.\nUser: et alors ?", "User:"),
    ],
)
def test_turns_are_found(turn: str, found: str) -> None:
    assert model_markup(f"{ANSWER}\n\n{turn}\n") == found


@pytest.mark.parametrize(
    ("answer", "stray"),
    [
        (f"Bonjour !\n\n{ANSWER}", "Bonjour !"),
        (f"[//]: # (une remarque que personne ne voit)\n\n{ANSWER}", "[//]: # (une remarque"),
        (f"# Réponse\n\n{ANSWER}", "# Réponse"),
        (ANSWER.replace("## Solution", "# Autre chose\n\nIci.\n\n## Solution"), "# Autre chose"),
        (f"{ANSWER}\n\nN'hésitez pas à poser d'autres questions !", "N'hésitez pas"),
        (f"{ANSWER}\n---\n\nFin.", "---"),
        (f"```text\ncode avant\n```\n\n{ANSWER}", "```text"),
    ],
)
def test_text_in_no_section_is_found(answer: str, stray: str) -> None:
    assert stray_text(answer).startswith(stray)


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        f"\n\n{ANSWER}\n\n",
        ANSWER.replace("## Explication", "### Un détail\n\nIci.\n\n> cité\n\n## Explication"),
        f"{ANSWER}\n### Pour aller plus loin\n\nLisez le Livre.\n",
        ANSWER.replace("- Un paramètre", "En bref :\n\n- Un paramètre"),
        ANSWER.replace("- Un paramètre", "Un paramètre"),
        "Un texte sans section.",
        "",
    ],
)
def test_what_is_no_stray_text(answer: str) -> None:
    assert stray_text(answer) == ""


def test_our_own_examples_have_neither() -> None:
    for path in sorted((ROOT / "raw" / "authored").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            assert model_markup(record["question"]) == model_markup(record["answer"]) == ""
            assert stray_text(record["answer"]) == ""


@settings(deadline=None)
@given(st.text(st.sampled_from("#-\n\r`>* |<s/INST[]:Ha1.é\t"), max_size=40))
def test_nothing_raises(text: str) -> None:
    assert isinstance(model_markup(text), str)
    assert isinstance(stray_text(text), str)
