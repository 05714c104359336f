"""Compiling where a machine has no sandbox: only by the user's stated choice, and never running."""

import shutil
from collections.abc import Iterator

import pytest

from curator.base.errors import CompilerError
from curator.evaluation.judging import rust_judge
from curator.filters.rust import RustFilter, RustSettings
from curator.rust import sandbox
from curator.rust.compiler import Crate, Rustc
from curator.rust.runner import Runner
from curator.rust.toolchain import installed_version
from curator.rust.unsandboxed import is_unsandboxed, judging_version, without_sandbox
from tests.conftest import ANSWER, make_example

READS = 'pub const SECRET: &str = include_str!("/etc/hostname");'


@pytest.fixture(autouse=True)
def no_sandbox_here(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(sandbox.sys, "platform", "linux")
    monkeypatch.setattr(
        sandbox.shutil, "which", lambda name, **kw: None if name == "bwrap" else which(name, **kw)
    )


@pytest.fixture
def stated() -> Iterator[None]:
    with without_sandbox():
        yield


def test_without_the_choice_nothing_is_compiled() -> None:
    with pytest.raises(CompilerError, match=r"no sandbox.*bubblewrap.*--unsandboxed"):
        RustFilter(RustSettings()).judge([make_example()])


def test_the_choice_ends_with_its_block() -> None:
    with without_sandbox(), without_sandbox():
        assert is_unsandboxed()
    assert not is_unsandboxed()
    assert judging_version() == installed_version()


@pytest.mark.usefixtures("stated")
def test_code_is_compiled_and_the_record_says_how() -> None:
    [verdict] = RustFilter(RustSettings()).judge([make_example()])
    assert verdict.passed
    assert verdict.detail.endswith(f"{installed_version()}, no sandbox")
    assert judging_version() == f"{installed_version()}, no sandbox"


@pytest.mark.usefixtures("stated")
def test_what_reaches_outside_is_refused() -> None:
    good = make_example()
    bad = make_example(answer=ANSWER.replace("fn longueur", f"{READS}\nfn longueur"))
    verdicts = RustFilter(RustSettings()).judge([good, bad])
    assert [(v.passed, v.reason) for v in verdicts] == [(True, ""), (False, "refused")]


@pytest.mark.usefixtures("stated")
def test_it_is_refused_whatever_way_it_comes() -> None:
    rustc = Rustc()
    alone = [Crate((text,), "2021", alone=True) for text in ("fn f() {}", READS, "fn g() {}")]
    shared = Crate(("pub fn f() {}", READS), "2021")
    outcomes = rustc.compile_all([*alone, shared])
    assert [(o.ok, o.problem) for o in outcomes] == [
        (True, ""),
        (False, "refused"),
        (True, ""),
        (False, "refused"),
    ]
    assert not any(o.errors for o in outcomes)


@pytest.mark.usefixtures("stated")
def test_a_block_that_should_fail_does_not_pass_by_being_refused() -> None:
    block = f"```rust,compile_fail\n{READS}\n```"
    answer = ANSWER.replace("## Explication\n", f"## Explication\n{block}\n\n")
    [verdict] = RustFilter(RustSettings()).judge([make_example(answer=answer)])
    assert verdict.reason == "refused"


@pytest.mark.usefixtures("stated")
def test_no_program_is_run() -> None:
    with pytest.raises(CompilerError, match=r"programs run in a sandbox only.*--unsandboxed"):
        Runner()
    with pytest.raises(CompilerError, match="programs run in a sandbox only"):
        RustFilter(RustSettings(run=True)).judge([make_example()])


@pytest.mark.usefixtures("stated")
def test_an_evaluation_compiles_and_runs_nothing() -> None:
    judge = rust_judge([])
    assert judge.options.runner is None
    assert judge.options.refuse_outside
    panics = '```rust\nfn main() { panic!("non"); }\n```'
    [[result]] = judge.taught([("Pourquoi ?", panics)])
    assert result.passed
    assert judge.version.endswith(", no sandbox")
