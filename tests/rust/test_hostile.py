"""The hostile corpus: what a malicious or broken model could write, refused or contained.

Each file says in its first line what may become of its last Rust block, and why.
"""

import re
from pathlib import Path

import pytest

from curator.rust.compiler import Rustc
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.process import Limits
from curator.rust.runner import Runner

FOLDER = Path(__file__).parent / "hostile"
FILES = sorted(FOLDER.glob("*.md"))
_EXPECT = re.compile(r"<!--\s*(run\s*;\s*)?expect:\s*([\w, ]+?)\s*(?:;\s*why:.*)?-->")
LIMITS = Limits(seconds=6)


def read(path: Path) -> tuple[str, bool, set[str]]:
    """The text of a file, whether it is to be run, and the outcomes that it may have."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        text = file.read()
    found = _EXPECT.match(text)
    assert found, f"{path.name} does not say what to expect"
    return text, bool(found.group(1)), {e.strip() for e in found.group(2).split(",")}


COMPILED = [p for p in FILES if not read(p)[1]]
EXECUTED = [p for p in FILES if read(p)[1]]


def outcome(results: list[BlockResult]) -> str:
    assert results, "no Rust block was found"
    return results[-1].reason or "passed"


def document(path: Path) -> Document:
    return Document((Text("answer", read(path)[0]),))


def test_the_corpus_is_large() -> None:
    assert len(COMPILED) >= 40
    assert len(EXECUTED) >= 10


@pytest.fixture(scope="module")
def judged() -> dict[str, list[BlockResult]]:
    """Every file of the corpus in one batch, with harmless neighbours among them."""
    documents = [document(p) for p in COMPILED]
    results = check_documents(documents, Rustc(limits=LIMITS), Options())
    return {p.name: r for p, r in zip(COMPILED, results, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("path", COMPILED, ids=lambda p: p.stem)
def test_each_is_refused_or_contained(path: Path, judged: dict[str, list[BlockResult]]) -> None:
    _, _, expected = read(path)
    assert outcome(judged[path.name]) in expected


NEIGHBOURS = {
    "fn somme(a: i32, b: i32) -> i32 { a + b }": "",
    "fn egal() -> bool { 5 == \"5\".parse().unwrap() }": "",
    "let x = 1;\nprintln!(\"{x}\");": "",
    "fn longueur(a: &str, b: &str) -> &str { a }": "does_not_compile",
    "let s = String::new();\nlet t = s;\nprintln!(\"{s}\");": "does_not_compile",
}  # fmt: skip


@pytest.mark.slow
def test_none_changes_the_verdict_of_its_neighbours() -> None:
    documents = []
    for at, path in enumerate(COMPILED):
        documents.append(document(path))
        code = list(NEIGHBOURS)[at % len(NEIGHBOURS)]
        documents.append(Document((Text("answer", f"```rust\n// {at}\n{code}\n```"),)))
    results = check_documents(documents, Rustc(limits=LIMITS), Options())
    for at in range(len(COMPILED)):
        reason = list(NEIGHBOURS.values())[at % len(NEIGHBOURS)]
        assert outcome(results[2 * at + 1]) == (reason or "passed"), COMPILED[at].name


@pytest.mark.slow
@pytest.mark.parametrize("path", EXECUTED, ids=lambda p: p.stem)
def test_each_program_is_contained(path: Path) -> None:
    _, _, expected = read(path)
    runner = Runner(running=Limits(seconds=3, memory=512 << 20, output=64 << 10))
    options = Options(runner=runner)
    [results] = check_documents([document(path)], Rustc(limits=LIMITS), options)
    assert outcome(results) in expected


@pytest.mark.parametrize("path", COMPILED, ids=lambda p: p.stem)
def test_without_a_sandbox_what_reaches_outside_is_refused(path: Path) -> None:
    text, _, expected = read(path)
    readers = re.search(r"include|option_env|asm!|#\[path|env!|extern crate|mod \w+;", text)
    if readers and "refused" in expected and expected != {"passed"}:
        from curator.rust.fake import FakeCompiler

        compiler = FakeCompiler()
        [results] = check_documents([document(path)], compiler, Options(refuse_outside=True))
        assert outcome(results) == "refused"
