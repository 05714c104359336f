"""The changes that prose speaks of, made in code: every kind, and where none can be made."""

import pytest

from curator.french.changes import Change
from curator.rust.edits import edits
from curator.rust.pieces import MOST, found


def one(change: Change, code: str) -> str:
    [made] = edits(change, code)
    return made


REMOVED = [
    ("mut", "let mut v = vec![1];", "let v = vec![1];"),
    ("move", "let f = move || x;", "let f = || x;"),
    ("pub", "pub(crate) fn f() {}", "fn f() {}"),
    ("&", "f(&s);", "f(s);"),
    ("?", "let n = a()?;", "let n = a();"),
    (".await", "f().await;", "f();"),
    ("clone", "let t = s.clone();", "let t = s;"),
    (".clone()", "let t = s.iter().map(f(a, b)).clone();", "let t = s.iter().map(f(a, b));"),
    ("collect", "let v = a.collect::<Vec<u8>>();", "let v = a;"),
    ("#[derive(Clone)]", "#[derive(Clone)]\nstruct P;", "struct P;"),
    ("#[derive(Clone)]", "#[derive(Debug, Clone)]\nstruct P;", "#[derive(Debug)]\nstruct P;"),
    ("Copy", "#[derive(Clone, Copy)]\nstruct P;", "#[derive(Clone)]\nstruct P;"),
    ("impl Drop", "struct P;\nimpl Drop for P {\n    fn drop(&mut self) {}\n}", "struct P;"),
    ("impl Drop", "struct P<'a>(&'a u8);\nimpl<'a> Drop for P<'a> { fn drop(&mut self) {} }",
     "struct P<'a>(&'a u8);"),
    ("T: Debug", "fn f<T: Debug>(x: T) {}", "fn f<T>(x: T) {}"),
    ("Debug", "fn f<T: Clone + Debug>(x: T) {}", "fn f<T: Clone>(x: T) {}"),
    (": i32", "let n: i32 = 1;", "let n = 1;"),
    ("+ 'a", "fn f<'a>() -> Box<dyn T + 'a> {}", "fn f<'a>() -> Box<dyn T> {}"),
    ("Box", "struct L(Box<L>);\nfn f() { L(Box::new(g(1))); }",
     "struct L(L);\nfn f() { L(g(1)); }"),
    ("'a", "fn f<'a>(x: &'a str) -> &str { x }", "fn f(x: &str) -> &str { x }"),
    ("drop(s);", "fn f() {\n    drop(s);\n    g();\n}", "fn f() {\n    g();\n}"),
    ("use std::fmt;", "use std::fmt;\nfn f() {}", "fn f() {}"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "expected"), REMOVED)
def test_removing(what: str, code: str, expected: str) -> None:
    assert expected in edits(Change("remove", what), code)


def test_a_word_of_a_comment_or_a_literal_is_no_place() -> None:
    code = '// mut\nlet s = "mut"; let mut v = 1;'
    assert one(Change("remove", "mut"), code) == '// mut\nlet s = "mut"; let v = 1;'
    assert edits(Change("remove", "clone"), '// s.clone()\nlet t = "s.clone()";') == []


def test_each_place_and_all_of_them() -> None:
    made = edits(Change("remove", "mut"), "let mut a = 1;\nlet mut b = 2;")
    assert len(made) == 3
    assert made[-1] == "let a = 1;\nlet b = 2;"
    many = "let mut a = 1;\n" * (MOST + 1)
    assert edits(Change("remove", "mut"), many) == ["let a = 1;\n" * (MOST + 1)]


def test_what_breaks_the_syntax_is_no_reading() -> None:
    made = edits(Change("add", "mut", where="before", place="s"), "let s = 1;\nlet t = s;")
    assert made == ["let mut s = 1;\nlet t = s;"]


REPLACED = [
    ("&str", "String", "fn f(s: &str) {}", "fn f(s: String) {}"),
    ("let t = s", "let t = &s", "let t = s;", "let t = &s;"),
    ("a.push( 1 )", "a.push(2)", "a.push(1);", "a.push(2);"),
    ("?", ".unwrap()", "let n = f()?;", "let n = f().unwrap();"),
    ("Rc", "Arc", "let a: std::rc::Rc<u8>;", "use std::sync::Arc;\nlet a: std::rc::Arc<u8>;"),
]


@pytest.mark.parametrize(("old", "new", "code", "expected"), REPLACED)
def test_replacing(old: str, new: str, code: str, expected: str) -> None:
    assert one(Change("replace", old, new), code) == expected


MAIN = "fn main() {\n    let a = 1;\n    f(a)\n}"
ADDED = [
    (Change("add", "drop(a)", where="end", place="main"), MAIN,
     "fn main() {\n    let a = 1;\n    f(a);\n    drop(a);\n}"),
    (Change("add", "drop(a)", where="end"), "let a = 1;", "let a = 1;\ndrop(a);\n"),
    (Change("add", "drop(a)", where="before", place="f(a)"), MAIN,
     "fn main() {\n    let a = 1;\n    drop(a);\n    f(a)\n}"),
    (Change("add", "g();", where="after", place="let a"), MAIN,
     "fn main() {\n    let a = 1;\n    g();\n    f(a)\n}"),
    (Change("add", "drop(a)", where="here"), MAIN,
     "fn main() {\n    let a = 1;\n    drop(a);\n    f(a)\n}"),
    (Change("add", "use a::b;"), "fn f() {}", "use a::b;\nfn f() {}"),
    (Change("add", "#[derive(Clone)]"), "struct P;", "#[derive(Clone)]\nstruct P;"),
    (Change("add", ".clone()", where="at", place="s"), "let t = s;", "let t = s.clone();"),
    (Change("add", "async", where="before", place="fn f"), "fn f() {}", "async fn f() {}"),
    (Change("add", "move"), "g(|| x);", "g(move || x);"),
    (Change("move", "b();", where="before", place="a();"), "a();\nb();", "b();\na();"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "expected"), ADDED)
def test_adding_and_moving(change: Change, code: str, expected: str) -> None:
    assert one(change, code) == expected


WRITTEN = [
    ("let mut a", "let a = 1;", "let mut a = 1;"),
    ("let a = 2;", "let a = 1;", "let a = 2;"),
    ("fn f(x: u8) -> u8", "fn f<'a>(x: &'a u8) -> &'a u8 { x }", "fn f(x: u8) -> u8 { x }"),
    ("fn f(&'static self)", "fn f(&self) -> u8 { 1 }", "fn f(&'static self) -> u8 { 1 }"),
    ("x: &'a str", "fn f<'a>(x: &str) {}", "fn f<'a>(x: &'a str) {}"),
    ("T: Copy", "fn f<T>(x: T) {}", "fn f<T: Copy>(x: T) {}"),
    ("pub mod m", "mod m { }", "pub mod m { }"),
    ("unsafe { N += 10 }", "fn f() {\n    N += 10;\n}", "fn f() {\n    unsafe { N += 10 };\n}"),
]
BECOME = [
    ("f", "pub(crate)", "pub fn f() {}", "pub(crate) fn f() {}"),
    ("m", "pub", "mod m {}", "pub mod m {}"),
    ("P", "Copy", "pub struct P;", "#[derive(Clone, Copy)]\npub struct P;"),
    ("a", "mut", "let a = 1;", "let mut a = 1;"),
]


@pytest.mark.parametrize(("name", "new", "code", "expected"), BECOME)
def test_becoming(name: str, new: str, code: str, expected: str) -> None:
    assert one(Change("become", name, new), code) == expected


def test_calling() -> None:
    made = one(Change("call", "m::g(1)", where="end"), MAIN)
    assert made == "fn main() {\n    let a = 1;\n    f(a);\n    m::g(1);\n}"
    assert edits(Change("call", "g", where="end"), MAIN) == []


@pytest.mark.parametrize(("text", "code", "expected"), WRITTEN)
def test_writing(text: str, code: str, expected: str) -> None:
    assert one(Change("write", text), code) == expected


@pytest.mark.parametrize(
    "change",
    [
        Change("remove", "unsafe"),
        Change("remove", "inconnu"),
        Change("remove", "f(…)"),
        Change("replace", "absent", "autre"),
        Change("replace", "let a = 1;", "let a = f(…);"),
        Change("add", "'a"),
        Change("add", "a.clone()", where="here"),
        Change("add", "drop(…)", where="end"),
        Change("add", "mut", where="before", place="absent"),
        Change("move", "a", where="end"),
        Change("write", "Mutex"),
        Change("write", "x: u8"),
    ],
)
def test_what_has_no_place_is_not_made(change: Change) -> None:
    assert edits(change, MAIN) == []


@pytest.mark.parametrize("code", ["", "}}}{", "fn f( {", 'let s = "', "é…", "<<<>>>", "#[derive("])
@pytest.mark.parametrize("kind", ["remove", "replace", "add", "move", "write", "call", "become"])
@pytest.mark.parametrize(
    "text",
    ["", "&", "'a", "(", "Box", ".f(", "#[", "T: U", "let", "fn f(", "drop(x)", "é", "\\", "["],
)
def test_any_text_is_taken(code: str, kind: str, text: str) -> None:
    for where in ("", "end", "before", "above", "here", "at"):
        change = Change(kind, text, text, where, text)  # type: ignore[arg-type]
        assert len(edits(change, code)) <= MOST


def test_code_is_found_whatever_its_white_space() -> None:
    assert found("f( a,b )", "x(f(a, b))") == [(2, 9)]
    assert found("a", "ab a_b 'a a") == [(10, 11)]
    assert found("", "x") == []
