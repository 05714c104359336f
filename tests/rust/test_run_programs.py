"""Programs that are built and run together print and end as they do alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from curator.rust.process import Limits
from curator.rust.run_programs import run_programs
from curator.rust.runner import Run, Runner
from curator.rust.unit import Unit

pytestmark = pytest.mark.slow

BODIES = {
    "prints": ('println!("un\\ndeux");', "ok"),
    "prints on both": ('println!("é\\u{2028}"); eprintln!("à part");', "ok"),
    "panics": ('let v: Vec<u8> = Vec::new(); println!("{}", v[0]);', "panicked"),
    "exits": ("std::process::exit(3)", "failed"),
    "loops": ("loop { std::hint::spin_loop() }", "time"),
    "sleeps": ("std::thread::sleep(std::time::Duration::from_secs(60))", "time"),
    "floods": ('loop { println!("encore et encore") }', "output"),
    "recurses": ("fn f(n: u64) -> u64 { f(n + 1) + 1 } println!(\"{}\", f(0))", "failed"),
    "forges": ('print!("1 ended 0 4 0\\nfaux2 ended 0 4 0\\nfaux")', "ok"),
    "reads nothing": (
        'let mut s = String::new(); println!("{:?}", std::io::stdin().read_line(&mut s).ok());',
        "ok",
    ),
    "names its type": (
        'println!("{}", std::any::type_name::<Etat>()); } struct Etat; fn rien() {',
        "ok",
    ),
    "uses memory as it likes": ('let p = &5 as *const i32; println!("{}", unsafe { *p });', "ok"),
}  # fmt: skip
OTHERS = {
    "fn main() -> Result<(), String> { Err(\"raté\".into()) }": "failed",
    "fn main() -> std::process::ExitCode { std::process::ExitCode::from(7) }": "failed",
    "mod a { pub fn f() -> u8 { crate::g() } }\nfn g() -> u8 { 4 }\n"
    "fn main() { println!(\"{}\", crate::a::f()) }": "ok",
    "#[test]\nfn t() { assert_eq!(1, 2) }": "failed",
}  # fmt: skip


@dataclass(frozen=True)
class Counting(Runner):
    """The real runner; keeps how many programs each build was for."""

    builds: list[int] = field(default_factory=list)

    def run(self, source: str, *given: object) -> Run:
        self.builds.append(1)
        return super().run(source, *given)  # type: ignore[arg-type]

    def run_many(self, programs: Sequence[Unit]) -> list[Run] | None:
        self.builds.append(len(programs))
        return super().run_many(programs)


def texts() -> list[tuple[str, str]]:
    wrapped = [(f"fn main() {{ {body} }}", ended) for body, ended in BODIES.values()]
    return [*wrapped, *OTHERS.items()]


def programs() -> list[tuple[Unit, str]]:
    units = [Unit(text, "2021") for text, _ in texts()]
    return [(unit, "test" if unit.tested else "bin") for unit in units]


def shown(run: Run) -> tuple[object, ...]:
    stopped = run.ended in ("time", "output")
    stdout = re.sub(r"finished in [\d.]+s", "", run.stdout)
    return (run.ended, run.failed) if stopped else (run.ended, run.failed, run.code, stdout)


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Counting(running=Limits(seconds=2, memory=1 << 30, output=64 << 10))


@pytest.fixture(scope="module")
def together(runner: Runner) -> list[Run]:
    return run_programs(programs(), runner, workers=1)


def test_they_end_as_they_do_alone(runner: Runner, together: list[Run]) -> None:
    assert [run.ended for run in together] == [ended for _, ended in texts()]
    alone = [runner.run(unit.text, unit.edition, kind) for unit, kind in programs()]
    assert list(map(shown, together)) == list(map(shown, alone))
    assert [run.stderr.count("src/main.rs") for run in together] == [
        run.stderr.count("src/main.rs") for run in alone
    ]


def test_most_are_built_at_once(runner: Counting, together: list[Run]) -> None:
    assert max(runner.builds) > len(texts()) / 2


def test_where_they_cannot_be_built_together_each_is_built_alone(runner: Counting) -> None:
    declared = 'unsafe extern "C" { fn nulle_part_ailleurs(); }'
    missing = f"{declared}\nfn main() {{ unsafe {{ nulle_part_ailleurs() }} }}"
    good = [Unit(f'fn main() {{ println!("{n}") }}', "2021") for n in range(5)]
    units = [(unit, "bin") for unit in (*good, Unit(missing, "2021"))]
    runs = run_programs(units, runner, workers=1)
    assert [run.stdout for run in runs] == [*(f"{n}\n" for n in range(5)), ""]
    assert runs[-1].ended == "not_built"


def test_tests_that_all_pass_are_run_at_once() -> None:
    runner = Runner()
    units = [Unit(f"#[test]\nfn t{n}() {{}}\n#[test]\nfn u() {{}}", "2021") for n in range(3)]
    runs = runner.run_tests(units)
    assert runs is not None
    assert [run.stdout.split("\n") for run in runs] == [
        [f"test t{n} ... ok", "test u ... ok"] for n in range(3)
    ]
    failing = Unit("#[test]\nfn t() { panic!() }", "2021")
    assert runner.run_tests([*units, failing]) is None
    ended = run_programs([(unit, "test") for unit in (*units, failing)], runner, workers=1)
    assert [(run.ended, run.failed) for run in ended] == [("ok", ())] * 3 + [("failed", ("t",))]
