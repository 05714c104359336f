"""Many source texts, few runs of rustc: module files of one crate, faulty ones peeled off.

rustc stops after the phase in which it found errors, so one run tells all the faults of one phase;
those texts are done, the others are compiled again. What stops the whole run (a limit, a crash)
is found by halving. A text whose meaning depends on being a crate's root goes alone.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from curator.rust.compiler import Compilation, Compiler, Crate, Extern
from curator.rust.source import look

CHUNK = 128  # modules of a crate: more make rustc's search for similar names slower


@dataclass(frozen=True)
class Unit:
    """A text to compile by itself: its edition, and the crates that it may name."""

    text: str
    edition: str
    externs: Extern = field(default_factory=Extern)

    @property
    def tested(self) -> bool:
        """Whether it has tests, which are only compiled when they are asked for."""
        return look(self.text).has_tests

    @property
    def alone(self) -> bool:
        """Whether it must not share a crate with others."""
        return self.edition == "2015" or look(self.text).alone

    def crate(self) -> Crate:
        """The unit as a crate of its own."""
        main = "bin" if look(self.text).has_main else "lib"
        kind = "test" if self.tested else main
        return Crate((self.text,), self.edition, kind, alone=True, externs=self.externs)


Peeled = Iterator[tuple[int, Compilation]]


def _single(unit: Unit, compiler: Compiler) -> Compilation:
    return compiler.compile(unit.crate())


def _halves(units: Sequence[tuple[int, Unit]], compiler: Compiler) -> Peeled:
    if len(units) == 1:
        index, unit = units[0]
        yield index, _single(unit, compiler)
        return
    middle = len(units) // 2
    yield from _peel(units[:middle], compiler)
    yield from _peel(units[middle:], compiler)


def _peel(units: Sequence[tuple[int, Unit]], compiler: Compiler) -> Peeled:
    """The outcomes of units that share edition, kind and crates."""
    left = list(units)
    while left:
        if len(left) == 1:
            yield left[0][0], _single(left[0][1], compiler)
            return
        first = left[0][1]
        texts = tuple(unit.text for _, unit in left)
        kind = "test" if first.tested else "lib"
        found = compiler.compile(Crate(texts, first.edition, kind, externs=first.externs))
        if found.ok:
            yield from ((index, Compilation(True)) for index, _ in left)
            return
        by_module = defaultdict(list)
        for error in found.errors:
            by_module[error.module].append(replace(error, module=0))
        by_module.pop(-1, None)
        if found.problem or not by_module:
            yield from _halves(left, compiler)
            return
        for module, errors in by_module.items():
            yield left[module][0], Compilation(False, tuple(errors))
        left = [pair for at, pair in enumerate(left) if at not in by_module]


def _groups(units: Sequence[Unit]) -> Iterator[list[tuple[int, Unit]]]:
    """Units that may share a crate, in chunks; those that may not, one by one."""
    shared: dict[tuple[str, bool, Extern], list[tuple[int, Unit]]] = defaultdict(list)
    for index, unit in enumerate(units):
        if unit.alone:
            yield [(index, unit)]
        else:
            shared[unit.edition, unit.tested, unit.externs].append((index, unit))
    workers = os.cpu_count() or 1
    for members in shared.values():
        size = min(CHUNK, -(-len(members) // workers))
        for start in range(0, len(members), size):
            yield members[start : start + size]


def compile_units(
    units: Sequence[Unit], compiler: Compiler, batched: bool = True
) -> list[Compilation]:
    """The outcome of each unit, in order, as if each were compiled alone; uses all cores.

    The lines of diagnostics are those of the unit's text.
    """
    groups = list(_groups(units)) if batched else [[pair] for pair in enumerate(units)]
    outcomes: dict[int, Compilation] = {}

    def work(group: list[tuple[int, Unit]]) -> list[tuple[int, Compilation]]:
        return list(_peel(group, compiler))

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for part in pool.map(work, groups):
            outcomes.update(part)
    return [outcomes[i] for i in range(len(units))]
