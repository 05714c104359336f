"""A later definition stands for an earlier one: a skeleton in the question, then its solution."""

import pytest

from curator.rust.compiler import Rustc
from curator.rust.compose import Composition
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.redefine import in_scopes, side_by_side
from curator.rust.runner import Runner

COUNTER = """struct Compteur {
    n: u32,
}
impl Compteur {
    fn nouveau() -> Self {
        Compteur { n: 0 }
    }
    fn plus(&mut self) {
        todo!()
    }
}"""
PLUS = "impl Compteur {\n    fn plus(&mut self) {\n        self.n += 1;\n    }\n}"
TESTS = """#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn compte() {
        let mut c = Compteur::nouveau();
        c.plus();
        assert_eq!(c.n, 1);
    }
}"""


def rust(*codes: str) -> str:
    return "\nPuis :\n\n".join(f"```rust\n{code}\n```\n" for code in codes)


def check(
    rustc: Rustc, question: str, answer: str, runner: Runner | None = None
) -> list[BlockResult]:
    document = Document((Text("question", question), Text("answer", answer)))
    [results] = check_documents([document], rustc, Options(runner=runner))
    return results


# earlier blocks (of the question), the block of the answer
COMPOSED = {
    "method": ([COUNTER], PLUS),
    "method and use": ([COUNTER], PLUS + "\nfn deux(c: &mut Compteur) { c.plus(); c.plus(); }"),
    "method, then statements": ([COUNTER], PLUS + "\nlet mut c = Compteur::nouveau();\nc.plus();"),
    "program": ([COUNTER + "\nfn main() {}"], PLUS + "\nfn main() { Compteur::nouveau().plus() }"),
    "main in the skeleton": ([COUNTER + "\nfn main() { Compteur::nouveau().plus(); }"], PLUS),
    "statements in the skeleton": ([COUNTER + "\nlet c = Compteur::nouveau();"], PLUS),
    "one more method": (
        [COUNTER],
        "impl Compteur {\n fn plus(&mut self) { self.n += 1 }\n fn lu(&self) -> u32 { self.n }\n}",
    ),
    "generic": (
        ["struct Pile<T> { v: Vec<T> }",
         "impl<T> Pile<T> { fn sommet(&self) -> Option<&T> { None } }"],
        "impl<U> Pile<U> { fn sommet(&self) -> Option<&U> { self.v.last() } }",
    ),
    "bounded generic": (
        ["struct Pile<T> { v: Vec<T> }\nimpl<T> Pile<T> { fn un(&self) -> T { todo!() } }"],
        "impl<T: Clone> Pile<T> { fn un(&self) -> T { self.v[0].clone() } }",
    ),
    "lifetime": (
        ["struct Mots<'a> { t: &'a str }\nimpl<'a> Mots<'a> { fn n(&self) -> usize { todo!() } }"],
        "impl Mots<'_> { fn n(&self) -> usize { self.t.len() } }",
    ),
    "trait": (
        [
            "trait Aire { fn aire(&self) -> f64; }\nstruct Carre(f64);",
            "impl Aire for Carre { fn aire(&self) -> f64 { todo!() } }",
        ],
        "impl Aire for Carre { fn aire(&self) -> f64 { self.0 * self.0 } }",
    ),
    "trait by another path": (
        ["use std::fmt;\nstruct P;\nimpl fmt::Display for P {\n fn fmt(&self, f: &mut "
         "fmt::Formatter) -> fmt::Result { todo!() }\n}"],
        "impl std::fmt::Display for P {\n fn fmt(&self, f: &mut std::fmt::Formatter<'_>)"
        " -> std::fmt::Result { write!(f, \"p\") }\n}",
    ),
    "other traits stay": (
        ["struct N(u8);\nimpl From<u8> for N { fn from(n: u8) -> N { N(n) } }"],
        "impl From<bool> for N { fn from(b: bool) -> N { N::from(b as u8) } }",
    ),
    "derived, then by hand": (
        ["#[derive(Debug, Clone)]\nstruct P { x: i32 }"],
        "use std::fmt;\nimpl fmt::Debug for P {\n fn fmt(&self, f: &mut fmt::Formatter<'_>)"
        " -> fmt::Result { write!(f, \"{}\", self.clone().x) }\n}",
    ),
    "by hand, then derived": (
        ["struct P { x: i32 }\nimpl Clone for P { fn clone(&self) -> P { P { x: self.x } } }\n"
         "fn deux(p: &P) -> (P, P) { (p.clone(), p.clone()) }"],
        "#[derive(Clone)]\nstruct P { x: i32 }\nfn trois(p: &P) -> (P, (P, P)) "
        "{ (p.clone(), deux(p)) }",
    ),
    "function": (
        ["struct P { x: i32 }\nfn lire(p: &P) -> i32 { todo!() }"],
        "fn lire(p: &P) -> i32 { p.x }\nfn deux(p: &P) -> i32 { 2 * lire(p) }",
    ),
    "constant": (
        ["const N: usize = 3;\nstruct T([u8; N]);"],
        "const N: usize = 4;\nfn f() -> T { T([0; N]) }",
    ),
    "imports": (
        ["use std::collections::{HashMap, HashSet};\nstruct R { m: HashMap<u8, HashSet<u8>> }"],
        "use std::collections::HashMap;\nfn f() -> R { R { m: HashMap::new() } }",
    ),
    "tests": ([COUNTER + "\n" + TESTS], PLUS + "\n" + TESTS),
    "doc of the crate": (
        ["#![allow(dead_code)]\nstruct A;", "//! Suite\nstruct B(A);"],
        "fn f(b: B) -> A { b.0 }",
    ),
    "enum with more": (
        ["enum Feu { Vert }\nfn suivant(f: Feu) -> Feu { f }"],
        "enum Feu { Vert, Rouge }\nfn deux(f: Feu) -> Feu { suivant(suivant(f)) }",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPOSED)
def test_a_solution_after_its_skeleton(rustc: Rustc, name: str) -> None:
    earlier, code = COMPOSED[name]
    *_, found = check(rustc, rust(*earlier), rust(code))
    assert (found.reason, found.composition) == ("", Composition.AFTER_QUESTION), found.short()
    *_, found = check(rustc, "Question ?", rust(*earlier, code))
    assert (found.reason, found.composition) == ("", Composition.AFTER_ANSWER), found.short()


WRONG = {
    "type": ([COUNTER], PLUS.replace("1", "\"un\""), "E0277"),
    "no such method": ([COUNTER], PLUS.replace("self.n", "self.moins(); self.n"), "E0599"),
    "a field is missing": ([COUNTER], PLUS.replace("self.n", "self.m"), "E0609"),
    "twice in one block": ([COUNTER], PLUS + "\n" + PLUS, "E0592"),
    "another trait": (
        ["struct P;\ntrait T { fn t(&self); }"], "impl T for P { fn u(&self) {} }", "E0407"
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_solution_that_is_wrong(rustc: Rustc, name: str) -> None:
    earlier, code, error = WRONG[name]
    *_, found = check(rustc, rust(*earlier), rust(code))
    assert (found.reason, error in found.codes) == ("does_not_compile", True), found.short()


def test_the_line_of_an_error_is_that_of_the_block(rustc: Rustc) -> None:
    code = PLUS.replace("self.n", "self.m")
    *_, found = check(rustc, rust(COUNTER), "Texte.\n\n" + rust(code))
    assert found.line == 6


@pytest.mark.slow
def test_tests_stand_beside_the_solution(rustc: Rustc) -> None:
    results = check(rustc, rust(COUNTER), rust(PLUS, TESTS), Runner())
    assert [r.reason for r in results] == [""] * 3
    wrong = rust(PLUS.replace("+= 1", "+= 2"), TESTS)
    assert [r.reason for r in check(rustc, rust(COUNTER), wrong, Runner())][1:] == [
        "",
        "run_failed",
    ]


@pytest.mark.slow
def test_a_test_of_the_skeleton_tries_the_solution(rustc: Rustc) -> None:
    question = rust(COUNTER + "\n" + TESTS)
    assert [r.reason for r in check(rustc, question, rust(PLUS), Runner())] == ["", ""]
    wrong = check(rustc, question, rust(PLUS.replace("+= 1", "+= 2")), Runner())
    assert [r.reason for r in wrong] == ["", "run_failed"]


@pytest.mark.parametrize(
    ("earlier", "code", "kept"),
    [
        ("struct A;\nfn f() {}\nfn g() {}", "fn f() {}", "struct A;\n\nfn g() {}"),
        ("#[inline]\nfn f() {}\nfn g() {}", "fn f() {}", "\nfn g() {}"),
        ("fn main() {}\nfn é() {}", "struct A;", "\nfn é() {}"),
        ("fn a() {}", "struct a;", "fn a() {}"),
        ("use a::{b, c::{d, self}, e as f};", "use x::{c, f};", "use a::b; use a::c::d;"),
        ("pub use a::{b, c};", "fn c() {}", "pub use a::b;"),
        ("use a::*;\nuse b as _;", "use a::*;\nuse b as _;", "use a::*;\nuse b as _;"),
        ("struct A;", "use crate::A;", "struct A;"),
        ("impl A { fn f() {} fn g() {} }", "impl A { fn f() {} }", "impl A {  fn g() {} }"),
        ("impl A { fn f() {} }", "impl B { fn f() {} }", "impl A { fn f() {} }"),
        ("impl A { fn f() {} }", "impl A { fn f() {} }", ""),
        ("impl A<u8> { fn f() {} }", "impl A<u16> { fn f() {} }", "impl A<u8> { fn f() {} }"),
        ("#[derive(Debug, Clone)] struct A;", "impl Clone for A {}", "#[derive(Debug)] struct A;"),
        ("fn f() {", "fn f() {}", "fn f() {"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_what_is_left_of_an_earlier_block(earlier: str, code: str, kept: str) -> None:
    assert side_by_side([earlier], code) == [kept]


def test_in_scopes_only_impls_give_way() -> None:
    earlier = "struct A;\nimpl A { fn f() {} }\nfn g() {}"
    assert in_scopes([earlier], "impl A { fn f() {} }\nfn g() {}") == ["struct A;\n\nfn g() {}"]
    assert in_scopes([earlier], "struct A;\nimpl A { fn f() {} }") == [earlier]


def test_the_last_of_several_definitions_stands() -> None:
    assert side_by_side(["fn f() {}", "fn f() {}\nfn g() {}"], "fn g() {}") == ["", "fn f() {}\n"]
