"""Blocks that are meant to fail are compiled as they stand, and lacking names is a reason alone."""

import pytest

from curator.rust.compiler import Rustc
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents

MAP = "let m = HashMap::<i32, i32>::new();"
POINT = "struct Point { x: i32 }"
MOVED = 'let p = Point { x: 1 };\nlet q = p;\nprintln!("{}", p.x + q.x);'


def rust(code: str, fence: str = "rust") -> str:
    return f"```{fence}\n{code}\n```\n"


def check(rustc: Rustc, question: str, answer: str, debug: bool = True) -> list[BlockResult]:
    document = Document((Text("question", question), Text("answer", answer)), debug)
    [results] = check_documents([document], rustc, Options())
    return results


# code of a debug question, the error that the answer shows, the reason of the question's block
QUESTIONS = [
    (MAP, "E0433", ""),
    (f"fn main() {{ {MAP} }}", "E0433", ""),
    ('let n: i32 = "3".parse()?;', "E0277", ""),
    ('fn main() { let n: i32 = "3".parse()?; }', "E0277", ""),
    ("async fn f() -> u8 { 1 }\nlet x = f().await;", "E0728", ""),
    ("std::io::stdout().flush().unwrap();", "E0599", ""),
    ('println!("{}", total)', "E0425", ""),
    ('let s = String::new();\nlet t = s;\nprintln!("{s}{t}");', "E0382", ""),
    ("#[derive(Debug)]\nstruct A;\nfn f(a: A) -> A { a.clone() }", "E0599", ""),
    (MAP, "E0382", "wrong_claim"),
    ('let n: i32 = "3".parse()?;', "E0308", "wrong_claim"),
]


@pytest.mark.parametrize(("code", "shown", "reason"), QUESTIONS)
def test_the_code_of_a_debug_question(rustc: Rustc, code: str, shown: str, reason: str) -> None:
    answer = f"```text\nerror[{shown}]: voir\n```\n"
    found, *_ = check(rustc, f"Pourquoi ?\n\n{rust(code)}", answer)
    assert (found.reason, found.imports) == (reason, ()), found.short()


FENCES = [
    ("compile_fail", MAP, ""),
    ("compile_fail,E0433", MAP, ""),
    ("compile_fail,E0382", MAP, "wrong_error_code"),
    ("compile_fail", 'let n: i32 = "3".parse()?;', ""),
    ("compile_fail,E0277", 'let n: i32 = "3".parse()?;', ""),
    ("compile_fail", 'let n: i32 = "3".parse()?;\nOk::<(), std::num::ParseIntError>(())',
     "should_not_compile"),
    ("compile_fail", "println!(\"{}\", x)", ""),
    ("compile_fail", "println!(\"bonjour\")", "should_not_compile"),
    ("compile_fail", "let x = 1;", "should_not_compile"),
    ("compile_fail", "use std::collections::HashMap;\n" + MAP, "should_not_compile"),
    ("compile_fail", "fn f() {", ""),
    ("compile_fail", "let x: u8 = ;", ""),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "code", "reason"), FENCES)
def test_a_fence_that_says_so(rustc: Rustc, attributes: str, code: str, reason: str) -> None:
    [found] = check(rustc, "Question ?", rust(code, f"rust,{attributes}"), debug=False)
    assert (found.reason, found.imports) == (reason, ())


@pytest.mark.parametrize("before", ["Ce code ne compile pas :", "Exemple :"])
def test_a_text_or_comment_that_says_so(rustc: Rustc, before: str) -> None:
    comment = "" if before.startswith("Ce") else "// ne compile pas\n"
    [found] = check(rustc, "Question ?", f"{before}\n\n{rust(comment + MAP)}", debug=False)
    assert (found.reason, found.code) == ("", "E0433")


CONTEXTS = [
    ("compile_fail,E0382", MOVED, "", "E0382"),
    ("compile_fail,E0505", MOVED, "wrong_error_code", "E0382"),
    ("compile_fail", MOVED, "", "E0422"),
    ("compile_fail,E0382", "let p = Point { x: 1 };", "should_not_compile", ""),
    ("compile_fail", "let p = Point { x: 1 };", "", "E0422"),
    ("compile_fail,E0277", 'let p = Point { x: 1 };\nlet n: i32 = "3".parse()?;', "", "E0277"),
    ("compile_fail,E0382", MAP + MOVED, "wrong_error_code", "E0433"),
]


@pytest.mark.parametrize(("attributes", "code", "reason", "error"), CONTEXTS)
def test_a_context_may_only_bring_about_the_codes_that_are_named(
    rustc: Rustc, attributes: str, code: str, reason: str, error: str
) -> None:
    answer = rust(POINT) + "\nPuis :\n\n" + rust(code, f"rust,{attributes}")
    _, found = check(rustc, "Question ?", answer, debug=False)
    assert (found.reason, found.code) == (reason, error), found.short()


@pytest.mark.parametrize(
    ("code", "claim", "reason"),
    [
        (MOVED, "C'est l'erreur E0382.", ""),
        (MOVED, "C'est l'erreur E0505.", "wrong_claim"),
        ("let p = Point { x: 1 };", "C'est l'erreur E0422, rien de plus.", ""),
    ],
)
def test_a_question_in_two_blocks(rustc: Rustc, code: str, claim: str, reason: str) -> None:
    question = f"{rust(POINT)}\nEt :\n\n{rust(code)}\nPourquoi ?"
    results = check(rustc, question, claim)
    assert [r.reason for r in results if r.reason] == [r for r in [reason] if r]


LACKING = [
    ('println!("{}", n);', ("n",)),
    ("total += 1;", ("total",)),
    ("fn f() -> Point { creer() }", ("Point", "creer")),
    ("self.solde += 1;", ("self",)),
    ("mon_enregistreur!(1);", ("mon_enregistreur",)),
    ('{ let n = 1; }\nprintln!("{n}");', ("n",)),
    ("use crate::modele::Point;\nfn f(p: Point) {}", ("modele",)),
    ("fn main() { match n { 0 => (), _ => () } }", ("n",)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("code", "names"), LACKING)
@pytest.mark.parametrize("where", ["alone", "before", "after"])
def test_what_lacks_only_names(rustc: Rustc, code: str, names: tuple[str, ...], where: str) -> None:
    """Even where the lesson binds such a name elsewhere, in a pattern or as a parameter."""
    binds = rust("fn g(total: Option<u8>, creer: u8) {\n    if let Some(n) = total { drop(n) }\n}")
    answer = {"alone": "", "before": binds}.get(where, "") + "\nPuis :\n\n" + rust(code)
    results = check(rustc, "Question ?", answer + (binds if where == "after" else ""), debug=False)
    found = results[1 if where == "before" else 0]
    assert (found.reason, found.names) == ("free_names", names), found.short()


@pytest.mark.parametrize(
    "code",
    ['let x: u8 = "a";', "struct S;\nimpl S for u8 {}", "fn f(x: &'a str) {}", "let x = n + ;"],
)
def test_what_has_another_fault(rustc: Rustc, code: str) -> None:
    [found] = check(rustc, "Question ?", rust(code), debug=False)
    assert found.reason == "does_not_compile"
