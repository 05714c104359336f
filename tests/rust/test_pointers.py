"""Where rustc points, read from what it prints."""

from curator.rust.compiler import Rustc
from curator.rust.document import Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.pointers import Pointer, pointers


def of(rustc: Rustc, code: str, label: str = "rust,compile_fail") -> tuple[Pointer, ...]:
    text = Text("answer", f"```{label}\n{code}\n```")
    [[result]] = check_documents([Document((text,))], rustc, Options())
    return result.pointers


def test_an_error_points_at_its_line_and_at_what_explains_it(rustc: Rustc) -> None:
    found = of(rustc, "fn main() {\n    let a = String::new();\n    drop(a);\n    drop(a);\n}")
    assert [(p.line, p.primary) for p in found] == [(2, False), (3, False), (4, True)]
    [row] = found[2].under
    assert row.startswith("         ^ value used here")


def test_lines_are_those_of_the_block_in_whatever_it_was_put(rustc: Rustc) -> None:
    found = of(rustc, 'let n: u8 = 1;\nlet m: u8 = "a";')
    assert [p.line for p in found] == [2]
    assert found[0].under[0].lstrip().startswith("--   ^^^ expected `u8`")
    assert found[0].under[0].index("^") == 'let m: u8 = "a";'.index('"')


def test_a_span_over_lines_is_drawn_where_it_ends(rustc: Rustc) -> None:
    code = "fn f(a: bool) -> u8 {\n    let x: u8 = if a {\n        1\n    };\n    x\n}"
    found = {p.line: p for p in of(rustc, code)}
    assert found[4].under[0].startswith("    ^ ")


def test_errors_on_one_line_are_one_pointer() -> None:
    shown = ["error: a\n |\n1 | let x;\n  |     ^ un", "error: b\n |\n1 | let x;\n  | --- deux"]
    assert pointers(shown, 0, "let x;") == (Pointer(1, True, ("    ^ un", "--- deux")),)


def test_what_is_no_line_of_the_block_is_left_out() -> None:
    shown = ["error: a\n |\n1 | autre;\n  | ^ un\n9 | let x;\n  | ^ deux"]
    assert pointers(shown, 0, "let x;") == ()
    assert pointers(["", "error: rien"], 3, "") == ()
