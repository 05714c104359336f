"""Programs are linked in the run of rustc that checks them, and end as they do by themselves."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from curator.rust.building import building
from curator.rust.compiler import Compilation, Crate, Rustc, memory
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.process import Completed
from curator.rust.runner import Run, Runner
from curator.rust.unit import Unit, programs_crate

pytestmark = pytest.mark.slow

ABROAD = 'unsafe extern "C" { fn nulle_part(); }\nfn main() { unsafe { nulle_part() } }'
EARLY = """#[unsafe(link_section = ".init_array")]
#[used]
static AVANT: extern "C" fn() = avant;
extern "C" fn avant() { println!("avant"); }
fn main() {}"""


@dataclass(frozen=True)
class Counting(Runner):
    """The real runner; keeps how many texts each build was for."""

    builds: list[int] = field(default_factory=list)

    def _build(self, folder: Path, crate: Crate, *more: object) -> Completed:
        self.builds.append(len(crate.programs) or 1)
        return super()._build(folder, crate, *more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Checking(Rustc):
    """The real compiler; keeps how many texts each check was for."""

    checks: list[int] = field(default_factory=list)

    def _outcome(self, done: Completed, crate: Crate) -> Compilation:
        self.checks.append(len(crate.texts))
        return super()._outcome(done, crate)


def prints(n: int) -> str:
    return f'fn main() {{ println!("{n}"); }}'


def document(*blocks: str) -> Document:
    shown = "\n\n".join(f"```rust\n{block}\n```" for block in blocks)
    return Document((Text("answer", shown),))


def check(runner: Runner, rustc: Rustc, *blocks: str) -> list[BlockResult]:
    [results] = check_documents([document(*blocks)], rustc, Options(runner=runner, cores=1))
    return results


def test_sound_programs_are_compiled_once() -> None:
    runner, rustc = Counting(), Checking()
    results = check(runner, rustc, *map(prints, range(6)))
    assert all(r.passed for r in results)
    assert (runner.builds, rustc.checks) == ([6], [])


def test_what_it_prints_is_still_compared() -> None:
    shown = 'fn main() {\n    println!("{}", 2 + 2); // affiche : 5\n}'
    results = check(Counting(), Checking(), prints(1), shown, prints(2), prints(3))
    assert [r.reason for r in results] == ["", "run_wrong_output", "", ""]


def test_a_program_with_errors_keeps_no_other_from_being_linked() -> None:
    runner = Counting()
    wrong = "fn main() { let x: u8 = 'a'; }"
    results = check(runner, Checking(), prints(1), prints(2), wrong, prints(3), prints(4))
    assert [r.passed for r in results] == [True, True, False, True, True]
    assert results[2].code == "E0308"
    assert runner.builds == [5, 4]


def test_what_does_not_link_has_no_errors() -> None:
    results = check(Counting(), Checking(), *map(prints, range(4)), ABROAD)
    assert [r.passed for r in results[:4]] == [True] * 4
    assert (results[4].reason, results[4].code) == ("run_failed", "")


def test_code_before_main_is_in_no_other_program() -> None:
    runner = Counting()
    shown = [f"{prints(n)}\n// affiche : {n}" for n in range(4)]
    results = check(runner, Checking(), *shown, EARLY)
    assert all(r.passed for r in results)
    assert max(runner.builds) == 4


def test_no_folder_is_left() -> None:
    before = set(Path(memory() or "/tmp").glob("curator-*"))
    units = [Unit(prints(n), "2021") for n in range(5)]
    with building(Rustc(), Runner(), 1) as compiler:
        [said] = compiler.compile_all([programs_crate(units)])
        assert said.ok
        assert [compiler.ended(unit) for unit in units] == [Run("ok", f"{n}\n") for n in range(5)]
    assert set(Path(memory() or "/tmp").glob("curator-*")) <= before
