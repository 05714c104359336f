"""The engine on the real compiler: expectation, composition, and the line of an error."""

import pytest

from curator.answer import Block, blocks
from curator.rust.compiler import Rustc
from curator.rust.engine import Composition, check_block, check_blocks
from curator.rust.fake import FakeCompiler


def block(code: str, fence: str = "rust") -> Block:
    return blocks(f"Texte.\n\n```{fence}\n{code}\n```\n")[0]


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
    result = check_block(block(code, fence), rustc, "2021")
    assert result.passed, result.short()
    assert result.composition is how


FAILING = [
    ("let x = 1;\nlet y: u8 = \"a\";", "rust", "does_not_compile", "E0308", 5),
    ("fn f() {}\nfn g() { h(); }", "rust", "does_not_compile", "E0425", 5),
    ("use tokio::time;", "rust", "does_not_compile", "E0432", 4),
    ("fn f() {}", "rust,compile_fail", "should_not_compile", "", 0),
    ("let x = 1;", "rust,compile_fail,E0382", "should_not_compile", "", 0),
    ("fn f() -> u8 { 'a' }", "rust,compile_fail,E0382", "wrong_error_code", "E0308", 4),
    ("#[cfg(test)]\nmod t {\n fn f() -> u8 { 'a' }\n}", "rust", "does_not_compile", "E0308", 6),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fence", "reason", "error", "line"), FAILING)
def test_blocks_that_break_their_word(
    rustc: Rustc, code: str, fence: str, reason: str, error: str, line: int
) -> None:
    result = check_block(block(code, fence), rustc, "2021")
    assert (result.passed, result.reason, result.code, result.line) == (False, reason, error, line)


@pytest.mark.parametrize(
    "code",
    ["let x = 1; }\nfn g() {", "}", "fn f() {", "} mod m { fn main() {} } fn g() {"],
)
def test_loose_braces_do_not_close_our_main(rustc: Rustc, code: str) -> None:
    assert check_block(block(code), rustc, "2021").reason == "does_not_compile"


def test_two_error_codes_are_not_one(rustc: Rustc) -> None:
    code = "fn f() -> u8 { 'a' }\nfn g() { h(); }"
    result = check_block(block(code, "rust,compile_fail,E0308"), rustc, "2021")
    assert result.reason == "wrong_error_code"
    assert "E0308, E0425" in result.message


def test_results_come_in_the_order_of_the_blocks(rustc: Rustc) -> None:
    given = [block(f"const X: u8 = {i * 64};") for i in range(6)]
    found = check_blocks(given, rustc, "2021")
    assert [r.passed for r in found] == [True, True, True, True, False, False]
    assert [r.block for r in found] == given


def test_an_ignored_block_costs_no_compiler_run() -> None:
    compiler = FakeCompiler()
    check_block(block("x", "rust,ignore"), compiler, "2021")
    assert compiler.sources == []
