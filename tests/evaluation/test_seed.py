"""The seed document's metrics, each by a value worked out by hand."""

import pytest

from curator.evaluation import seed

HUNDRED = "mot " * 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voici la valeur de la liste et un nom.", 1),  # la, de, un
        ("Voici la valeur de liste.", 0),  # la, de
        ("Voici la, de\nun", 0),  # none has a space on both sides
        ("la la la la", 0),  # one word, however often
        (" LE La DE ", 1),
        ("It est what it est, du reste un peu", 1),  # to the letter, though it is no French
        ("", 0),
    ],
)
def test_language(text: str, expected: float) -> None:
    assert seed.language(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\nx\n```", 1),
        ("```text\nx\n```", 1),
        ("- a\n    ```rust\n    x\n    ```", 1),
        ("```rust\nnever closed", 1),
        ("use `x` or ```x``` here", 0),
        ("    indented", 0),
    ],
)
def test_code(text: str, expected: float) -> None:
    assert seed.code(text) == expected


@pytest.mark.parametrize(("count", "expected"), [(99, 0), (100, 1), (800, 1), (801, 0), (0, 0)])
def test_length(count: int, expected: float) -> None:
    text = "a\n\tb  " * (count // 2) + "c" * (count % 2)
    assert seed.words(text) == count
    assert seed.length(text) == expected


def test_topics_are_lower_case_substrings() -> None:
    assert seed.topics("Le Borrow-checker de Rust", ["borrow", "RUST", "check", "vie"]) == 0.75
    assert seed.topics("rien", ["borrow"]) == 0
    assert seed.topics("rien", []) is None


def test_sections_are_headings_of_any_level_whatever_their_accents() -> None:
    assert seed.sections("# TL;DR\n## Probleme :\n###### À retenir ##\nSolution\n") == 0.6
    assert seed.sections("## Explication des prêts") == 0


def test_blocks_are_labelled_rust_or_not_at_all() -> None:
    text = (
        "```rust\na\n```\n```\nb\n```\n```toml\nc\n```\n```Rust,no_run\nd\n```\n"
        "```rs\ne\n```\n````\n```\nf\n````\n  ``` rust\ng"
    )
    found = [(2, "a"), (5, "b"), (11, "d"), (17, "```\nf"), (21, "g")]
    assert seed.rust_blocks(text) == found


def test_a_fence_in_another_language_does_not_turn_the_next_inside_out() -> None:
    assert seed.rust_blocks("```toml\nx\n```\nprose\n```sh\ny\n```\n") == []


def test_wrapping() -> None:
    assert seed.wrapped("let x = 1;") == "fn main() {\nlet x = 1;\n}\n"
    with_map = "use std::collections::HashMap;\nfn main() {\nHashMap::<u8, u8>::new();\n}\n"
    assert seed.wrapped("HashMap::<u8, u8>::new();") == with_map
    assert seed.wrapped("fn main() { HashMap }") is None


def test_all_of_them_by_hand() -> None:
    text = f"Voici la valeur de la liste et un nom.\n\n## Solution\n```rust\nx\n```\n{HUNDRED}"
    found = seed.measure(text, ["valeur", "prix"], [True, False])
    # 9 words, "##" and "Solution", two fences and x, 100 words
    assert found == {
        "language": 1,
        "code": 1,
        "length": 1,
        "words": 114,
        "topics": 0.5,
        "compilation": 0.5,
        "sections": 0.2,
        "composite": pytest.approx(5 * (0.20 + 0.15 + 0.35 / 2 + 0.15 + 0.15 / 2)),  # 3.75
        "format": 1,
    }


def test_what_cannot_be_measured_counts_nothing() -> None:
    found = seed.measure("", [], [])
    assert (found["topics"], found["compilation"], found["composite"]) == (None, None, 0)
    assert sum(seed.WEIGHTS.values()) == pytest.approx(1)
