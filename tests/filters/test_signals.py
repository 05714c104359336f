import ast
from collections.abc import Sequence

import pytest

from curator.filters.signals import (
    agreement,
    code_share,
    likelihood_gain,
    overlap,
    repetition,
    signals,
)
from curator.models.base import Message
from curator.models.scripted import ScriptedModel
from curator.records.example import Example, Stage, Verdict
from tests.conftest import ROOT, make_example

FACTS = "Pourquoi ?\n\n```rust\nlet x = 1;\n```\n\n```text\nerror[E0384]: twice\n```"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("un deux trois quatre cinq", 0.0),
        ("a b c d a b c d", 1 - 4 / 5),  # abcd bcda cdab dabc abcd
        ("mot " * 13, 0.9),
        ("trop court", 0.0),
        ("", 0.0),
        ("```rust\nmot mot mot mot mot mot\n```", 0.0),
    ],
)
def test_repetition(text: str, share: float) -> None:
    assert repetition(text) == pytest.approx(share)


def test_overlap_counts_long_words_once_and_without_accents() -> None:
    asked = "La propriété, la propriété et un emprunt ?"
    assert overlap(asked, "La PROPRIETE passe.") == 0.5
    assert overlap("Et ça ?", "Et ça.") == 0.0


def test_code_share_is_of_characters_without_spaces() -> None:
    assert code_share("ab cd\n```rust\nx = 1;\n```\n```text\nrien\n```") == 0.5
    assert code_share("Sans code") == 0.0
    assert code_share("") == 0.0


def test_signals_live_on_the_example_and_survive_json() -> None:
    french = Verdict(filter="french", passed=True, score=0.9999)
    example = make_example().judged([french])
    measured = example.measured(signals(example))
    assert set(measured.signals) == {
        "repetition",
        "overlap",
        "code_share",
        "off_glossary",
        "french",
    }
    assert measured.signals["french"] == 0.9999
    assert measured.id == example.id
    assert example.signals == {}
    assert Example.model_validate_json(measured.model_dump_json()) == measured


def test_what_was_not_measured_is_absent() -> None:
    assert "french" not in signals(make_example())
    assert "log_likelihood" not in signals(make_example())


def test_words_beside_the_glossary_are_counted_and_reject_nothing() -> None:
    example = make_example(answer="Une slice et une closure, une slice encore, et un `struct`.")
    assert signals(example)["off_glossary"] == 2
    assert signals(make_example(answer="Une tranche."))["off_glossary"] == 0


def staged(*stages: Stage) -> Example:
    example = make_example()
    return example.model_copy(
        update={"provenance": example.provenance.model_copy(update={"stages": stages})}
    )


def test_agreement_is_the_least_of_the_parts_that_stand_in_the_example() -> None:
    program = Stage(name="program", kept=True, tries=2)
    question = Stage(name="question", kept=True, agreement=0.8)
    points = Stage(name="points", kept=True, agreement=0.5)
    failed = Stage(name="tldr", kept=False, reason="not_french", agreement=0.1)
    assert agreement(staged(program, question, points, failed)) == 0.5
    assert signals(staged(program, question))["agreement"] == 0.8
    for none in (staged(program, failed), staged(), make_example()):
        assert "agreement" not in signals(none)


def scored(messages: Sequence[Message], text: str) -> float:
    """How probable a text is to one who reads code, and to one who reads none."""
    assert "```" not in text and "## " not in text
    return -1.25 if "let x" in messages[-1].content else -2.0


def test_the_gain_is_that_of_the_prose_by_the_code_and_the_message() -> None:
    asked: list[str] = []

    def score(messages: Sequence[Message], text: str) -> float:
        asked.append(messages[-1].content)
        return scored(messages, text)

    answer = "## TL;DR\nAjoutez `mut`.\n\n```rust\nlet mut x = 1;\n```\n\n## Explication\nFin."
    model = ScriptedModel(str, score)
    assert likelihood_gain(make_example(FACTS, answer), model) == 0.75
    assert asked == [FACTS, "Pourquoi ?"]


def test_the_gain_is_among_the_signals_of_a_model() -> None:
    model = ScriptedModel(str, lambda messages, text: -float(len(messages[-1].content)))
    found = signals(make_example(FACTS), model)
    assert found["likelihood_gain"] == len("Pourquoi ?") - len(FACTS)
    assert found["log_likelihood"] == -len(FACTS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Pourquoi ?", "Parce que."),
        ("```rust\nlet x = 1;\n```", "Parce que."),
        (FACTS, "```rust\nlet x = 1;\n```"),
    ],
)
def test_without_facts_or_words_there_is_no_gain(question: str, answer: str) -> None:
    model = ScriptedModel(str)
    assert likelihood_gain(make_example(question, answer), model) is None
    assert "likelihood_gain" not in signals(make_example(question, answer), model)


# Who may read signals: what makes and keeps them, what shows them to people, what decides which
# candidates people see first (a push that may send few), and what a control wears.
READERS = (
    *("curator/review/push.py", "curator/review/controls/mix.py"),
    *("curator/records/example.py", "curator/augment/adviser.py", "curator/review/cards/doubt.py"),
    *("curator/review/decisions/calibration.py", "curator/cli/views/review.py"),
    "curator/report/",
)


def readers(path: str, text: str) -> list[str]:
    named = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Attribute))
    return [path for n in named if n.attr == "signals" and not path.startswith(READERS)]


@pytest.mark.slow
def test_nothing_that_decides_reads_a_signal() -> None:
    files = sorted((ROOT / "curator").rglob("*.py"))
    texts = {f.relative_to(ROOT).as_posix(): f.read_text("utf-8") for f in files}
    assert not [found for path, text in texts.items() for found in readers(path, text)]
    planted = "def judge(e):\n    return e.signals['opinion'] > 0.5\n"
    assert readers("curator/dataset/gate.py", planted)
