"""Near duplicates among the authored examples, their made-up copies, and mutants of a program."""

import random
import re
from collections.abc import Callable

import pytest

from curator.filters.near_duplicates import NearDuplicateFilter, NearDuplicateSettings
from curator.records.example import Example, Origin, Provenance
from curator.records.files import read_examples
from curator.records.project import Project
from tests.conftest import ROOT, first_49, make_example

AUTHORED = list(read_examples(*Project(ROOT).authored_files()))
VOCABULARY = [w for e in AUTHORED for w in re.findall(r"[a-zà-ÿ]{3,}", e.answer)]
CODE = re.compile(r"(```.*?^```|`[^`\n]*`)", re.DOTALL | re.MULTILINE)


def fresh(*known: Example) -> NearDuplicateFilter:
    return NearDuplicateFilter(NearDuplicateSettings(), known)


def on_prose(text: str, change: Callable[[str], str]) -> str:
    return "".join(s if s.startswith("`") else change(s) for s in CODE.split(text))


def on_code(text: str, change: Callable[[str], str]) -> str:
    return "".join(change(s) if s.startswith("`") else s for s in CODE.split(text))


def swapped(share: float) -> Callable[[str], str]:
    draw = random.Random(5)

    def one(word: "re.Match[str]") -> str:
        return draw.choice(VOCABULARY) if draw.random() < share else word[0]

    return lambda text: on_prose(text, lambda s: re.sub(r"\b[a-zà-ÿ]{3,}\b", one, s))


def reordered(text: str) -> str:
    def turn(part: str) -> str:
        lines = part.split("\n")
        return "\n".join(" ".join(reversed(re.split(r"(?<=[.!?]) ", line))) for line in lines)

    return on_prose(text, turn)


def renamed(text: str) -> str:
    names = re.findall(r"\b(?:let|let mut|fn|struct|enum)\s+(\w+)", text)
    found = {n: f"nom_{i}" for i, n in enumerate(dict.fromkeys(names)) if n not in ("mut", "main")}
    return on_code(text, lambda s: re.sub(r"\w+", lambda m: found.get(m[0], m[0]), s))


COPIES = {
    "one word in ten swapped": swapped(0.1),
    "one word in five swapped": swapped(0.2),
    "sentences reordered": reordered,
    "names changed": renamed,
    "all of it": lambda text: renamed(reordered(swapped(0.1)(text))),
}


def test_no_authored_example_repeats_another() -> None:
    verdicts = fresh().judge(AUTHORED)
    assert [v for v in verdicts if not v.passed] == []


@pytest.mark.parametrize("kind", COPIES)
def test_every_near_copy_of_an_authored_example_is_found(kind: str) -> None:
    first, copies = first_49(), []
    for e in first:
        question, answer = COPIES[kind](e.question), COPIES[kind](e.answer)
        fields = {"category": e.category, "topic": e.topic, "difficulty": e.difficulty}
        copies.append(make_example(question, answer, **fields))
    verdicts = fresh(*first).judge(copies)
    pairs = zip(first, copies, strict=True)
    assert all(e.id != c.id for e, c in pairs)
    missed = [e.id for e, v in zip(first, verdicts, strict=True) if v.passed]
    assert missed == []
    assert all(e.id in v.detail for e, v in zip(first, verdicts, strict=True))


PROGRAM = """
#[derive(Debug, Clone)]
struct Panier {
    fruits: Vec<String>,
}

fn compter(panier: &Panier) -> usize {
    panier.fruits.iter().filter(|f| !f.is_empty()).count()
}

fn main() {
    let mut panier = Panier { fruits: Vec::new() };
    panier.fruits.push("poire".to_string());
    let copie = panier.clone();
    println!("{}", compter(&panier));
    println!("{copie:?}");
}
"""
WORDS = iter(random.Random(3).sample(sorted(set(VOCABULARY)), 1400))


def wording() -> str:
    return " ".join(next(WORDS) for _ in range(60)) + "."


def mutant(old: str, new: str, prose: str, program: str = PROGRAM) -> Example:
    """A question with the failing program and an answer with the whole one."""
    assert old in program
    question = f"{prose[:90]}\n\n```rust,compile_fail\n{program.replace(old, new, 1)}\n```"
    return make_example(question, f"## Solution\n```rust\n{program}\n```\n{prose}")


def test_another_error_of_the_same_program_is_another_lesson() -> None:
    errors = [
        ("let mut panier", "let panier"),
        (".clone()", ""),
        ("compter(&panier)", "compter(panier)"),
    ]
    mutants = [mutant(old, new, wording()) for old, new in errors]
    assert [v.reason for v in fresh().judge(mutants)] == ["", "", ""]


def test_the_same_error_of_the_same_program_is_not() -> None:
    program = PROGRAM.replace("let copie", "let mut copie")
    first = mutant("let mut panier", "let panier", wording(), program)
    again = mutant("let mut copie", "let copie", wording(), program)
    [_, verdict] = fresh().judge([first, again])
    assert verdict.reason == "near_code"
    assert first.id in verdict.detail
    assert "same error" in verdict.detail


def test_the_same_error_code_asks_for_less_similar_prose() -> None:
    prose = wording()
    tenth = wording() + " " + " ".join(prose.split()[20:34])
    first = mutant(".clone()", "", prose)
    again = mutant("&Panier", "Panier", tenth)
    assert fresh(first).judge([again])[0].passed

    def coded(example: Example) -> Example:
        return make_example(example.question.replace("fail", "fail,E0382"), example.answer)

    [verdict] = fresh(coded(first)).judge([coded(again)])
    assert verdict.reason == "near_code"
    assert "same error code" in verdict.detail


def test_the_same_program_in_fairly_similar_prose_is_not() -> None:
    prose = wording()
    half = " ".join(prose.split()[:35]) + " " + wording()
    first = mutant(".clone()", "", prose)
    again = mutant("&Panier", "Panier", half)
    [_, verdict] = fresh().judge([first, again])
    assert verdict.reason == "near_code"


def test_the_same_words_on_another_program_are_allowed_up_to_the_bound() -> None:
    prose = " ".join(wording() for _ in range(2))
    other = "fn main() {\n    let v: Vec<i32> = (1..9).map(|x| x * x).collect();\n    drop(v);\n}"
    first = mutant(".clone()", "", prose)
    half = mutant("collect", "sum", " ".join(prose.split()[:60]) + " " + wording(), other)
    whole = mutant("collect", "sum", prose + " Fin.", other)
    assert [v.reason for v in fresh(first).judge([half, whole])] == ["", "near_prose"]


def test_a_question_asked_again_is_found_whatever_the_answer() -> None:
    asked = " ".join(wording().split()[:25])
    first = make_example(f"Dites-moi {asked}", wording())
    again = make_example(f"Expliquez {asked}", " ".join(wording() for _ in range(3)))
    [_, verdict] = fresh().judge([first, again])
    assert verdict.reason == "near_question"


def test_the_same_question_about_another_program_is_another() -> None:
    first = mutant(".clone()", "", "Pourquoi rustc refuse-t-il ce programme ? " + wording())
    other = PROGRAM.replace("filter(|f| !f.is_empty()).count()", "map(|f| f.len()).max().unwrap()")
    other = other.replace("clone();", "to_owned();").replace("push(", "insert(0, ").replace("&", "")
    again = mutant("to_owned", "to_string", "Pourquoi rustc refuse-t-il ce programme ? ", other)
    assert fresh(first).judge([again])[0].passed


def version(example: Example, parent: Example, origin: Origin) -> Example:
    data = parent.provenance.model_dump() | {"origin": origin, "parents": (parent.id,), "seed": 1}
    return example.model_copy(update={"provenance": Provenance.model_validate(data)})


def test_a_correction_may_resemble_what_it_replaces_and_nothing_else() -> None:
    parent = AUTHORED[0]
    once = version(
        make_example(parent.question, parent.answer + " Un mot."), parent, Origin.CORRECTED
    )
    twice = version(make_example(parent.question, parent.answer + " Deux."), once, Origin.CORRECTED)
    assert [v.passed for v in fresh(parent).judge([once, twice])] == [True, True]
    other = version(
        make_example(parent.question, parent.answer + " Trois."), parent, Origin.CORRECTED
    )
    assert not fresh(parent, once).judge([other])[0].passed
    mutated = version(twice, parent, Origin.MUTATED)
    assert not fresh(parent).judge([mutated])[0].passed


def test_later_calls_see_what_earlier_ones_let_through() -> None:
    one = fresh()
    first, again = AUTHORED[0], make_example(AUTHORED[0].question, AUTHORED[0].answer + " Fin.")
    assert one.judge([first])[0].passed
    assert one.judge([again])[0].detail.endswith(first.id)
    assert one.judge([again])[0].detail.endswith(first.id)


def test_bounds_come_from_the_recipe() -> None:
    copy = make_example(AUTHORED[0].question, swapped(0.2)(AUTHORED[0].answer))
    settings = NearDuplicateSettings(
        prose=1, code=1, prose_with_code=1, prose_with_error=1, question=1
    )
    verdict = NearDuplicateFilter(settings, AUTHORED[:1]).judge([copy])[0]
    assert verdict.reason in ("near_code", "near_question")
