"""What the batch relies on of rustc: tried with the examples of rustc's own index of errors."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from curator.rust import compose
from curator.rust.batch import compile_units
from curator.rust.compiler import Crate, Rustc
from curator.rust.source import analyse
from curator.rust.unit import Unit, independent, stops_at
from curator.text.markdown import blocks
from tests.rust.test_equality import told

CODES = [f"E{number:04}" for number in range(1, 810)]
GOOD = "fn f() {}"


def explained(rustc: Rustc, code: str) -> list[str]:
    """Return the programs in what rustc explains of an error, wrapped where they are fragments."""
    command = [str(rustc.toolchain.rustc), "--explain", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    codes = [block.code for block in blocks(done.stdout)]
    wrapped = (compose.in_main(c) if analyse(c).has_statements else [] for c in codes)
    return [some[0].text if some else code for code, some in zip(codes, wrapped, strict=True)]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rustc = Rustc()
    with ThreadPoolExecutor(2) as pool:
        every = [t for some in pool.map(lambda c: explained(rustc, c), CODES) for t in some]
    assert len(every) > 900, "rustc explains its errors by examples"
    return every


def in_crate_with(unit: Unit, other: str) -> Crate:
    return Crate((unit.as_module(0), other), "2021", "test" if unit.tested else "lib")


def shared(texts: list[str]) -> Iterator[Unit]:
    units = (Unit(text, "2021") for text in texts)
    return (unit for unit in units if not unit.alone)


@pytest.mark.slow
def test_what_keeps_rustc_from_its_last_check_is_known(texts: list[str]) -> None:
    """Each example beside a good text: either all is said of it, or `stops_at` knows why not."""
    rustc = Rustc()
    units = list(shared(texts[::4]))
    crates = [in_crate_with(unit, GOOD) for unit in units]
    with ThreadPoolExecutor(2) as pool:
        middle = len(crates) // 2
        halves = pool.map(rustc.compile_all, (crates[:middle], crates[middle:]))
        outcomes = [outcome for half in halves for outcome in half]
    failed = [(u, o) for u, o in zip(units, outcomes, strict=True) if not o.ok]
    assert len(failed) > 50
    assert not [u.text for u, o in failed if not o.analysed and not stops_at(o.errors)]


@pytest.mark.slow
def test_every_example_has_in_a_batch_the_outcome_that_it_has_alone(texts: list[str]) -> None:
    rustc = Rustc()
    units = [Unit(text, "2021") for text in texts[::3]]
    batched = compile_units(units, rustc)
    alone = compile_units(units, rustc, batched=False)
    differing = [
        (unit.text, told(one), told(other))
        for unit, one, other in zip(units, batched, alone, strict=True)
        if told(one) != told(other)
    ]
    assert not differing


def test_the_order_of_errors_is_that_of_their_lines() -> None:
    rustc = Rustc()
    text = "fn f() -> u8 { 'a' }\nfn g() { inconnu() }"
    said = independent(rustc.compile(Unit(text, "2021").crate()))
    assert [error.line for error in said.errors] == [1, 2]
