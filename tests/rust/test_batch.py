"""Many crates in one sandbox, many texts in one crate: nothing of it shows in what is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from curator.rust.batch import compile_units
from curator.rust.compiler import Compilation, Compiler, Crate, Rustc
from curator.rust.process import Completed, Limits
from curator.rust.sandbox import Job, Sandbox, find_sandbox
from curator.rust.unit import Unit

GOOD, WRONG = "fn f() {}", "fn f() -> u8 { 'a' }"
ENDLESS = (
    "#![allow(long_running_const_eval)]\n"
    "const X: u32 = { let mut i = 0u32; loop { i = i.wrapping_add(1); } };"
)
LOUD = "\n".join(f'fn f{i}() -> u8 {{ "a" }}' for i in range(400))
OPEN = "fn f() {"


@dataclass(frozen=True)
class Counting:
    """A sandbox that keeps the jobs that it ran."""

    inner: Sandbox = field(default_factory=find_sandbox)
    jobs: list[Job] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def shell(self) -> tuple[Path, ...]:
        return self.inner.shell

    def run(self, job: Job, limits: Limits) -> Completed:
        self.jobs.append(job)
        return self.inner.run(job, limits)


def alone(text: str) -> Crate:
    return Crate((text,), "2021", alone=True)


def test_crates_of_one_sandbox_are_told_apart() -> None:
    sandbox = Counting()
    rustc = Rustc(sandbox=sandbox)
    crates = [alone(GOOD), Crate((GOOD, WRONG), "2021"), alone(OPEN), alone(GOOD)]
    told = rustc.compile_all(crates)
    assert len(sandbox.jobs) == 1
    assert told == [rustc.compile(crate) for crate in crates]
    assert [t.ok for t in told] == [True, False, False, True]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "limits", "problem"),
    [
        (ENDLESS, Limits(seconds=2), "time"),
        (LOUD, Limits(output=8 << 10), "output"),
        (GOOD, Limits(memory=1 << 20), "crash"),
    ],
)
def test_one_that_is_stopped_leaves_the_others(text: str, limits: Limits, problem: str) -> None:
    rustc = Rustc(limits=limits)
    crates = [alone(GOOD), alone(text), alone(WRONG)]
    told = rustc.compile_all(crates)
    assert told[1].problem == problem
    assert [t.problem for t in told] == [rustc.compile(crate).problem for crate in crates]


def test_a_text_cannot_pass_for_the_end_of_a_run() -> None:
    faked = 'compile_error!("\\n0123456789abcdef 0\\n{}");'
    first, second = Rustc().compile_all([alone(faked), alone(GOOD)])
    assert (first.ok, second.ok) == (False, True)


@dataclass
class Listening:
    """The real compiler; `crates` keeps what it was asked."""

    rustc: Compiler = field(default_factory=Rustc)
    crates: list[Crate] = field(default_factory=list)

    @property
    def version(self) -> str:
        return self.rustc.version

    def knows_edition(self, edition: str) -> bool:
        return self.rustc.knows_edition(edition)

    def compile(self, crate: Crate) -> Compilation:
        self.crates.append(crate)
        return self.rustc.compile(crate)

    def compile_all(self, crates: Sequence[Crate]) -> list[Compilation]:
        self.crates += crates
        return self.rustc.compile_all(crates)


def test_sound_texts_are_compiled_once() -> None:
    compiler = Listening()
    units = [Unit(f"fn f() -> u8 {{ {i} }}", "2021") for i in range(100)]
    assert all(said.ok for said in compile_units(units, compiler, workers=lambda: 1))
    assert sum(len(crate.texts) for crate in compiler.crates) == len(units)


def test_those_that_probably_fail_keep_none_from_being_compiled_once() -> None:
    compiler = Listening()
    units = [Unit(f"fn f() -> u8 {{ {i} }}", "2021") for i in range(50)]
    units += [Unit(WRONG, "2021", doubtful=True), Unit("fn f( {} fn", "2021")]
    said = compile_units(units, compiler, workers=lambda: 1)
    assert [o.ok for o in said] == [True] * 50 + [False] * 2
    assert sum(len(crate.texts) for crate in compiler.crates) == len(units)


def test_texts_without_tests_are_compiled_among_tests() -> None:
    compiler = Listening()
    tests = "#[cfg(test)]\nmod essais { #[test]\nfn t() { super::f() } }\nfn f() {}"
    other = "#[cfg(not(test))]\nfn f() -> u8 { 'a' }"
    said = compile_units([Unit(t, "2021") for t in (GOOD, tests, other)], compiler)
    assert [o.ok for o in said] == [True, True, False]
    assert [(c.kind, len(c.texts)) for c in compiler.crates] == [("test", 2), ("bin", 1)]


def test_a_late_lint_is_found_beside_early_errors() -> None:
    texts = ["fn f() { let x: u8 = 256; }", WRONG, "fn f() { inconnu() }", GOOD]
    units = [Unit(text, "2021") for text in texts]
    said = compile_units(units, Rustc())
    codes = [sorted(outcome.codes) for outcome in said]
    assert codes == [["overflowing_literals"], ["E0308"], ["E0425"], []]


def test_a_path_from_the_root_means_its_own_text() -> None:
    shared = "mod unit_0 {{ pub fn f() {{}} }}\nfn g() {{ crate::{path}() }}"
    texts = ["pub fn secret() {}", *(shared.format(path=p) for p in ("unit_0::f", "secret"))]
    texts.append("fn g() { crate::unit_0::secret() }")
    said = compile_units([Unit(text, "2021") for text in texts], Rustc())
    assert [outcome.ok for outcome in said] == [True, True, False, False]


MAINS = (
    "macro_rules! m { () => { fn main() {} } }\nm!();",
    "mod a { pub fn main() {} }\nuse a::main;",
    "mod a { pub fn main() {} }",
    "pub fn main() {}",
    "pub(crate) fn main() -> u8 { 1 }",
    "fn main() -> u8 { 1 }",
    "fn main(n: u8) {}",
    "async fn main() {}",
)
EXPORTED = (
    "#[macro_export]\nmacro_rules! d { () => { 1 } }\nfn f() -> u8 { d!() }",
    "#[macro_export]\nmacro_rules! d { () => { 2 } }\nfn f() -> u8 { crate::d!() }",
    "#[macro_export]\nmacro_rules! d { () => { 'a' } }\nfn f() -> u8 { d!() }",
    "#[macro_export]\nmacro_rules! d { () => { $crate::g() } }\nfn g() -> u8 { d!() }",
    "macro_rules! d { () => { $crate::h() } }\nfn g() -> u8 { d!() }",
    "macro_rules! d { () => { use $crate as moi; } }\nd!();",
)
GLOBS = (
    "use inconnu::*;\nfn f() {}",
    "mod a { use super::*;\nfn g() -> u8 { Pile::nouvelle(); 'a' } }\nfn h() -> u8 { 'a' }",
    "fn g() -> u8 { Pile::nouvelle(); 'a' }",
    GOOD,
)
OFFERED = (
    "#[allow(missing_docs)]\npub fn f() {}",
    "#[warn(missing_docs)]\npub mod m { pub fn f() {} }",
    "#[deny(missing_docs)]\npub mod m { pub fn f() {} }",
    'unsafe extern "C" { #[link_name = "abs"] safe fn f(x: i32) -> i32; }',
    'unsafe extern "C" { #[link_name = "abs"] safe fn f(x: u8); }',
)


@pytest.mark.slow
@pytest.mark.parametrize("texts", [MAINS, EXPORTED, OFFERED, GLOBS])
def test_mains_and_macros_of_the_root_mean_the_same_in_a_module(texts: Sequence[str]) -> None:
    units = [Unit(text, "2021") for text in texts]
    rustc = Rustc()
    batched, alone = compile_units(units, rustc), compile_units(units, rustc, batched=False)
    assert [(o.ok, o.codes) for o in batched] == [(o.ok, o.codes) for o in alone]
    assert {o.ok for o in alone} == {True, False}
