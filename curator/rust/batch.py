"""Compile many source texts in few runs of rustc, each with the outcome that it has alone.

The texts are module files of one crate. One run says of every module what is wrong with it, if
rustc gets as far as its last check of all bodies; a warning that this check gives for the crate's
root proves that it did (Compilation.analysed). Then what was said of the faulty modules is
complete, and the silent ones are compiled again without them, since some errors come only where
nothing else is wrong: lints, and what needs the code of every function. Few errors keep rustc from
that check; they are known by their stage (`stops_at`), so that the modules that have them are done,
and all others are compiled again. What stops a whole run (a limit, a crash) is found by halving. A
text whose meaning depends on being a crate's root goes alone.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from curator.rust.compiler import Compilation, Compiler, Crate, Diagnostic
from curator.rust.source import analyse
from curator.rust.unit import Sharing, Unit, independent, programs_crate, stops_at

CHUNK = 320  # modules of a crate: more make rustc's search for similar names slower
_WORTH_A_RUN = 40  # modules for which another core had better start another rustc

Workers = Callable[[], int]  # says how many threads may be used now
Outcomes = dict[int, Compilation]
Numbered = tuple[int, Unit]


def all_cores() -> int:
    """Return the number of cores."""
    return os.cpu_count() or 1


@dataclass(frozen=True)
class _Part:
    """Units for one crate, which they share with those of the same outlook; `closed`: with none."""

    units: tuple[Numbered, ...]
    closed: bool = False
    outlook: int = 0

    @property
    def sharing(self) -> Sharing:
        """What its units have in common; those without tests may be among others with some."""
        tested = (unit.sharing for _, unit in self.units if unit.tested)
        return next(tested, self.units[0][1].sharing)

    @property
    def kind(self) -> tuple[Sharing, int]:
        """With which others it may be compiled."""
        return self.sharing, self.outlook

    @property
    def weight(self) -> int:
        """About how long a run takes: the characters of its texts, and the start."""
        return 5_000 + sum(len(unit.text) for _, unit in self.units)

    @property
    def reaches_out(self) -> bool:
        """Whether what it says could depend on files of other runs."""
        return len(self.units) == 1 and analyse(self.units[0][1].text).reads_files

    def crate(self) -> Crate:
        """Make the crate of all its units; a unit by itself is a crate of its own."""
        if self.sharing.linked:
            units = [unit for _, unit in self.units]
            return programs_crate(units)
        if len(self.units) == 1:
            return self.units[0][1].crate()
        texts = tuple(unit.as_module(at) for at, (_, unit) in enumerate(self.units))
        kind = "test" if self.sharing.tested else "lib"
        return Crate(
            texts,
            self.sharing.edition,
            kind,
            externs=self.sharing.externs,
            assembles=self.sharing.assembles,
        )

    def halves(self) -> list["_Part"]:
        """Cut it into two parts of about the same size."""
        middle = len(self.units) // 2
        return [_Part(units, closed=True) for units in (self.units[:middle], self.units[middle:])]


# What a run came to: outcomes that stand, and parts to be compiled again.
_Reading = tuple[Outcomes, list[_Part]]


def _by_module(outcome: Compilation) -> dict[int, list[Diagnostic]]:
    """Sort the errors of a shared crate by the module that they are in; drop those of none."""
    by_module: dict[int, list[Diagnostic]] = {}
    for error in outcome.errors:
        if error.module >= 0:
            by_module.setdefault(error.module, []).append(error)
    return by_module


def _read(part: _Part, outcome: Compilation) -> _Reading:
    """Read from the outcome of a part's crate what it says of its units."""
    if len(part.units) == 1 and not part.sharing.linked:
        return {part.units[0][0]: independent(outcome)}, []
    if outcome.ok:
        return {index: Compilation(True) for index, _ in part.units}, []
    if len(part.units) == 1:
        return {}, [_alone(*part.units[0])]
    by_module = _by_module(outcome)
    stages = {} if outcome.analysed else _stopping(by_module)
    first = min(stages.values(), default=0)
    done = set(by_module) if outcome.analysed else {at for at in stages if stages[at] == first}
    # A name that a failed `use x::*` could have brought is missed nowhere in the crate.
    failed = {at for at, errors in by_module.items() if part.units[at][1].lacks_glob(errors)}
    done &= failed or done
    if outcome.problem or not done:
        return {}, part.halves()
    known, again = _sort_out(part, by_module, done, stages.keys() - done)
    # Those that a whole analysis says nothing of are sound, whatever was expected of them.
    return known, again if outcome.analysed else [replace(p, outlook=part.outlook) for p in again]


def _alone(index: int, unit: Unit) -> _Part:
    """Make a part of one unit that is compiled as the root of its crate."""
    return _Part(((index, replace(unit, wanted=False)),), closed=True)


def _stopping(by_module: dict[int, list[Diagnostic]]) -> dict[int, int]:
    """Return the modules whose errors keep rustc from going on, each with the stage at which.

    rustc ends a stage for all modules before it gives up, so those of the first stage that has any
    have said all that they say alone; of the others, more may come to light without them.
    """
    return {at: stage for at, errors in by_module.items() if (stage := stops_at(errors))}


def _sort_out(
    part: _Part, by_module: dict[int, list[Diagnostic]], done: set[int], stopping: set[int]
) -> _Reading:
    """Separate what one run says for good from the units that have to be compiled again.

    Those in `done` are settled by what was said of them, unless it may be another's; all others go
    into crates without them, and those in `stopping` into one that keeps out the rest.
    """
    outcomes: Outcomes = {}
    alone = list[_Part]()
    others, held = list[Numbered](), list[Numbered]()
    for at, (index, unit) in enumerate(part.units):
        errors = by_module.get(at, ())
        if errors and unit.may_be_blameless(errors):
            alone.append(_alone(index, unit))
        elif at in done:
            outcomes[index] = independent(Compilation(False, tuple(errors)))
        else:
            (held if at in stopping else others).append((index, unit))
    again = [_Part(tuple(others), part.closed), _Part(tuple(held), closed=True)]
    return outcomes, [*alone, *again]


def _merged(parts: Iterable[_Part], workers: int) -> Iterator[_Part]:
    """Put the units of parts of one kind in as few crates as their size and the workers allow."""
    kinds: dict[tuple[Sharing, int], list[Numbered]] = {}
    some = [part for part in parts if part.units]
    yield from (part for part in some if part.closed)
    # A text that knows of no tests is the same among those that have some.
    for part in sorted((p for p in some if not p.closed), key=lambda p: not p.sharing.tested):
        sharing, outlook = part.kind
        tested = replace(sharing, tested=True), outlook
        joins = tested in kinds and all(u.knows_no_tests for _, u in part.units)
        kinds.setdefault(tested if joins else part.kind, []).extend(part.units)
    for units in kinds.values():
        crates = max(min(workers, len(units) // _WORTH_A_RUN), -(-len(units) // CHUNK))
        size = -(-len(units) // crates)
        for at in range(0, len(units), size):
            yield _Part(tuple(units[at : at + size]))


def _shared_out(parts: Iterable[_Part], workers: int) -> list[list[_Part]]:
    """Share parts out to workers, the heaviest first, so that all end at about the same time."""
    jobs: list[list[_Part]] = [[] for _ in range(workers)]
    weights = [0] * workers
    for part in sorted(parts, key=lambda p: (p.sharing.waits, p.weight), reverse=True):
        if part.reaches_out:  # a job's crates share a sandbox, and with it their files
            jobs.append([part])
            continue
        at = weights.index(min(weights))
        jobs[at].append(part)
        weights[at] += part.weight
    return [job for job in jobs if job]


def compile_units(
    units: Sequence[Unit], compiler: Compiler, batched: bool = True, workers: Workers = all_cores
) -> list[Compilation]:
    """Compile units; returns the outcome of each, in order, as if each were compiled alone.

    Uses as many threads as `workers` allows from time to time. The lines of diagnostics are those
    of the unit's text.
    """
    outcomes: Outcomes = {}
    if not batched:
        with ThreadPoolExecutor(workers()) as pool:
            return list(pool.map(lambda unit: independent(compiler.compile(unit.crate())), units))
    begun = (_Part(((at, u),), u.alone, u.outlook) for at, u in enumerate(units))
    parts = list(_merged(begun, workers()))
    while parts:
        readings = [_read(part, outcome) for part, outcome in _compiled(parts, compiler, workers())]
        for known, _ in readings:
            outcomes.update(known)
        parts = list(_merged((p for _, again in readings for p in again), workers()))
    return [outcomes[index] for index in range(len(units))]


def _compiled(
    parts: Sequence[_Part], compiler: Compiler, workers: int
) -> Iterator[tuple[_Part, Compilation]]:
    """Compile the crates of parts, on some threads; yields each with its outcome."""
    jobs = _shared_out(parts, workers)
    with ThreadPoolExecutor(workers) as pool:
        compiled = pool.map(lambda job: compiler.compile_all([p.crate() for p in job]), jobs)
        for job, done in zip(jobs, compiled, strict=True):
            yield from zip(job, done, strict=True)
