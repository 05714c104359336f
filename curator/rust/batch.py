"""Many source texts, few runs of rustc: module files of one crate, faulty ones peeled off.

One run says of every module what is wrong with it, if rustc gets as far as its last check of all
bodies. A last module with a fault of that check, the witness, proves that it did; then what was
said of the faulty ones is complete. The others are compiled again without them and without the
witness, since some lints come only where nothing else is wrong. Texts that will probably compile
share a crate without witness, and are done in one run if they do. What stops a whole run (a limit,
a crash) is found by halving. A text whose meaning depends on being a crate's root goes alone.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import IntEnum

from curator.rust.compiler import Compilation, Compiler, Crate, Diagnostic, Extern
from curator.rust.source import analyse

CHUNK = 320  # modules of a crate: more make rustc's search for similar names slower
_SCOUT = 32  # modules of the first crate of texts that will probably compile
_FEW = 8  # texts that no witness speaks for, and that had better go one by one
_WITNESS = "fn moved() { let s = String::new(); drop(s); drop(s); }"
_WITNESSED = "E0382"
# What an impl in another text could cause, however careful we are: choices left, or overlaps.
_SHARED_FAULTS = {"E0034", "E0119", "E0275", "E0282", "E0283", "E0284", "E0790"}


class Likelihood(IntEnum):
    """How probable it is that a text compiles."""

    LOW = 0
    EVEN = 1
    HIGH = 2


@dataclass(frozen=True)
class Unit:
    """A text to compile by itself: its edition, and the crates that it may name.

    `likelihood` keep it among its like: that makes all of them cheaper, and changes no outcome.
    """

    text: str
    edition: str
    externs: Extern = field(default_factory=Extern)
    likelihood: Likelihood = Likelihood.HIGH

    @property
    def tested(self) -> bool:
        """Whether it has tests, which are only compiled when they are asked for."""
        return analyse(self.text).has_tests

    @property
    def alone(self) -> bool:
        """Whether it must not share a crate with others."""
        return self.edition == "2015" or analyse(self.text).alone

    def crate(self) -> Crate:
        """The unit as a crate of its own."""
        main = "bin" if analyse(self.text).has_main else "lib"
        kind = "test" if self.tested else main
        return Crate((self.text,), self.edition, kind, alone=True, externs=self.externs)


Outcomes = dict[int, Compilation]
Numbered = tuple[int, Unit]

_OWN_PATH = re.compile(r"\bunit_\d+::")


def _syntax(found: Compilation) -> list[Diagnostic]:
    """The syntax errors of an outcome; a macro that is not found has no code either."""
    return [e for e in found.errors if not e.code and "cannot find" not in e.message]


def _plain(error: Diagnostic) -> Diagnostic:
    message, shown = (_OWN_PATH.sub("", text) for text in (error.message, error.shown))
    return replace(error, message=message, module=0, shown=shown)


def _settled(found: Compilation) -> Compilation:
    """An outcome as it is whatever shares the crate.

    After a syntax error rustc goes on only if no other file of the crate is worse, so what it says
    beyond syntax is left out; so is the module's name in what it says of types.
    """
    errors = _syntax(found) or found.errors
    return Compilation(found.ok, tuple(map(_plain, errors)), found.problem)


def _sharing(unit: Unit) -> tuple[str, bool, Extern]:
    """What units of one crate have in common."""
    return unit.edition, unit.tested, unit.externs


# A crate's own main must return what can end a program; in a module nothing asks that of it.
_GUARD = (
    "\nconst _: fn() = || { fn ends<T: std::process::Termination>(_: fn() -> T) {} ends(main) };"
)


def _as_module(unit: Unit, index: int) -> str:
    """The text as a module of a shared crate: the root that it names is the module itself."""
    source = analyse(unit.text)
    text = source.rooted_at(f"crate::unit_{index}")
    return text + _GUARD if source.has_main and source.main_returns else text


def _by_sharing(unit: Unit, errors: Iterable[Diagnostic]) -> bool:
    """Whether an error may come of another text, or of what was changed in this one."""
    last = unit.text.count("\n") + 1
    own = all(e.line <= last and e.code not in _SHARED_FAULTS for e in errors)
    return analyse(unit.text).names_root or not own


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
        return _sharing(self.units[0][1])

    @property
    def weight(self) -> int:
        """About how long a run takes: the characters of its texts, and the start."""
        return 5_000 + sum(len(unit.text) for _, unit in self.units)

    @property
    def reaches_out(self) -> bool:
        """Whether what it says could depend on files of other runs."""
        return len(self.units) == 1 and analyse(self.units[0][1].text).outside != ""

    def crate(self) -> Crate:
        """The crate of all its units; a unit by itself is a crate of its own."""
        if len(self.units) == 1:
            return self.units[0][1].crate()
        edition, tested, externs = self.sharing
        texts = [_as_module(unit, at) for at, (_, unit) in enumerate(self.units)]
        texts += [_WITNESS] if self.witness else []
        return Crate(tuple(texts), edition, "test" if tested else "lib", externs=externs)

    def halves(self) -> list["_Part"]:
        """Two parts of about the same size."""
        middle = len(self.units) // 2
        halves = (self.units[:middle], self.units[middle:])
        return [replace(self, units=units, closed=True) for units in halves]


Told = tuple[Outcomes, list[_Part]]  # outcomes that stand, and what is to be asked again


def _by_module(found: Compilation) -> dict[int, list[Diagnostic]]:
    """The errors of a shared crate by the module that they are in; those of none are left out."""
    by_module: dict[int, list[Diagnostic]] = {}
    for error in found.errors:
        if error.module >= 0:
            by_module.setdefault(error.module, []).append(error)
    return by_module


def _told(part: _Part, found: Compilation) -> Told:
    """What the outcome of a part's crate says of its units."""
    if len(part.units) == 1:
        return {part.units[0][0]: _settled(found)}, []
    if found.ok:
        return {index: Compilation(True) for index, _ in part.units}, []
    by_module = _by_module(found)
    proven = any(e.code == _WITNESSED for e in by_module.pop(len(part.units), ()))
    if found.problem or not (by_module or proven):
        return {}, part.halves()
    return _sorted_out(part, by_module, proven)


def _sorted_out(part: _Part, by_module: dict[int, list[Diagnostic]], proven: bool) -> Told:
    """What one run says for good, and the parts of those that have to be asked again."""
    outcomes: Outcomes = {}
    alone, silent, faulty = [], [], []
    for at, (index, unit) in enumerate(part.units):
        outcome = _settled(Compilation(False, tuple(by_module.get(at, ()))))
        if outcome.errors and _by_sharing(unit, outcome.errors):
            alone.append(_Part([(index, unit)], closed=True))
        elif outcome.errors and (proven or _syntax(outcome)):
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
    """The units of parts of one kind in as few crates as their size and the workers allow."""
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
    """The parts to begin with, and those that wait for what becomes of the first of their kind."""
    first: list[_Part] = []
    shared: dict[object, _Part] = {}
    faults = 0
    for index, unit in units:
        source = analyse(unit.text)
        faults += unit.likelihood is not Likelihood.LOW and (source.broken or not source.balanced)
        if unit.alone:
            first.append(_Part([(index, unit)], closed=True))
            continue
        kind = (_sharing(unit), source.broken, unit.likelihood)
        part = shared.setdefault(
            kind, _Part([], witness=source.broken or unit.likelihood is Likelihood.LOW)
        )
        part.units.append((index, unit))
    if faults > 1:  # where some texts look wrong, others are
        suspect = [replace(part, witness=True) for part in shared.values()]
        return [*first, *_merged(suspect, workers)], []
    return _scouted(first, shared.values(), workers)


def _scouted(
    first: list[_Part], shared: Iterable[_Part], workers: int
) -> tuple[list[_Part], list[_Part]]:
    later = []
    for part in shared:
        few = len(part.units) if part.witness or len(part.units) <= 2 * _SCOUT else _SCOUT
        first += _pieces(replace(part, units=part.units[:few]), workers)
        later += [replace(part, units=part.units[few:])] if part.units[few:] else []
    return first, later


def _shared_out(parts: Iterable[_Part], workers: int) -> list[list[_Part]]:
    """Parts for each worker, the heaviest first, so that all end at about the same time."""
    jobs: list[list[_Part]] = [[] for _ in range(workers)]
    weights = [0] * workers
    for part in sorted(parts, key=lambda p: p.weight, reverse=True):
        if part.reaches_out:
            jobs.append([part])
            continue
        at = weights.index(min(weights))
        jobs[at].append(part)
        weights[at] += part.weight
    return [job for job in jobs if job]


def compile_units(
    units: Sequence[Unit], compiler: Compiler, batched: bool = True, workers: int = 0
) -> list[Compilation]:
    """The outcome of each unit, in order, as if each were compiled alone.

    Uses `workers` threads, or all cores. The lines of diagnostics are those of the unit's text.
    """
    workers = workers or os.cpu_count() or 1
    pairs = list(enumerate(units))
    said: Outcomes = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        if not batched:
            return list(pool.map(lambda unit: _settled(compiler.compile(unit.crate())), units))
        now, later = _first(pairs, workers)
        while now:
            jobs = _shared_out(now, workers)
            found = pool.map(lambda job: compiler.compile_all([p.crate() for p in job]), jobs)
            pieces = [
                (p, f)
                for job, fs in zip(jobs, found, strict=True)
                for p, f in zip(job, fs, strict=True)
            ]
            told = [(part, *_told(part, outcome)) for part, outcome in pieces]
            for _, outcomes, _ in told:
                said.update(outcomes)
            shaken = {p.sharing for p, _, again in told if again and not p.witness}
            rest = [replace(p, witness=p.sharing in shaken) for p in later]
            now, later = list(_merged([p for *_, again in told for p in again] + rest, workers)), []
    return [said[i] for i in range(len(units))]
