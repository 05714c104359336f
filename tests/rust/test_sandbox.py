"""The sandbox, for real: what hostile source text can reach, and where it is stopped."""

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import CompilerError
from curator.rust import sandbox as boxes
from curator.rust.compiler import Compilation, Crate, Rustc
from curator.rust.process import Limits
from curator.rust.sandbox import find_sandbox, seatbelt_profile
from curator.rust.toolchain import Toolchain, find_toolchain
from tests.conftest import processes

LOOP = "const N: u64 = { let mut i = 0u64; while i < u64::MAX { i += 1; } i };\n"
ENDLESS = f"#![allow(long_running_const_eval)]\n{LOOP}pub static S: u64 = N;"


def compile_with(source: str, **limits: int) -> Compilation:
    return compile_one(Rustc(limits=Limits(**limits)), source)


def compile_one(rustc: Rustc, source: str) -> Compilation:
    return rustc.compile(Crate((source,), "2021", alone=True))


def said(compilation: Compilation) -> str:
    return " ".join(d.message for d in compilation.errors)


def test_rustc_runs_in_it(rustc: Rustc) -> None:
    rustc.prove()


def test_no_file_of_the_machine_is_seen(rustc: Rustc, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("let mot_de_passe = 42;")
    for path in (secret, "/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/cpuinfo"):
        result = compile_one(rustc, f'const S: &[u8] = include_bytes!("{path}");')
        assert not result.ok
        assert "No such file" in said(result)


def test_the_source_of_another_run_is_not_seen(rustc: Rustc) -> None:
    first = compile_one(rustc, "pub fn f() {}")
    again = compile_one(rustc, 'include!("block.rmeta");')
    assert first.ok
    assert not again.ok


@pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap clears it; sandbox-exec has none")
def test_the_environment_is_empty(rustc: Rustc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATOR_SECRET", "42")
    for name in ("CURATOR_SECRET", "HOME", "PATH"):
        result = compile_one(rustc, f'pub const S: &str = env!("{name}");')
        assert "not defined" in said(result)


@pytest.mark.slow
def test_endless_evaluation_is_stopped() -> None:
    start = time.monotonic()
    assert compile_with(ENDLESS, seconds=2).problem == "time"
    assert time.monotonic() - start < 60


@pytest.mark.slow
def test_memory_is_bounded() -> None:
    doubling = "macro_rules! m { ($($t:tt)*) => { m!{$($t)* $($t)*} } }\nm!{a}"
    result = compile_with(doubling, memory=1 << 30)
    assert not result.ok
    assert result.problem in ("memory", "crash")


def test_output_is_bounded() -> None:
    source = "\n".join(f"fn f{i}() -> u8 {{ 'a' }}" for i in range(3000))
    result = compile_with(source, output=64 << 10)
    assert (result.ok, result.problem) == (False, "output")


def test_deep_nesting_is_no_verdict_of_ours(rustc: Rustc) -> None:
    result = compile_one(rustc, "const X: u8 = " + "(" * 50_000 + "1" + ")" * 50_000 + ";")
    assert not result.ok
    assert result.problem or "recursion" in said(result) or result.errors


@pytest.mark.parametrize("source", ["fn f() { \x00 }", "\ufeff\u202efn f() {", "\ud800", "é" * 9])
def test_strange_characters_are_an_error_of_the_source(rustc: Rustc, source: str) -> None:
    result = compile_one(rustc, source)
    assert not result.ok
    assert result.errors or result.problem == "crash"


@pytest.mark.slow  # it looks at the whole machine, where tests beside it have processes too
def test_no_process_and_no_file_is_left_behind() -> None:
    before = set(Path(os.environ.get("TMPDIR", "/tmp")).iterdir())
    compile_with(ENDLESS, seconds=1)
    time.sleep(0.2)
    assert processes("block.rmeta") == []
    after = set(Path(os.environ.get("TMPDIR", "/tmp")).iterdir())
    assert {p for p in after - before if p.name.startswith("curator-")} == set()


def test_no_sandbox_is_said_with_the_way_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes.shutil, "which", lambda name: None)
    monkeypatch.setattr(boxes.sys, "platform", "linux")
    with pytest.raises(CompilerError, match=r"no sandbox.*apt install bubblewrap"):
        find_sandbox()


def test_no_rustc_is_said_with_the_way_to_get_one() -> None:
    with pytest.raises(CompilerError, match=r"no rustc-that-is-not-there.*rustup"):
        find_toolchain("rustc-that-is-not-there")


def test_a_program_that_is_no_rustc() -> None:
    with pytest.raises(CompilerError):
        find_toolchain("true")


def test_an_older_release_says_what_it_lacks() -> None:
    old = Toolchain(Path("rustc"), Path("/"), "rustc 1.63.0", (1, 63), ())
    new = Toolchain(Path("rustc"), Path("/"), "rustc 1.95.0", (1, 95), ())
    assert any("let-else" in what for what in old.lacks())
    assert new.lacks() == []
    assert not old.knows_edition("2024")
    assert new.knows_edition("2024")
    assert old.knows_edition("2021")


def parsed(profile: str) -> list[Any]:
    """A profile as nested lists, strings among them as `str` within a tuple of one."""
    stack: list[list[Any]] = [[]]
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+', profile, re.DOTALL):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif token.startswith('"'):
            stack[-1].append((re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL),))
        else:
            stack[-1].append(token)
    assert len(stack) == 1, "unbalanced"
    return stack[0]


HOSTILE = (
    '/Users/jo/"))(allow default)(deny file-read* (subpath "/x',
    "/Users/jo/back\\slash",
    "/Users/jo/ends in one\\",
    "/Users/jo/(parentheses) {braces} ;comment",
    "/Users/jo/été\n(allow default)",
)


@pytest.mark.parametrize("path", HOSTILE)
def test_a_path_in_a_profile_stays_a_path(path: str) -> None:
    profile = seatbelt_profile([Path("/usr/bin/rustc"), Path(path)], Path(path), single=True)
    clauses = parsed(profile)
    usual = parsed(seatbelt_profile([Path("/usr/bin/rustc"), Path("/p")], Path("/p"), single=True))
    assert [c[0] for c in clauses] == [c[0] for c in usual]
    assert ["allow", "default"] not in clauses
    reads = [c for c in clauses if c[:2] == ["allow", "process-exec"]]
    assert reads == [
        ["allow", "process-exec", ["subpath", ("/usr/bin/rustc",)], ["subpath", (path,)]]
    ]
    assert clauses[-1] == ["allow", "file-read*", "file-write*", ["subpath", (path,)]]


def test_a_single_job_may_not_fork_under_seatbelt() -> None:
    assert "fork" not in seatbelt_profile([], Path("/p"), single=True)
    assert "process-fork" in seatbelt_profile([], Path("/p"), single=False)
