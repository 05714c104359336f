"""What benchmarks/agreement.py reads of rustdoc, and what it makes of two verdicts."""

from pathlib import Path

import pytest

from benchmarks import agreement
from benchmarks.agreement import Rustdoc, Tally, Truth, compare, prepare, read_truth
from curator.rust.compiler import Extern, Rustc
from curator.rust.document import PAGE, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.toolchain import find_toolchain

SAID = """
running 5 tests
test page.md - Titre (line 3) ... ok
test page.md - (line 9) - compile fail ... FAILED
test page.md - A::b (line 14) ... ignored
test page.md - (line 20) ... FAILED
test page.md - (line 30) ... FAILED

failures:

---- page.md - (line 9) stdout ----
Test compiled successfully, but it's marked `compile_fail`.
---- page.md - (line 20) stdout ----
error[E0308]: mismatched types
 --> page.md:21:13

error: aborting due to 1 previous error

Couldn't compile the test.
---- page.md - (line 30) stdout ----
Test executable failed (exit status: 101).

failures:
    page.md - (line 9)
"""


def test_what_rustdoc_says() -> None:
    ran = Truth(30, "run", "run")
    common = [
        Truth(3),
        Truth(9, "compiles", "compiles"),
        Truth(14, ignored=True),
        Truth(20, "compile", "error[E0308]: mismatched types"),
    ]
    assert read_truth(SAID, run=True) == [*common, ran]
    assert read_truth(SAID, run=False) == [*common, Truth(30)]


PAGE_TEXT = """
```rust
let x: u8 = 1;
```

```rust,editable,compile_fail
let x: u8 = "a";
```

```rust
let x: u8 = "b";
```

```rust,ignore
let x: u8 = "c";
```

```rs
let x: u8 = "d";
```

    let x: u8 = "indented";

```
let x: u8 = "plain";
```

```rust
{{#include none.rs}}
```

Ce code ne compile pas :

```rust
let x: u8 = "e";
```
"""


def test_what_each_side_is_asked() -> None:
    page = prepare("a.md", PAGE_TEXT)
    rows = page.asked.split("\n")
    assert rows[1] == "```rust,standalone_crate"
    assert rows[5] == "```rust,standalone_crate,editable,compile_fail"
    assert rows[13] == "```rust,standalone_crate,ignore"
    assert (rows[17], rows[21], rows[23], rows[27]) == ("```rs", "", "```text", "```text")
    assert page.left_out == {"indented code": 1, "no language": 1, "include that is not there": 1}
    assert page.text.count("\n") == page.asked.count("\n") == PAGE_TEXT.count("\n")


@pytest.mark.parametrize(
    ("fence", "asked"),
    [
        ("```rust editable", "```rust,standalone_crate editable"),
        ("~~~rust", "~~~rust,standalone_crate"),
        ("> ```editable,rust", "> ```editable,rust,standalone_crate"),
        ("```compile_fail", "```standalone_crate,compile_fail"),
        ("```{.rust}", "```standalone_crate,{.rust}"),
        ("```Rust", "```Rust"),
        ("```rust:main.rs", "```rust:main.rs"),
    ],
)
def test_a_crate_of_its_own(fence: str, asked: str) -> None:
    assert agreement._standalone(fence) == asked


def test_both_sides_block_by_block(
    rustc: Rustc, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not find_toolchain().rustc.with_name("rustdoc").is_file():
        pytest.skip("no rustdoc beside this rustc")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tally = agreement.agreement(
        [prepare("a.md", PAGE_TEXT)], Rustdoc("2021", Extern(), False, False), narrow=False
    )
    assert (tally.agreed, tally.differences, tally.failures) == (4, [], [])
    assert [(d.kind, d.line, d.reason) for d in tally.alone] == [
        ("not_tested", 18, "does_not_compile")
    ]
    assert tally.left_out["ignored"] == 1
    [kept] = (tmp_path / "rustsensei-curator" / "agreement").iterdir()
    before = kept.stat().st_mtime_ns
    again = agreement.agreement(
        [prepare("a.md", PAGE_TEXT)], Rustdoc("2021", Extern(), False, False), narrow=False
    )
    assert (again.agreed, kept.stat().st_mtime_ns) == (4, before)


def compared(rustc: Rustc, code: str, truths: list[Truth]) -> Tally:
    text = f"```rust\n{code}\n```\n"
    [results] = check_documents([Document((Text(PAGE, text),))], rustc, Options())
    return compare(prepare("a.md", text), results, truths)


def test_each_kind_of_difference(rustc: Rustc) -> None:
    good, bad = "let x: u8 = 1;", 'let x: u8 = "a";'
    refuses = [Truth(1, "compile", "error")]
    kinds = {
        "false_accept": compared(rustc, good, refuses),
        "false_reject": compared(rustc, bad, [Truth(1)]),
        "not_judged": compared(rustc, good, [Truth(1), Truth(9)]),
    }
    for kind, tally in kinds.items():
        assert [d.kind for d in tally.differences] == [kind]
    assert kinds["not_judged"].share == 50
    assert compared(rustc, good, [Truth(1)]).share == 100
    assert compared(rustc, bad, refuses).share == 100
    assert compared(rustc, bad, [Truth(1, ignored=True)]).left_out["ignored"] == 1


def test_a_table_for_the_docs(rustc: Rustc, tmp_path: Path) -> None:
    tally = compared(rustc, "let x: u8 = 1;", [Truth(1, "compile", "error[E0000]: non")])
    table = agreement._markdown(tmp_path, "2021", tally)
    assert f"| {tmp_path.name} | 2021 | 1 | 0.00 % | 1 | 0 | 0 | 0 |  |" in table
    assert "- `a.md:1`, false_accept: ours: passes" in table
