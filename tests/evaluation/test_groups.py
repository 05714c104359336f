"""Words looked for in an answer: on boundaries, folded, in their place."""

import pytest
from pydantic import ValidationError

from curator.evaluation.solving.groups import Group, Said, uncommented


def found(words: str, answer: str, place: str = "anywhere") -> bool:
    return Group.model_validate({"any": [words], "in": place}).found(Said(answer))


def code(text: str) -> str:
    return f"```rust\n{text}\n```"


@pytest.mark.parametrize(
    ("words", "answer", "expected"),
    [
        ("cell", "celle", False),
        ("cell", "une Cell, ici", True),
        ("emprunt*", "il l’empruntera", True),
        ("emprunt", "deux emprunts", True),  # a plural
        ("emprunt", "emprunter", False),
        ("mut", "muts", False),  # too short for one
        ("durée* de vie", "les durées  de\nvie", True),
        ("durée de vie", "une lifetime", True),  # the glossary's names stand for each other
        ("slice", "la tranche", True),
        ("l'emprunt", "L’EMPRUNT", True),
        ("&[T]", "`& [T]`", True),
        ("&mut self", "`&mut  self`", True),
        ("Option<&T>", "`Option<T>`", False),
        (".clone()", "x\n    .clone()", True),
        ("iter().map(", "iter()\n    .map(|x| x)", True),
        ("E0502", "E05021", False),
        ("a..=b", "a ..= b", True),
    ],
)
def test_alternatives(words: str, answer: str, expected: bool) -> None:
    assert found(words, answer) == expected


def test_a_place_is_prose_or_code() -> None:
    answer = f"Un `clone` en prose.\n\n{code('let tri = 1;')}"
    assert found("clone", answer, "prose") and not found("clone", answer, "code")
    assert found("tri", answer, "code") and not found("tri", answer, "prose")
    assert found("tri", answer) and found("clone", answer)
    assert not found("tranche", code("let slice = 1;"), "code")  # code has no synonyms


def test_comments_and_what_literals_say_are_no_code() -> None:
    text = 'let a = "clone {nom:?}, mot"; // clone\nsplit(", "); /* clone */'
    assert uncommented(text).split() == ["let", "a", "=", '"{nom:?}";', 'split(",', '");']
    assert not found("clone", code(text), "code")
    assert found("{nom:?}", code(text), "code") and found('split(", ")', code(text), "code")


def test_a_group_is_strict() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        Group.model_validate({"any": []})
    with pytest.raises(ValidationError, match="'prose', 'code' or 'anywhere'"):
        Group.model_validate({"any": ["a"], "in": "titre"})
    with pytest.raises(ValidationError, match="Extra inputs"):
        Group.model_validate({"any": ["a"], "where": "prose"})
    kept = Group.model_validate_json('{"any": ["a"], "in": "prose"}')
    assert kept == Group.model_validate_json(kept.model_dump_json())
