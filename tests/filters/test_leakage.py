import json
from pathlib import Path

import pytest

from curator.base.errors import BrokenLine, DataError, RecipeError
from curator.filters.leakage import DEFAULT, LeakageFilter, LeakageSettings
from curator.filters.registry import make_filters
from curator.records.example import Example
from curator.records.files import read_examples
from tests.conftest import ROOT, make_example

PROMPT = (
    "Mon programme parcourt une liste de stations et retire celles qui sont fermées, mais rustc "
    "parle de deux emprunts à la fois : comment retirer un élément pendant un parcours ?"
)
REFERENCE = (
    "La méthode retain garde les éléments pour lesquels la fermeture rend vrai. Elle parcourt le "
    "vecteur une seule fois, sans emprunt qui dure, et déplace les éléments gardés vers le début."
)
OTHER = "Comment écrire un itérateur qui rend les mots d'un texte sans jamais copier une lettre ?"


def filter_with(tmp_path: Path, *rows: dict[str, object], **settings: float) -> LeakageFilter:
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return LeakageFilter(LeakageSettings(prompts="prompts.jsonl", **settings), tmp_path)


@pytest.fixture
def one(tmp_path: Path) -> LeakageFilter:
    rows = [
        {"id": "p1", "prompt": PROMPT, "reference": REFERENCE, "category": "debug"},
        {"id": "p2", "prompt": OTHER, "expected_topics": ["iterators"]},
    ]
    return filter_with(tmp_path, *rows)


def half(text: str) -> str:
    return " ".join(text.split()[: len(text.split()) * 2 // 3])


def swapped(text: str) -> str:
    return " ".join("autre" if i % 7 == 3 else w for i, w in enumerate(text.split()))


@pytest.mark.parametrize(
    ("question", "answer", "reason", "named"),
    [
        (f"Bonjour. {PROMPT.upper()} Merci.", "x", "contains_prompt", "question: prompt p1"),
        ("x", f"Un élève demande : {PROMPT}", "contains_prompt", "answer: prompt p1"),
        ("x", f"Voici.\n\n{REFERENCE}\n\nFin.", "contains_prompt", "answer: reference p1"),
        (f"{half(PROMPT)} que faire ?", "x", "overlaps_prompt", "question: prompt p1"),
        ("x", f"{half(REFERENCE)} et voilà", "overlaps_prompt", "answer: reference p1"),
        (swapped(PROMPT), "x", "resembles_prompt", "prompt p1"),
        ("x", swapped(REFERENCE), "resembles_prompt", "reference p1"),
        (swapped(OTHER), "x", "resembles_prompt", "prompt p2"),
    ],
)
def test_what_is_too_close(
    one: LeakageFilter, question: str, answer: str, reason: str, named: str
) -> None:
    [verdict] = one.judge([make_example(question, answer)])
    assert verdict.reason == reason
    assert verdict.detail.startswith(named)


@pytest.mark.parametrize(
    "example",
    [
        make_example(),
        make_example("Comment retirer un élément d'une liste pendant un parcours ?"),
        make_example("Que fait la méthode retain ?", "Elle garde les éléments voulus du vecteur."),
    ],
    ids=["another", "same subject", "same method"],
)
def test_the_same_subject_is_allowed(one: LeakageFilter, example: Example) -> None:
    [verdict] = one.judge([example])
    assert verdict.passed, verdict
    assert verdict.score is not None


def test_a_short_prompt_counts_only_as_the_whole_question(tmp_path: Path) -> None:
    one = filter_with(tmp_path, {"id": "s", "prompt": "Et Rust ?"})
    verdicts = one.judge([make_example("Et rust"), make_example("Python est lent, et Rust ?")])
    assert [v.passed for v in verdicts] == [False, True]


def test_the_code_of_a_prompt_counts(tmp_path: Path) -> None:
    asked = "Pourquoi ce programme est-il refusé ?\n```rust\n{}\n```"
    shown = asked.format("fn main() { let s = String::new(); let t = s; drop(s); }")
    one = filter_with(tmp_path, {"id": "c", "prompt": shown})
    other = asked.format("use std::fmt;\nstruct Pluie(f64);\nimpl fmt::Debug for Pluie {}")
    assert [v.passed for v in one.judge([make_example(shown), make_example(other)])] == [
        False,
        True,
    ]


def test_without_prompts_of_its_own_a_project_is_told_so(tmp_path: Path) -> None:
    [one] = make_filters([LeakageSettings()], root=tmp_path)
    [verdict] = one.judge([make_example()])
    assert verdict.passed
    assert str(DEFAULT) in verdict.detail


def test_the_project_s_own_prompts_are_found(tmp_path: Path) -> None:
    path = tmp_path / DEFAULT
    path.parent.mkdir()
    path.write_text(json.dumps({"id": "p", "prompt": PROMPT}), "utf-8")
    [one] = make_filters([LeakageSettings()], root=tmp_path)
    assert not one.judge([make_example(PROMPT)])[0].passed


def test_a_named_file_must_be_there_and_say_something(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no such file"):
        LeakageFilter(LeakageSettings(prompts="absent.jsonl"), tmp_path)
    with pytest.raises(DataError, match="no prompt"):
        filter_with(tmp_path)
    with pytest.raises(BrokenLine, match=r"prompts\.jsonl:1"):
        filter_with(tmp_path, {"id": "p"})


def test_bounds_come_from_the_recipe(tmp_path: Path) -> None:
    one = filter_with(tmp_path, {"id": "p", "prompt": PROMPT}, similarity=1, overlap=1)
    assert one.judge([make_example(swapped(PROMPT))])[0].passed


@pytest.mark.slow
def test_the_authored_examples_do_not_resemble_each_other_s_questions(tmp_path: Path) -> None:
    from curator.records.project import Project

    authored = list(read_examples(*Project(ROOT).authored_files()))
    rows = [{"id": e.id, "prompt": e.question, "reference": e.answer} for e in authored[::2]]
    verdicts = filter_with(tmp_path, *rows).judge(authored[1::2])
    assert [v for v in verdicts if not v.passed] == []
    assert max(v.score or 0 for v in verdicts) < 0.25
