"""Compile many source texts in few runs of rustc, each with the outcome that it has alone.

The texts are module files of one crate, and faulty ones are peeled off. One run says of every
module what is wrong with it, if rustc gets as far as its last check of all bodies. A last module
with a fault of that check, the witness, proves that it did; then what was said of the faulty ones
is complete. The others are compiled again without them and without the witness, since some lints
come only where nothing else is wrong. Texts that will probably compile share a crate without
witness, and are done in one run if they do. What stops a whole run (a limit, a crash) is found by
halving. A text whose meaning depends on being a crate's root goes alone.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from curator.rust.compiler import Compilation, Compiler, Crate, Diagnostic, Extern
from curator.rust.source import analyse
from curator.rust.unit import Likelihood, Unit, independent, syntax_errors

CHUNK = 320  # modules of a crate: more make rustc's search for similar names slower
_SCOUT = 32  # modules of the first crate of texts that will probably compile
_FEW = 8  # texts that no witness speaks for, and that had better go one by one
# A use after a move is found by the borrow checker, which runs last: where this fault is reported,
# rustc has reported all that it had to say of the other modules before.
_WITNESS = "fn moved() { let s = String::new(); drop(s); drop(s); }"
_WITNESSED = "E0382"

Outcomes = dict[int, Compilation]
Numbered = tuple[int, Unit]


@dataclass
class _Part:
    """Units for one crate, with a witness or not.

    `faulty` says that each is known to have a fault; `size` bounds the next try if no witness
    spoke for them; `closed` keeps other units out.
    """

    units: list[Numbered]
    witness: bool = False
    faulty: bool = False
    size: int = CHUNK
    closed: bool = False

    @property
    def sharing(self) -> tuple[str, bool, Extern]:
        """What its units have in common."""
        return self.units[0][1].sharing

    @property
    def weight(self) -> int:
        """About how long a run takes: the characters of its texts, and the start."""
        return 5_000 + sum(len(unit.text) for _, unit in self.units)

    @property
    def reaches_out(self) -> bool:
        """Whether what it says could depend on files of other runs."""
        return len(self.units) == 1 and analyse(self.units[0][1].text).outside != ""

    def crate(self) -> Crate:
        """Make the crate of all its units; a unit by itself is a crate of its own."""
        if len(self.units) == 1:
            return self.units[0][1].crate()
        edition, tested, externs = self.sharing
        texts = [unit.as_module(at) for at, (_, unit) in enumerate(self.units)]
        texts += [_WITNESS] if self.witness else []
        return Crate(tuple(texts), edition, "test" if tested else "lib", externs=externs)

    def halves(self) -> list["_Part"]:
        """Cut it into two parts of about the same size."""
        middle = len(self.units) // 2
        halves = (self.units[:middle], self.units[middle:])
        return [replace(self, units=units, closed=True) for units in halves]


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
    if len(part.units) == 1:
        return {part.units[0][0]: independent(outcome)}, []
    if outcome.ok:
        return {index: Compilation(True) for index, _ in part.units}, []
    by_module = _by_module(outcome)
    proven = any(e.code == _WITNESSED for e in by_module.pop(len(part.units), ()))
    if outcome.problem or not (by_module or proven):
        return {}, part.halves()
    return _sort_out(part, by_module, proven)


def _sort_out(part: _Part, by_module: dict[int, list[Diagnostic]], proven: bool) -> _Reading:
    """Separate what one run says for good from the units that have to be compiled again.

    `proven`: the witness spoke, so that rustc has said all of every module. Then each unit with
    errors is done, unless the errors may be another's, and the silent ones are compiled without
    the faulty. Without that proof only syntax errors stand: rustc stopped before its last check,
    and a unit with some errors may have more.
    """
    outcomes: Outcomes = {}
    alone, silent, faulty = [], [], []
    for at, (index, unit) in enumerate(part.units):
        outcome = independent(Compilation(False, tuple(by_module.get(at, ()))))
        if outcome.errors and unit.may_be_blameless(outcome.errors):
            alone.append(_Part([(index, unit)], closed=True))
        elif outcome.errors and (proven or syntax_errors(outcome)):
            outcomes[index] = outcome
        elif proven and part.faulty:  # its fault comes after those of the witness
            alone.append(_Part([(index, unit)], closed=True))
        elif outcome.errors or part.faulty:
            faulty.append((index, unit))
        else:
            silent.append((index, unit))
    # Where a witness was kept from speaking, fewer together may let it.
    size = part.size // 4 if part.witness and not proven else part.size
    waiting = _Part(silent, witness=part.witness and not proven)
    return outcomes, [*alone, waiting, _Part(faulty, witness=True, faulty=True, size=size)]


def _merged(parts: Iterable[_Part], workers: int) -> Iterator[_Part]:
    """Put the units of parts of one kind in as few crates as their size and the workers allow."""
    kinds: dict[object, _Part] = {}
    for part in (p for p in parts if p.units):
        if part.closed:
            yield part
        else:
            kind = (part.sharing, part.witness, part.faulty, part.size)
            kinds.setdefault(kind, replace(part, units=[])).units.extend(part.units)
    for part in kinds.values():
        yield from _pieces(part, workers)


def _pieces(part: _Part, workers: int) -> Iterator[_Part]:
    count = len(part.units)
    crates = max(workers, -(-count // part.size)) if part.size >= _FEW else count
    size = -(-count // crates)
    for at in range(0, count, size):
        yield replace(part, units=part.units[at : at + size])


def _first(units: Iterable[Numbered], workers: int) -> tuple[list[_Part], list[_Part]]:
    """Choose the parts to begin with, and those that wait for the first of their kind.

    A run with a witness costs a second run for the sound units; a run without one is lost if any
    unit is faulty. So what looks sound goes without, but a scout of it goes first: where the scout
    fails, the rest takes a witness along.
    """
    first: list[_Part] = []
    shared: dict[object, _Part] = {}
    faults = 0
    for index, unit in units:
        source = analyse(unit.text)
        unlikely = unit.likelihood is Likelihood.LOW
        faults += not unlikely and (source.broken or not source.balanced)
        if unit.alone:
            first.append(_Part([(index, unit)], closed=True))
            continue
        kind = (unit.sharing, source.broken, unit.likelihood)
        part = shared.setdefault(kind, _Part([], witness=source.broken or unlikely))
        part.units.append((index, unit))
    if faults > 1:  # where some texts look wrong, others are
        suspect = [replace(part, witness=True) for part in shared.values()]
        return [*first, *_merged(suspect, workers)], []
    later = []
    for part in shared.values():
        few = len(part.units) if part.witness or len(part.units) <= 2 * _SCOUT else _SCOUT
        first += _pieces(replace(part, units=part.units[:few]), workers)
        later += [replace(part, units=part.units[few:])] if part.units[few:] else []
    return first, later


def _shared_out(parts: Iterable[_Part], workers: int) -> list[list[_Part]]:
    """Share parts out to workers, the heaviest first, so that all end at about the same time."""
    jobs: list[list[_Part]] = [[] for _ in range(workers)]
    weights = [0] * workers
    for part in sorted(parts, key=lambda p: p.weight, reverse=True):
        if part.reaches_out:  # a job's crates share a sandbox, and with it their files
            jobs.append([part])
            continue
        at = weights.index(min(weights))
        jobs[at].append(part)
        weights[at] += part.weight
    return [job for job in jobs if job]


def compile_units(
    units: Sequence[Unit], compiler: Compiler, batched: bool = True, workers: int = 0
) -> list[Compilation]:
    """Compile units; returns the outcome of each, in order, as if each were compiled alone.

    Uses `workers` threads, or all cores. The lines of diagnostics are those of the unit's text.
    """
    workers = workers or os.cpu_count() or 1
    outcomes: Outcomes = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        if not batched:
            return list(pool.map(lambda unit: independent(compiler.compile(unit.crate())), units))
        now, later = _first(enumerate(units), workers)
        while now:
            jobs = _shared_out(now, workers)
            compiled = pool.map(lambda job: compiler.compile_all([p.crate() for p in job]), jobs)
            pairs = [
                pair
                for job, done in zip(jobs, compiled, strict=True)
                for pair in zip(job, done, strict=True)
            ]
            readings = [(part, *_read(part, outcome)) for part, outcome in pairs]
            for _, known, _ in readings:
                outcomes.update(known)
            failed = {p.sharing for p, _, again in readings if again and not p.witness}
            rest = [replace(p, witness=p.sharing in failed) for p in later]
            again = [p for *_, parts in readings for p in parts]
            now, later = list(_merged([*again, *rest], workers)), []
    return [outcomes[index] for index in range(len(units))]
