import pytest

from curator.filters.signals import code_share, overlap, repetition, signals
from curator.records.example import Example, Verdict
from tests.conftest import make_example


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
