import random
import re
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from curator.rust import fence
from curator.rust.check import check_files
from curator.rust.compiler import Rustc
from curator.rust.document import Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.expect import Expectation
from curator.rust.runner import Runner
from curator.rust.toolchain import find_toolchain
from curator.text.markdown import Block, blocks


def block(info: str, code: str = "let x: u8 = 1;") -> Block:
    [found] = blocks(f"```{info}\n{code}\n```\n")
    return found


@pytest.mark.parametrize(
    ("info", "meant"),
    [
        ("rust,compile-fail", "compile_fail"),
        ("rust,compilefail", "compile_fail"),
        ("rust,compile_fails", "compile_fail"),
        ("rust should-panic", "should_panic"),
        ("rust,norun", "no_run"),
        ("rust,no-run", "no_run"),
        ("rust,ignored", "ignore"),
        ("rust,editon2021", "edition2021"),
        ("rust,rust2018", "edition2018"),
        ("rust,compile_fail,E382", "E0382"),
        ("rust,compile_fail,e0382", "E0382"),
        ("rust,test-harness", "test_harness"),
    ],
)
def test_a_misspelt_attribute_gets_a_hint(info: str, meant: str) -> None:
    assert fence.fence_hint(block(info)).endswith(f"did you mean `{meant}`?")


@pytest.mark.parametrize(
    "info",
    [
        "rust",
        "rs",
        "rust,editable",
        "rust,no_run,noplayground",
        "rust,mdbook-runnable",
        "rust,edition2024,ignore-x86_64",
        "rust,ignore-wasm",
        "rust,compile_fail,E0382",
        "rust,ignore (pas encore prêt)",
        "rust,edition2027",
        'rust title="main.rs"',
        "rust,hidelines=#",
        "rust,linenos",
        "rust{1,3}",
        "{.rust .numberLines}",
        "rust,should_fail",
    ],
)
def test_other_attributes_get_none(info: str) -> None:
    assert fence.fence_hint(block(info)) == ""


@pytest.mark.parametrize("info", ["Rust", "RUST,ignore", "rust:src/main.rs"])
def test_what_rustdoc_does_not_take_for_rust(info: str) -> None:
    found = block(info)
    assert fence.is_foreign(found)
    assert fence.fence_hint(found).endswith("is not Rust to rustdoc: write `rust`")


@pytest.mark.parametrize("info", ["rust", "rs", "{.rust}", "editable,rust", "compile_fail"])
def test_what_it_does(info: str) -> None:
    assert not fence.is_foreign(block(info))


def test_ignored_on_this_target_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "_target", lambda: "x86_64-unknown-linux-gnu")
    ignored = ["rust,ignore", "rust,ignore-x86_64", "rust,edition2024,ignore-linux", "ignore-gnu"]
    tested = ["rust", "rust,ignore-wasm", "rust,ignore-aarch64", "rust,ignore-"]
    assert all(fence.is_ignored(block(info)) for info in ignored)
    assert not any(fence.is_ignored(block(info)) for info in tested)


@pytest.mark.parametrize(
    ("system", "machine", "target"),
    [("Darwin", "arm64", "aarch64-apple-darwin"), ("Linux", "AMD64", "x86_64-unknown-linux-gnu")],
)
def test_the_target_of_a_machine(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, target: str
) -> None:
    monkeypatch.setattr(fence.platform, "system", lambda: system)
    monkeypatch.setattr(fence.platform, "machine", lambda: machine)
    assert fence._target.__wrapped__() == target


def test_a_page_is_read_as_rustdoc_reads_it_and_a_record_is_not_let_off(rustc: Rustc) -> None:
    wrong = '```Rust\nlet x: u8 = "non";\n```\n'
    page, record = (Document((Text(role, wrong),)) for role in ("text", "answer"))
    [[passed_over], [refused]] = check_documents([page, record], rustc, Options())
    assert passed_over.expectation is Expectation.IGNORED
    assert passed_over.passed
    assert refused.reason == "does_not_compile"
    assert passed_over.hint == refused.hint == "`Rust` is not Rust to rustdoc: write `rust`"


SAID_BY_RUSTDOC = {
    "struct P { x: u8 };\nlet p = P { x: 1 };": True,
    "struct P { x: u8 };\nfn f(p: P) -> u8 { p.x }": True,
    "struct P { x: u8 };\nfn main() { let p = P { x: 1 }; assert_eq!(p.x, 1); }": True,
    'struct P { x: u8 };\nfn main() { let p = P { x: "1" }; }': False,
    '#![crate_name = "x"]\nfn main() {}': True,
    '#![crate_name = "x"]\nlet a = 1;': True,
    '#![crate_name = "x"]\n#![crate_type = "lib"]\n#![warn(missing_docs)]': True,
    '#![recursion_limit = "1"]\n(|_: &u8| {})(&&&1);': False,
    '#![recursion_limit = "128"]\nlet a = 1;': True,
    "#![allow(dead_code)]\nlet a: u8 = 1;": True,
    '// Titre\n#![allow(\n    dead_code,\n)]\nlet a: u8 = "";': False,
    "#![feature(never_type)]\nlet a = 1;": False,
    "#[macro_use]\nextern crate alloc;\nlet a = alloc::vec::Vec::<u8>::new();": True,
    "extern crate alloc;\nuse alloc::vec::Vec;\nlet a: Vec<u8> = Vec::new();": True,
    "//! Une crate\nlet a = 1;": True,
    "#!/usr/bin/env rust\nfn main() {}": True,
}


@pytest.mark.slow
@pytest.mark.parametrize("code", SAID_BY_RUSTDOC)
def test_crate_attributes_and_loose_semicolons(rustc: Rustc, code: str) -> None:
    document = Document((Text("text", f"```rust\n{code}\n```\n"),))
    [[result]] = check_documents([document], rustc, Options())
    assert result.passed is SAID_BY_RUSTDOC[code]


def test_lines_stay_where_they_are(rustc: Rustc) -> None:
    code = '#![recursion_limit = "64"]\nextern crate alloc;\nlet x = 1;\nlet y: u8 = "non";\n'
    document = Document((Text("text", f"Texte.\n\n```rust\n{code}```\n"),))
    [[result]] = check_documents([document], rustc, Options())
    assert (result.code, result.line) == ("E0308", 7)


def test_an_import_comes_below_the_attributes_of_the_crate(rustc: Rustc) -> None:
    code = (
        '#![allow(dead_code)]\nfn f() -> HashMap<u8, u8> { HashMap::new() }\nfn g() -> u8 { "" }\n'
    )
    good, bad = code.rsplit("fn g", 1)[0], code
    texts = [Document((Text("text", f"```rust\n{part}```\n"),)) for part in (good, bad)]
    [[passes], [fails]] = check_documents(texts, rustc, Options())
    assert (passes.passed, passes.imports) == (True, ("std::collections::HashMap",))
    assert (fails.code, fails.line) == ("E0308", 4)


def test_attributes_in_a_later_block_are_those_of_the_crate(rustc: Rustc) -> None:
    text = "```rust\nstruct P;\n```\n\n```rust\n#![allow(unused)]\nlet p = P;\n```\n"
    [results] = check_documents([Document((Text("text", text),))], rustc, Options())
    assert [r.passed for r in results] == [True, True]


def test_a_program_without_main_is_a_program(rustc: Rustc) -> None:
    code = "#![no_main]\n#![no_std]\nuse core::panic::PanicInfo;\n\n#[panic_handler]\n"
    code += "fn panic(_: &PanicInfo) -> ! {\n    loop {}\n}\n"
    document = Document((Text("text", f"```rust,compile_fail\n{code}```\n"),))
    [[result]] = check_documents([document], rustc, Options())
    assert result.passed  # unwinding needs std: rustdoc is content, too


def test_code_in_a_comment_is_not_judged(tmp_path: Path, rustc: Rustc) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        '<!--\n```rust\nlet x: u8 = "a";\n```\n-->\n\n```rust\nfn main() {}\n```\n'
        '\n- item\n  <!-- x\n\n  ```rust\n  let x: u8 = "b";\n  ```\n  -->\n'
    )
    [checked] = check_files([path], rustc, Options())
    assert (checked.document()["line"], checked.result.passed) == (7, True)


def test_each_thing_that_is_lifted_is_lifted_once() -> None:
    from curator.rust.hoist import lift

    root, [first, second] = lift(["#![allow(a)]\nlet x = 1;", "#![allow(a)]\nextern crate b;\n"])
    assert root == "#![allow(a)] extern crate b; "
    assert (first, second) == ("            \nlet x = 1;", "            \n               \n")
    untouched = 'fn f() { #![a] }\nmod m { extern crate z; }\nlet s = "#![y]";\n'
    assert lift([untouched]) == ("", [untouched])


_ROWS = (
    "<!--", "-->", "<!-- x -->", "   <!--", "    <!--", "texte <!-- y", "<!-->", "fin -->", "texte",
    "```rust", "```", "~~~rust", "~~~", "````rust", "````", "  ```rust", "  ```", "    ```rust",
    "- item", "  - sous", "1. a", "   ```rust", "   ```", "> ```rust", "> ```", "> <!--", "> -->",
    "> q", "\tx", "- ```rust", "", "",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_rustdoc_sees_the_same_blocks(tmp_path: Path, seed: int) -> None:
    rustdoc = find_toolchain().rustc.with_name("rustdoc")
    if not rustdoc.is_file():
        pytest.skip("no rustdoc beside this rustc")
    choose = random.Random(seed)
    text = "\n".join(choose.choice(_ROWS) for _ in range(choose.randint(4, 16))) + "\n"
    end = choose.choice(["\n", "\r\n"])
    (tmp_path / "a.md").write_text(text, newline=end)
    command = [str(rustdoc), "--test", "a.md", "--test-args", "--list"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    theirs = {int(line) for line in re.findall(r"\(line (\d+)\): test$", done.stdout, re.MULTILINE)}
    assert _as_rustdoc_would(text) == theirs


def _as_rustdoc_would(text: str) -> set[int]:
    """List our blocks, and those that are Rust to rustdoc alone: indented, or of no language."""
    indented = MarkdownIt("commonmark", {"html": True}).parse(text)
    lines = {t.map[0] + 1 for t in indented if t.type == "code_block" and t.map}
    return lines | {b.line - 1 for b in blocks(text) if b.is_rust or not b.language}


def test_a_program_that_names_its_crate_runs(rustc: Rustc) -> None:
    code = '#![crate_name = "salut"]\nfn main() {\n    println!("{}", module_path!());\n}\n'
    text = f"```rust\n{code}```\n\n```text\nsalut\n```\n\n```rust\n// affiche : main\n"
    text += 'fn main() {\n    println!("{}", module_path!());\n}\n```\n'
    options = Options(runner=Runner())
    [results] = check_documents([Document((Text("text", text),))], rustc, options)
    assert [r.reason for r in results] == ["", ""]


def test_a_main_beside_a_statement_is_run(rustc: Rustc) -> None:
    code = 'struct P { x: u8 };\nfn main() {\n    println!("{}", P { x: 1 }.x); // affiche : 2\n}\n'
    document = Document((Text("text", f"```rust\n{code}```\n"),))
    [[result]] = check_documents([document], rustc, Options(runner=Runner()))
    assert result.reason == "run_wrong_output"
