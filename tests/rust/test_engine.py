"""The engine on the real compiler: expectation, composition, and the line of an error."""

import pytest

from curator.rust.compiler import Rustc
from curator.rust.compose import Composition
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.fake import FakeCompiler


def check(rustc: Rustc, answer: str, question: str = "", debug: bool = False) -> list[BlockResult]:
    document = Document((Text("question", question), Text("answer", answer)), debug)
    [results] = check_documents([document], rustc, Options())
    return results


def check_one(rustc: Rustc, code: str, fence: str = "rust") -> BlockResult:
    [result] = check(rustc, f"Texte.\n\n```{fence}\n{code}\n```\n")
    return result


PASSING = [
    ("fn f() {}", "rust", Composition.AS_IS),
    ("fn main() { println!(\"é\"); }", "rust", Composition.AS_IS),
    ("let x = 1;\nprintln!(\"{x}\");", "rust", Composition.IN_MAIN),
    ("let s = String::new();\ndrop(s);\ndrop(s);", "rust,compile_fail,E0382", Composition.IN_MAIN),
    ("fn f(a: &str, b: &str) -> &str { a }", "rust,compile_fail,E0106", Composition.AS_IS),
    ("#[test]\nfn t() { assert_eq!(1 + 1, 2); }", "rust", Composition.AS_IS),
    ("trait T { async fn f(); }", "rust,ignore", Composition.NONE),
    ("fn f() { panic!() }", "rust,should_panic", Composition.AS_IS),
    ("let async = 1;", "rust,edition2015", Composition.IN_MAIN),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fence", "how"), PASSING)
def test_blocks_that_do_what_their_fence_says(
    rustc: Rustc, code: str, fence: str, how: Composition
) -> None:
    result = check_one(rustc, code, fence)
    assert result.passed, result.short()
    assert result.composition is how


FAILING = [
    ("let x = 1;\nlet y: u8 = \"a\";", "rust", "does_not_compile", "E0308", 5),
    ("fn f() {}\nfn g() { h(); }", "rust", "free_names", "E0425", 5),
    ("use tokio::time;", "rust", "crate_unavailable", "E0432", 4),
    ("fn f() {}", "rust,compile_fail", "should_not_compile", "", 0),
    ("let x = 1;", "rust,compile_fail,E0382", "should_not_compile", "", 0),
    ("fn f() -> u8 { 'a' }", "rust,compile_fail,E0382", "wrong_error_code", "E0308", 4),
    ("#[cfg(test)]\nmod t {\n fn f() -> u8 { 'a' }\n}", "rust", "does_not_compile", "E0308", 6),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fence", "reason", "error", "line"), FAILING)
def test_blocks_that_break_their_word(
    rustc: Rustc, code: str, fence: str, reason: str, error: str, line: int
) -> None:
    result = check_one(rustc, code, fence)
    assert (result.passed, result.reason, result.code, result.line) == (False, reason, error, line)


@pytest.mark.parametrize(
    "code",
    ["let x = 1; }\nfn g() {", "}", "fn f() {", "} mod m { fn main() {} } fn g() {", "};{", "}}}"],
)
def test_loose_braces_do_not_close_our_main(rustc: Rustc, code: str) -> None:
    assert check_one(rustc, code).reason == "does_not_compile"


def test_two_error_codes_are_not_one(rustc: Rustc) -> None:
    code = "fn f() -> u8 { 'a' }\nfn g() { h(); }"
    result = check_one(rustc, code, "rust,compile_fail,E0308")
    assert result.reason == "wrong_error_code"
    assert "E0308, E0425" in result.message


def test_an_ignored_block_costs_no_compiler_run() -> None:
    compiler = FakeCompiler()
    document = Document((Text("answer", "```rust,ignore\nx\n```"),))
    [[result]] = check_documents([document], compiler, Options())
    assert result.passed
    assert compiler.sources == []


POINT = "```rust\n#[derive(Debug)]\nstruct Point { x: i32 }\n```\n"


def test_a_block_after_earlier_ones_of_the_answer(rustc: Rustc) -> None:
    uses = '```rust\nlet p = Point { x: 1 };\n```\nPuis :\n```rust\nprintln!("{p:?}");\n```'
    found = check(rustc, POINT + uses)
    assert [r.passed for r in found] == [True] * 3
    assert [r.composition for r in found[1:]] == [Composition.AFTER_ANSWER] * 2


def test_a_block_after_the_question(rustc: Rustc) -> None:
    [_, found] = check(rustc, "```rust\nfn f(p: Point) -> i32 { p.x }\n```", question=POINT)
    assert (found.passed, found.composition) == (True, Composition.AFTER_QUESTION)


def test_the_sound_items_of_a_failing_question_count(rustc: Rustc) -> None:
    broken = "struct Point { x: i32 }\nfn f(p: Point) -> &i32 { &p.x }"
    question = f"Pourquoi E0106 ?\n\n```rust,compile_fail,E0106\n{broken}\n```"
    found = check(rustc, "```rust\nfn f(p: &Point) -> &i32 { &p.x }\n```", question, debug=True)
    assert [r.passed for r in found] == [True, True]


def test_a_later_block_may_define_a_name_again(rustc: Rustc) -> None:
    again = "```rust\nfn f() -> u8 { 1 }\n```\n```rust\nfn f() -> Point { Point { x: 2 } }\n```"
    assert all(r.passed for r in check(rustc, POINT + again))


def test_a_block_is_not_helped_by_later_ones(rustc: Rustc) -> None:
    first, _ = check(rustc, "```rust\nlet p = Point { x: 1 };\n```\n" + POINT)
    assert (first.reason, first.names) == ("free_names", ("Point",))


def test_imports_that_rustc_proposes_without_choice(rustc: Rustc) -> None:
    found = check_one(rustc, "let m: HashMap<u8, u8> = HashMap::new();")
    assert (found.passed, found.imports) == (True, ("std::collections::HashMap",))
    assert found.composition is Composition.IN_MAIN


def test_imports_that_leave_a_choice_are_the_authors(rustc: Rustc) -> None:
    found = check_one(rustc, "let o = Ordering::Less;")
    assert (found.reason, found.names) == ("free_names", ("Ordering",))


def test_traits_that_a_method_needs(rustc: Rustc) -> None:
    found = check_one(rustc, "std::io::stdout().flush().unwrap();")
    assert (found.passed, found.imports) == (True, ("std::io::Write",))


REASONS = [
    ("match msg {\n    1 => {}\n    _ => {}\n}", "free_names", ("msg",)),
    ("fn f() -> i32 {\n    ...\n}", "pseudo_code", ()),
    ("let v = [1, …];", "pseudo_code", ()),
    ("use tokio::time::sleep;\nfn main() {}", "crate_unavailable", ("tokio",)),
    ("#[tokio::main]\nasync fn main() {}", "crate_unavailable", ("tokio",)),
    ('let x: u8 = inconnu("a") + 1u16;', "free_names", ("inconnu",)),
]


@pytest.mark.parametrize(("code", "reason", "names"), REASONS)
def test_what_cannot_be_checked_has_reasons_of_its_own(
    rustc: Rustc, code: str, reason: str, names: tuple[str, ...]
) -> None:
    found = check_one(rustc, code)
    assert (found.reason, found.names) == (reason, names)


def test_an_ellipsis_in_a_text_or_a_range_is_none(rustc: Rustc) -> None:
    assert check_one(rustc, 'let s = "..."; // ...\nfor _ in 0..=3 {}').passed


@pytest.mark.parametrize(
    "code",
    ["let x = 5?;", 'let n: u8 = "5".parse()?;', 'let t = std::fs::read_to_string("a")?;'],
)
def test_a_question_mark_has_a_function_that_returns(rustc: Rustc, code: str) -> None:
    assert check_one(rustc, code).passed is (code != "let x = 5?;")


def test_await_has_an_async_function(rustc: Rustc) -> None:
    assert check_one(rustc, "async fn f() -> u8 { 1 }\nlet x: u8 = f().await;").passed


def test_hidden_lines_are_compiled(rustc: Rustc) -> None:
    assert check_one(rustc, "# let x = 1;\n#\nlet y = x + 1;\n##[allow(unused)]\nlet z = y;").passed


TODO = "// TODO: ajoute la durée de vie"
NO = "does_not_compile"
SHOWN = "```text\nerror[E0382]: borrow of moved value: `s`\n```"
MOVED = 'let s = String::new();\nlet t = s;\nprintln!("{s}");'


@pytest.mark.parametrize(
    ("before", "code", "expectation", "reason"),
    [
        ("Ce code ne compile pas :", MOVED, "fails", ""),
        ("Ce code ne compile pas :", "let x = 1;", "fails", "should_not_compile"),
        ("La version suivante est refusée :", MOVED, "fails", ""),
        ("Ceci ne compile pas. Voici la version corrigée :", "let x = 1;", "compiles", ""),
        ("Exemple :", MOVED + " // ERREUR : s est déplacée", "fails", ""),
        ("Exemple :", "// ne compile pas\n" + MOVED, "fails", ""),
        ("Exemple :", MOVED + " // error[E0382]: borrow of moved value", "fails", ""),
        ("Exemple :", MOVED + " // error[E0502]", "fails", "wrong_error_code"),
        ("Exemple :", "let x = 1;\n// let y = x + ; // ne compile pas", "compiles", ""),
        ("Exemple :", "// ERREUR :\n// let y = ;\nlet x = 1;", "compiles", ""),
        ("Exemple :", "// Erreur de saisie : None.\nlet x = 1;", "compiles", ""),
        ("À vous :", f"{TODO}\nfn f(a: &str, b: &str) -> &str {{ a }}", "compiles", NO),
        ("À vous :", "// TODO : complétez\nfn f() -> u8 { todo!() }", "compiles", ""),
        ("À vous :", f"{TODO}\nfn f(a: &str) -> &str {{ a }}", "compiles", ""),
        ("À vous :", "// TODO : gérer l'erreur proprement\nfn main() {}", "compiles", ""),
        ("Ce code ne compile pas.", MOVED, "fails", ""),
        ("Pourquoi ce code ne compile pas ?", MOVED, "fails", ""),
        ("## Un piège\nCe code ne compile pas :", MOVED, "fails", ""),
        ("Le programme échoue à la compilation (E0382) :", MOVED, "fails", ""),
        ("Voici comment corriger ce code qui ne compile pas :", "let x = 1;", "compiles", ""),
        ("Exemple :", "// ne compile pas sans `mut` :\nlet mut x = 1; x += 1;", "compiles", ""),
    ],
)  # fmt: skip
def test_what_texts_and_comments_say_of_a_block(
    rustc: Rustc, before: str, code: str, expectation: str, reason: str
) -> None:
    [found] = check(rustc, f"{before}\n\n```rust\n{code}\n```\n")
    assert (found.expectation, found.reason) == (expectation, reason)


@pytest.mark.parametrize(
    ("after", "expectation"),
    [
        ("Ce code ne compile pas, car `s` est déplacée.", "fails"),
        (f"Nous obtenons cette erreur :\n\n{SHOWN}", "fails"),
        (f"*Encart 4-6 : un déplacement*\n\nVoici l'erreur :\n\n{SHOWN}", "fails"),
        ("## Explication\nSi la valeur n'est pas du bon type, rustc la refuse.", "compiles"),
        (f"Sans `clone`, on obtiendrait :\n\n{SHOWN}", "compiles"),
        ("Mais celui-ci ne compile pas :\n\n```rust,ignore\nx\n```", "compiles"),
        (
            "> Par contre :\n> ```rust,ignore\n> x // ERREUR : types incompatibles\n> ```",
            "compiles",
        ),
    ],
)
def test_what_stands_below_a_block_says_of_it(rustc: Rustc, after: str, expectation: str) -> None:
    code = MOVED if expectation == "fails" else "let x = 1;"
    [found, *_] = check(rustc, f"Exemple :\n\n```rust\n{code}\n```\n\n{after}\n")
    assert found.expectation == expectation


def test_an_answer_that_repeats_the_error_is_not_about_its_own_code(rustc: Rustc) -> None:
    question = f"Mon essai :\n\n```rust\n{MOVED}\n```\n\n{SHOWN}"
    answer = f"Ce code ne compile pas.\n\n```rust\nlet x = 1;\n```\n\nRappel :\n\n{SHOWN}"
    asked, answered = check(rustc, answer, question)
    assert (asked.expectation, asked.passed) == ("fails", True)
    assert (answered.expectation, answered.passed) == ("compiles", True)


CLAIMS = [
    ("Pourquoi E0382 ?", "", True, ""),
    ("Pourquoi E0502 ?", "", True, "wrong_claim"),
    ("```text\nerror[E0382]: borrow of moved value\n```", "", True, ""),
    ("```text\nerror[E0502]: cannot borrow\n```", "", True, "wrong_claim"),
    ("Pourquoi ?", "C'est l'erreur E0382 ; ailleurs, ce serait E0502.", True, ""),
    ("Pourquoi ?", "C'est l'erreur E0502.", True, "wrong_claim"),
    ("Qu'est-ce ?", "C'est l'erreur `E0502`.", True, "wrong_claim"),
    ("Pourquoi ?", "Rien à dire.", True, ""),
]


@pytest.mark.parametrize(("question", "answer", "debug", "reason"), CLAIMS)
def test_claims_are_held_against_rustc(
    rustc: Rustc, question: str, answer: str, debug: bool, reason: str
) -> None:
    shown = f"{question}\n\n```rust\n{MOVED}\n```\n"
    found, fixed = check(rustc, answer + "\n\n```rust\nlet x = 1;\n```", shown, debug)
    assert (found.reason, fixed.reason) == (reason, "")
    if reason:
        assert "E0502" in found.message
        assert "E0382" in found.message


def test_a_debug_question_that_compiles_makes_its_claim_false(rustc: Rustc) -> None:
    question = "J'obtiens E0382 :\n\n```rust\nlet x = 1;\n```"
    found, _ = check(rustc, "```rust\nlet y = 1;\n```", question, debug=True)
    assert found.reason == "wrong_claim"
    assert "no error" in found.message


def test_only_accepted_compositions_count(rustc: Rustc) -> None:
    document = Document((Text("answer", "```rust\nlet x = 1;\n```"),))
    strict = Options(accept=frozenset({Composition.AS_IS}))
    [[found]] = check_documents([document], rustc, strict)
    assert found.reason == "does_not_compile"


def test_imports_may_be_left_to_the_author(rustc: Rustc) -> None:
    document = Document((Text("answer", "```rust\nlet m: HashMap<u8, u8> = HashMap::new();\n```"),))
    [[found]] = check_documents([document], rustc, Options(imports=False))
    assert (found.reason, found.names) == ("free_names", ("HashMap",))
