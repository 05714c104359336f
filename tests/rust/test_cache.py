"""A second run over unchanged data asks rustc nothing."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from curator.base.errors import StoreError
from curator.rust.cache import Cache, compile_cached
from curator.rust.compiler import Compilation, Crate, Diagnostic, Rustc
from curator.rust.document import Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.fake import FakeCompiler
from curator.rust.process import Completed
from curator.rust.runner import Runner
from curator.rust.unit import Unit


def says(text: str) -> Compilation:
    if "slow" in text:
        return Compilation(False, problem="time")
    wrong = Diagnostic("E0308", "mismatched types", 1, imports=("std::fmt",))
    return Compilation(False, (wrong,)) if "bad" in text else Compilation(True)


def test_what_was_said_is_kept(tmp_path: Path) -> None:
    units = [Unit("fn good() {}", "2021"), Unit("fn bad() {}", "2021")]
    first, second = FakeCompiler(says), FakeCompiler(says)
    cache = Cache(tmp_path / "c.sqlite")
    said = compile_cached(units, first, cache)
    assert [s.ok for s in said] == [True, False]
    assert compile_cached(units, second, Cache(tmp_path / "c.sqlite")) == said
    assert second.sources == []


def test_another_edition_or_compiler_is_another_question(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c.sqlite")
    compile_cached([Unit("fn a() {}", "2021")], FakeCompiler(says), cache)
    asked = FakeCompiler(says)
    compile_cached([Unit("fn a() {}", "2018")], asked, cache)
    newer = FakeCompiler(says, version="rustc 2.0.0")
    compile_cached([Unit("fn a() {}", "2021")], newer, cache)
    assert (len(asked.sources), len(newer.sources)) == (1, 1)


def test_what_ended_at_a_limit_is_asked_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c.sqlite")
    text = "fn main() { slow() }"
    compile_cached([Unit(text, "2021")], FakeCompiler(says), cache)
    again = FakeCompiler(says)
    compile_cached([Unit(text, "2021")], again, cache)
    assert again.sources == [text]


@dataclass(frozen=True)
class CountingRunner(Runner):
    """The real one, which counts how often it is asked."""

    asked: list[str] = field(default_factory=list)

    def build_many(self, crate: Crate, folder: Path) -> Completed:
        self.asked.extend(crate.programs)
        return super().build_many(crate, folder)


def test_a_program_is_run_once(tmp_path: Path, rustc: Rustc) -> None:
    text = '```rust\nprintln!("{}", 1 + 1); // affiche : 3\n```'
    document = Document((Text("answer", text),))
    runner = CountingRunner()
    options = Options(cache=Cache(tmp_path / "c.sqlite"), runner=runner)
    first = check_documents([document], rustc, options)
    assert first[0][0].reason == "run_wrong_output"
    assert check_documents([document], rustc, options) == first
    assert len(runner.asked) == 1


def test_a_broken_cache_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"no database, but long enough to be taken for one" * 20)
    with pytest.raises(StoreError, match=r"c\.sqlite: cannot keep results.*delete this file"):
        Cache(path)


def test_the_same_text_twice_is_compiled_once() -> None:
    compiler = FakeCompiler(says)
    compile_cached([Unit("fn main() {}", "2021")] * 3, compiler, None)
    assert compiler.sources == ["fn main() {}"]


def test_a_second_check_of_documents_compiles_nothing(tmp_path: Path) -> None:
    text = "```rust\nlet x = 1;\n```\n```rust\nfn bad() {}\n```"
    document = Document((Text("answer", text),))
    options = Options(cache=Cache(tmp_path / "c.sqlite"))
    first = check_documents([document], FakeCompiler(says), options)
    again = FakeCompiler(says)
    assert check_documents([document], again, options) == first
    assert again.sources == []


def test_a_module_that_stops_the_run_is_found_by_halving() -> None:
    units = [Unit(f"fn f{i}() {{}}", "2021") for i in range(7)] + [Unit("fn slow() {}", "2021")]
    compiler = FakeCompiler(says)
    said = compile_cached(units, compiler, None)
    assert [s.problem for s in said] == [""] * 7 + ["time"]
