import json
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import BrokenLine, DataError
from curator.rust import check as checking
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from tests.conftest import make_example

GOOD_AND_BAD = """# Titre

```rust
fn main() {}
```

Du texte.

```rust
let x: u8 = "non";
```

```text
pas du Rust
```
"""


def test_markdown(tmp_path: Path, rustc: Rustc) -> None:
    path = tmp_path / "a.md"
    path.write_text(GOOD_AND_BAD)
    good, bad = checking.check_files([path], rustc, Options())
    assert (good.document()["line"], good.document()["passed"]) == (3, True)
    found = bad.document()
    assert found["file"] == str(path)
    assert (found["line"], found["error_line"], found["code"]) == (9, 10, "E0308")
    assert found["reason"] == "does_not_compile"
    totals = checking.totals([good, bad])
    assert totals == {"blocks": 2, "passed": 1, "failed": 1, "reasons": {"does_not_compile": 1}}


def test_records_and_chat(tmp_path: Path, rustc: Rustc) -> None:
    path = tmp_path / "a.jsonl"
    example = make_example()
    turn = {"role": "assistant", "content": "```rust\nfn f() {}\n```"}
    chat = json.dumps({"messages": [turn]}).encode()
    path.write_bytes(store.encode(example) + chat + b"\n")
    ours, theirs = (c.document() for c in checking.check_files([path], rustc, Options()))
    assert (ours["record"], ours["role"]) == (example.id, "answer")
    assert (theirs["record"], theirs["role"]) == ("line 2", "answer")


@pytest.mark.parametrize("line", ["{", "3", '{"a": 1}'])
def test_a_line_that_is_no_record(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(BrokenLine, match=r"a\.jsonl:1"):
        list(checking.documents(path))


@pytest.mark.parametrize("name", ["none.md", "a.txt", "bytes.md"])
def test_a_file_that_cannot_be_checked(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=name):
        list(checking.documents(tmp_path / name))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_change_no_verdict(tmp_path: Path, rustc: Rustc, end: str) -> None:
    path = tmp_path / "a.jsonl"
    turns = [
        {"role": "assistant", "content": text}
        for text in (GOOD_AND_BAD, "\ufeff" + GOOD_AND_BAD.replace("\n", end))
    ]
    path.write_text("".join(json.dumps({"messages": [turn]}) + "\n" for turn in turns))
    checked = [c.document() for c in checking.check_files([path], rustc, Options())]
    half = len(checked) // 2
    assert [{**c, "record": "line 2"} for c in checked[:half]] == checked[half:]


def test_a_byte_order_mark_hides_no_block(tmp_path: Path, rustc: Rustc) -> None:
    path = tmp_path / "a.md"
    path.write_text("```rust\nfn main() {}\n```\n", encoding="utf-8-sig", newline="\r\n")
    [checked] = checking.check_files([path], rustc, Options())
    assert (checked.result.passed, checked.document()["line"]) == (True, 1)
