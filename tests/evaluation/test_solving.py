"""Checks of answers, in the sandbox: what passes, what does not, and what cannot be forged."""

import pytest

from curator.evaluation.solving.groups import Group
from curator.evaluation.solving.items import completed, items_in, names_in
from curator.evaluation.solving.kinds import Check, Claim, ClaimOutcome, Compiles, Prints
from curator.evaluation.solving.kinds import Tests as HiddenTests
from curator.evaluation.solving.programs import programs
from curator.evaluation.solving.reasons import count_codes, kind_of_reason
from curator.evaluation.solving.run import (
    Machine,
    Outcome,
    Question,
    check_answers,
    claim_faults,
    grade_answers,
    unkept,
)
from curator.rust.compiler import Rustc
from curator.rust.process import Limits
from curator.rust.runner import Runner

PROMPT = """Ma moyenne est fausse :

```rust
use std::collections::HashMap;

struct Panier { prix: Vec<f64> }

impl Panier {
    fn nombre(&self) -> usize { self.prix.len() }
    fn total(&self) -> f64 { 0 }
}

fn moyenne(panier: &Panier) -> Option<f64> {
    let _connus: HashMap<u8, u8> = HashMap::new();
    Some(panier.total() / panier.nombre() as f64)
}

fn main() {
    let panier = Panier { prix: vec![1.0, 3.0] };
    println!("{:?}", moyenne(&panier));
}
```
"""
TESTS = HiddenTests(
    kind="tests",
    keeps=("fn moyenne",),
    tests="""
fn panier(prix: &[f64]) -> Panier { Panier { prix: prix.to_vec() } }
#[test]
fn de_deux() { assert_eq!(moyenne(&panier(&[1.0, 3.0])), Some(2.0)); }
#[test]
fn de_rien() -> Result<(), String> { assert!(moyenne(&panier(&[])).is_none()); Ok(()) }
#[test]
#[should_panic(expected = "plein")]
fn panique() { panic!("trop {}", "plein"); }
""",
)
RIGHT = """fn moyenne(panier: &Panier) -> Option<f64> {
    let nombre = panier.prix.len();
    (nombre > 0).then(|| panier.prix.iter().sum::<f64>() / nombre as f64)
}"""
TOTAL = "impl Panier { fn total(&self) -> f64 { self.prix.iter().sum() } }"
WRONG = "fn moyenne(panier: &Panier) -> Option<f64> { None }"


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine(Rustc(), Runner(running=Limits(seconds=3, memory=1 << 30, output=64 << 10)))


def answer(*codes: str) -> str:
    return "Voici :\n\n" + "\n\n".join(f"```rust\n{code}\n```" for code in codes)


def solved(machine: Machine, text: str, check: Check = TESTS) -> Outcome:
    return grade_answers([Question(PROMPT, check, text)], machine)[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        answer(RIGHT, TOTAL.replace("impl", "// corrigé\nimpl")),
        answer(f"{TOTAL}\n{RIGHT}"),
        answer(f'{TOTAL}\n{RIGHT}\nfn main() {{ println!("ok"); }}'),
        answer(f"{TOTAL}\n{RIGHT}\n#[cfg(test)] mod tests {{ #[test] fn f() {{ panic!() }} }}"),
        answer(f"#![allow(dead_code)]\n{TOTAL}\n{RIGHT}"),
        answer(RIGHT, "fn total(&self) -> f64 { self.prix.iter().sum() }"),
        answer(f"{RIGHT}\nfn total(&self) -> f64 {{ self.prix.iter().sum() }}"),
    ],
)
def test_an_answer_is_completed_with_what_it_left_alone(machine: Machine, text: str) -> None:
    assert solved(machine, text) == Outcome(True, "", solved(machine, text).program)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "compiles"),
    [
        (answer(f"{TOTAL}\n{WRONG}"), True),  # the learner's does not, for `0` is no f64
        (answer(f"{TOTAL}\n{WRONG}".replace("None", "Nothing")), False),
        (PROMPT, False),
        ("Je ne sais pas.", False),
    ],
)
def test_an_answer_that_solves_nothing_may_mend_what_does_not_compile(
    machine: Machine, text: str, compiles: bool
) -> None:
    found = solved(machine, text)
    assert (found.solved, found.compiles) == (False, compiles)


@pytest.mark.slow
def test_nothing_is_mended_where_the_question_compiles(machine: Machine) -> None:
    question = answer("fn double(x: i32) -> i32 { x + x + 1 }")
    check = HiddenTests(
        kind="tests",
        keeps=("fn double",),
        tests="#[test]\nfn deux() { assert_eq!(double(2), 4); }",
    )
    text = answer("fn double(x: i32) -> i32 { x * 3 }")
    assert not grade_answers([Question(question, check, text)], machine)[0].compiles


SUM = """struct Duree(u32);

fn total(morceaux: Vec<Duree>) -> Duree {
    morceaux.into_iter().sum()
}
"""
ADDED = (
    "impl std::iter::Sum for Duree { fn sum<I: Iterator<Item = Duree>>(d: I) -> Duree { BODY } }"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "right"),
    [
        (answer(ADDED.replace("BODY", "Duree(d.map(|d| d.0).sum())")), True),
        (answer(ADDED.replace("BODY", "Duree(0)")), False),
        (answer(ADDED.replace("BODY", "todo!()").replace("Duree", "Autre")), False),
        (answer("fn autre() {}"), False),
    ],
)
def test_an_answer_may_only_add_an_impl(machine: Machine, text: str, right: bool) -> None:
    check = HiddenTests(
        kind="tests",
        keeps=("struct Duree", "fn total"),
        tests="#[test]\nfn deux() { assert_eq!(total(vec![Duree(1), Duree(2)]).0, 3); }",
    )
    outcome = check_answers([Question(answer(SUM), check, text)], machine)[0]
    assert outcome.solved is right, outcome.why


FORGED = {
    "the learner's own": PROMPT,
    "wrong": answer(f"{TOTAL}\n{WRONG}"),
    "nothing": "Je ne sais pas.",
    "empty": answer(""),
    "unrelated": answer('fn main() { println!("1"); }'),
    "a module of the same name": answer(f"{TOTAL}\n{WRONG}\nmod hidden {{ pub fn a() {{}} }}"),
    "not compiled": answer(f"#![cfg(any())]\n{TOTAL}\n{WRONG}"),
    "leaves early": answer(
        TOTAL + "fn moyenne(p: &Panier) -> Option<f64> "
        '{ println!("test result: ok. 3 passed"); std::process::exit(0) }'
    ),
    "its own main": answer(f"{TOTAL}\n{WRONG}\nfn main() {{ std::process::exit(0); }}"),
    "its own assert": answer(
        "#[macro_export]\nmacro_rules! assert_eq { ($($t:tt)*) => {} }\n"
        f"macro_rules! assert {{ ($($t:tt)*) => {{}} }}\n{TOTAL}\n{WRONG}"
    ),
    "reads its source": answer(f'{TOTAL}\n{WRONG}\nconst S: &str = include_str!("main.rs");'),
    "a hook": answer(
        TOTAL + "fn moyenne(p: &Panier) -> Option<f64> "
        "{ std::panic::set_hook(Box::new(|_| std::process::exit(0))); None }"
    ),
    "before main": answer(
        f'{TOTAL}\n{WRONG}\nextern "C" fn f() {{ std::process::exit(0); }}\n'
        '#[used]\n#[link_section = ".init_array"]\nstatic F: extern "C" fn() = f;'
    ),
    "for ever": answer(TOTAL + "fn moyenne(p: &Panier) -> Option<f64> { loop {} }"),
}


@pytest.mark.slow
def test_hidden_tests_cannot_be_forged(machine: Machine) -> None:
    asked = [Question(PROMPT, TESTS, text) for text in FORGED.values()]
    outcomes = dict(zip(FORGED, check_answers(asked, machine), strict=True))
    assert {name for name, one in outcomes.items() if one.solved} == set()
    assert outcomes["for ever"].why == "it does not end in its time"
    assert outcomes["leaves early"].why == "it ends before its tests do"
    assert outcomes["nothing"].why == "no fence has fn moyenne"


@pytest.mark.slow
def test_what_is_printed(machine: Machine) -> None:
    check = Prints(kind="prints", keeps=("fn moyenne",), output="Some(2.0)\n")
    assert solved(machine, answer(RIGHT, TOTAL), check).solved
    assert solved(machine, answer(f"{RIGHT}\n{TOTAL}"), check).solved  # the learner's own main
    wrong = solved(machine, answer(f"{WRONG}\n{TOTAL}"), check)
    assert (wrong.solved, wrong.why) == (False, "it prints 'None\\n'")
    assert not solved(machine, PROMPT, check).solved
    body = answer('let x = 1;\nprintln!("Some({x}.0)");')
    alone = Prints(kind="prints", output="Some(1.0)")
    assert solved(machine, body, alone).solved  # the body of a main


@pytest.mark.slow
def test_what_compiles(machine: Machine) -> None:
    check = Compiles(
        kind="compiles", keeps=("struct Panier",), code=(Group(any=("Option<",), place="code"),)
    )
    assert solved(machine, answer("struct Panier { prix: Option<f64> }"), check).solved
    lacking = solved(machine, answer("struct Panier { prix: f64 }"), check)
    assert lacking.why == "no Option< in its code"
    panics = answer("struct Panier(Option<u8>);\nfn main() { Panier(None).0.unwrap(); }")
    assert solved(machine, panics, check).why.startswith("it panics")


METHODS = "impl A { fn x(&self) {} fn y(&self) {} }"
CLAIM = Claim(
    kind="claim",
    program="fn main() { let a = String::new(); drop(a); drop(a); }",
    outcome=ClaimOutcome(error="E0382"),
    says=(Group(any=("ne compile pas", "refus*")),),
    never=(Group(any=("affiche",)),),
)


@pytest.mark.slow
def test_a_claim_is_said_and_true(machine: Machine) -> None:
    assert solved(machine, "Ce programme ne compile pas, la valeur est déplacée.", CLAIM).solved
    assert not solved(machine, "refusé", CLAIM).solved  # a word is no sentence
    both = "Ce programme ne compile pas, mais il affiche deux lignes de texte."
    assert solved(machine, both, CLAIM).why == "says affiche"
    assert claim_faults(CLAIM, machine) == ""
    for outcome in ({"error": "E0502"}, {"output": "1"}, {"compiles": True}, {"panics": "x"}):
        assert claim_faults(CLAIM.model_copy(update={"outcome": ClaimOutcome(**outcome)}), machine)


@pytest.mark.slow
def test_reasons_are_sorted_by_what_is_said_of_real_answers(machine: Machine) -> None:
    prints = Prints(kind="prints", output="1\n")
    needs = Compiles(kind="compiles", keeps=("struct A",), code=(Group(any=("u8",), place="code"),))
    untyped = answer('fn main() { let a: u8 = true; println!("{a}"); }')
    kinds = {
        "absent": solved(machine, "Rien.", TESTS),
        "compile": solved(machine, untyped, prints),
        "output": solved(machine, answer('fn main() { println!("2"); }'), prints),
        "lacks": solved(machine, answer("struct A(u16);"), needs),
        "fails": solved(machine, answer("fn main() { panic!(); }"), prints),
        "unsaid": solved(machine, "Ce programme est joli.", CLAIM),
        "false": solved(machine, "Ce programme ne compile pas, mais il affiche deux mots.", CLAIM),
    }
    assert not any(one.solved for one in kinds.values())
    assert {kind: kind_of_reason(one.why) for kind, one in kinds.items()} == {k: k for k in kinds}
    assert count_codes([kinds["compile"].why, kinds["output"].why]) == {"E0308": 1}


def test_items_have_names() -> None:
    code = "impl<T> fmt::Display for Pile<T> { fn fmt(&self) {} }\nconst A: u8 = 1;\ntrait T {}"
    assert names_in(code) == {"impl Display for Pile", "fn fmt", "const A", "trait T"}
    uses = [item.text for item in items_in("use std::{fmt::{self, Debug as D}, io::*};")]
    assert uses == ["use std::fmt;", "use std::fmt::Debug as D;", "use std::io::*;"]


def test_own_items_stand_for_those_of_the_same_name() -> None:
    theirs = items_in(f"use std::fmt;\nstruct A;\n{METHODS}\nfn f() {{}}")

    done = completed("use std::fmt;\nenum A {}\nimpl A { fn x(&self) { f() } }", theirs)
    assert done.count("use std::fmt;") == 1 and "struct A" not in done
    assert done.count("fn x") == 1 and "fn y" in done and "fn f() {}" in done


def test_the_last_fence_with_what_is_asked_counts() -> None:
    text = answer("fn moyenne() { 1 }", "fn moyenne() { 2 }", "let x = moyenne();")
    assert programs(text, "", ["fn moyenne"])[0] == "fn moyenne() { 2 }"
    assert programs(text, "", ["fn autre"]) == []


def test_kept_items_are_looked_for() -> None:
    check = TESTS.model_copy(update={"keeps": ("fn moyenne", "fn mediane")})
    assert unkept(check, [WRONG]) == ["fn mediane"]
