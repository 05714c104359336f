import os
from pathlib import Path

import pytest

from curator.rust import includes
from curator.rust.check import check_files, check_markdown, check_paths
from curator.rust.compiler import Rustc
from curator.rust.document import Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.includes import expand, missing_include

CODE = """// ANCHOR: types
struct P { x: u8 }
// ANCHOR_END: types

// ANCHOR: body
fn main() {
    // ANCHOR: inner
    let p = P { x: 1 };
    // ANCHOR_END: inner
    assert_eq!(p.x, 1);
}
// ANCHOR_END: body
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    (folder / "src").mkdir(parents=True)
    (folder / "main.rs").write_text(CODE)
    (folder / "src" / "part.rs").write_text(CODE)
    return folder


def brought(book: Path, directive: str, fence: str = "rust") -> str:
    page = expand(f"```{fence}\n{{{{{directive}}}}}\n```\n", book / "src" / "a.md", book)
    return page.text.split("\n", 1)[1].rsplit("\n```", 1)[0]


@pytest.mark.parametrize(
    ("part", "lines"),
    [
        ("", range(1, 13)),
        (":2", [2]),
        (":2:3", [2, 3]),
        (":11:", [11, 12]),
        (":11:99", [11, 12]),
        ("::2", [1, 2]),
        (":types", [2]),
        (":inner", [8]),
        (":body", [6, 8, 10, 11]),
    ],
)
def test_the_parts_of_a_file(book: Path, part: str, lines: list[int]) -> None:
    rows = CODE.split("\n")
    wanted = "\n".join(rows[line - 1] for line in lines)
    assert brought(book, f"#include part.rs{part}") == wanted
    assert brought(book, f" #include ../main.rs{part} ") == wanted


def test_rustdoc_include_hides_the_rest(book: Path) -> None:
    rows = brought(book, "#rustdoc_include part.rs:inner").split("\n")
    assert rows == [
        "# struct P { x: u8 }",
        "#",
        "# fn main() {",
        "    let p = P { x: 1 };",
        "#     assert_eq!(p.x, 1);",
        "# }",
    ]
    by_lines = brought(book, "#rustdoc_include part.rs:8").split("\n")
    assert by_lines[7] == "    let p = P { x: 1 };"
    assert by_lines[0] == "# // ANCHOR: types"
    assert len(by_lines) == 12


def test_a_playground_is_a_block_of_its_own(book: Path) -> None:
    page = expand("a\n\n{{#playground part.rs editable}}\n", book / "src" / "a.md", book)
    rows = page.text.split("\n")
    assert (rows[2], rows[15]) == ("````rust,editable", "````")
    assert rows[3:15] == CODE.split("\n")[:-1]


def test_lines_are_those_of_the_page(book: Path, rustc: Rustc) -> None:
    wrong = '{{#rustdoc_include part.rs:types}}\nconst C: u8 = "non";'
    text = f"# T\n\n```rust\n{wrong}\n```\n\n> ```rust\n> {{{{#include part.rs:inner}}}}\n> ```\n"
    page = book / "src" / "a.md"
    page.write_text(f'{text}\n```rust\nlet x: u8 = "non";\n```\n')
    first, second, third = (c.document() for c in check_files([page], rustc, Options()))
    assert (first["line"], first["error_line"], first["code"]) == (3, 5, "E0308")
    assert (second["line"], second["passed"]) == (8, True)  # P is in the block before
    assert (third["line"], third["error_line"]) == (12, 13)


@pytest.mark.parametrize(
    "path",
    ["none.rs", "../../secret.rs", "/etc/hostname", "..", ".", "out.rs", "outside/secret.rs",
     "big.rs", "bytes.rs", "loop.rs", "pipe", "x" * 300, "~/secret.rs"],
)  # fmt: skip
def test_what_is_not_read_is_named(
    tmp_path: Path, book: Path, rustc: Rustc, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(includes, "LARGEST", 5000)
    (tmp_path / "secret.rs").write_text("fn main() {}\n")
    source = book / "src"
    (source / "out.rs").symlink_to(tmp_path / "secret.rs")
    (source / "outside").symlink_to(tmp_path)
    (source / "big.rs").write_text("fn f() {}\n" * 600)
    (source / "bytes.rs").write_bytes(b"fn f() {}\xff\xfe")
    (source / "loop.rs").symlink_to(source / "loop.rs")
    os.mkfifo(source / "pipe")
    text = f"```rust\n{{{{#include {path}:1:3}}}}\n```\n"
    page = expand(text, source / "a.md", book)
    assert page.text == text
    documents = [Document((Text("text", page.text),))]
    [[result]] = check_documents(documents, rustc, Options())
    assert result.reason == "include_missing"
    assert result.message == f"`{path}:1:3` cannot be read here"


def test_a_playground_that_is_not_there_is_named(book: Path, rustc: Rustc) -> None:
    page = book / "src" / "a.md"
    page.write_text("# T\n\n{{#playground none.rs}}\n")
    [checked] = check_files([page], rustc, Options())
    assert (checked.result.reason, checked.document()["line"]) == ("include_missing", 3)


def test_only_where_there_is_rust(book: Path) -> None:
    page = book / "src" / "a.md"
    texts = (
        "{{#include part.rs}}\n",
        "```text\n{{#include part.rs}}\n```\n",
        "```rust\n\\{{#include part.rs}}\n```\n",
        '```rust\nlet s = "{{#include part.rs}}";\n```\n',
        "```rust\n{{#title Un titre}}\n```\n",
        "```rust\n{{#playground part.rs}}\n```\n",
    )
    for text in texts:
        assert expand(text, page, book).text == text


def test_the_book_is_that_of_its_toml(tmp_path: Path, book: Path) -> None:
    assert includes.book_of(book / "src") == book / "src"
    assert includes.book_of(book / "src" / "a.md") == book / "src"
    (book / "book.toml").touch()
    assert includes.book_of(book / "src").samefile(book)
    page = book / "src" / "a.md"
    page.write_text("```rust\n{{#include ../main.rs}}\n```\n")
    assert not check_paths([book / "src"]).failed
    (book / "book.toml").unlink()
    [checked] = check_paths([book / "src"]).checked
    assert checked.result.reason == "include_missing"
    assert not check_paths([book]).failed


def test_all_that_a_page_includes_is_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(includes, "LARGEST", 3 * len(CODE))
    text = "```rust\n" + "{{#include part.rs}}\n" * 10 + "```\n"
    page = expand(text, book / "src" / "a.md", book)
    assert page.text.count("fn main") == 3
    assert missing_include(page.text) == "part.rs"
    assert page.lines[:14] == (1, *[2] * 12, 3)


def test_a_text_or_a_record_reads_no_file(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book / "src")
    [result] = check_markdown("```rust\n{{#include part.rs}}\n```\n")
    assert result.reason == "include_missing"
