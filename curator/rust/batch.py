"""Many source texts, few runs of rustc: module files of one crate, faulty ones peeled off.

rustc stops after the phase in which it found errors, so one run tells all the faults of one phase;
those texts are done, the others are compiled again. What stops the whole run (a limit, a crash)
is found by halving. A text whose meaning depends on being a crate's root goes alone.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from curator.rust.compiler import Compilation, Compiler, Crate, Diagnostic, Extern
from curator.rust.source import look

_PASSES = 5  # runs of `_complete` before what is left goes one by one
CHUNK = 128  # modules of a crate: more make rustc's search for similar names slower


@dataclass(frozen=True)
class Unit:
    """A text to compile by itself: its edition, and the crates that it may name.

    `doubtful` keeps it away from others that will probably compile: it makes them cheaper, and
    changes no outcome.
    """

    text: str
    edition: str
    externs: Extern = field(default_factory=Extern)
    doubtful: bool = False

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


Outcomes = dict[int, Compilation]
Peeled = Iterator[tuple[int, Compilation]]


def _sharing(unit: Unit) -> tuple[str, bool, Extern]:
    """What units of one crate have in common."""
    return unit.edition, unit.tested, unit.externs


# A crate's own main must return what can end a program; in a module nothing asks that of it.
_GUARD = (
    "\nconst _: fn() = || { fn ends<T: std::process::Termination>(_: fn() -> T) {} ends(main) };"
)


def _guarded(unit: Unit) -> str:
    source = look(unit.text)
    return unit.text + _GUARD if source.has_main and source.main_returns else unit.text


def _by_guard(unit: Unit, outcome: Compilation) -> bool:
    """Whether an error is in what was added to a text; alone, rustc says it in other words."""
    last = unit.text.count("\n") + 1
    return any(e.line > last for e in outcome.errors)


def _shared_crate(units: Sequence[tuple[int, Unit]]) -> Crate:
    edition, tested, externs = _sharing(units[0][1])
    texts = tuple(_guarded(unit) for _, unit in units)
    return Crate(texts, edition, "test" if tested else "lib", externs=externs)


def _by_module(found: Compilation) -> dict[int, list[Diagnostic]]:
    """The errors of a shared crate by the module that they are in; those of none are left out."""
    by_module: dict[int, list[Diagnostic]] = {}
    for error in found.errors:
        if error.module >= 0:
            by_module.setdefault(error.module, []).append(error)
    return by_module


def _single(unit: Unit, compiler: Compiler) -> Compilation:
    return _settled(compiler.compile(unit.crate()))


def _halves(units: Sequence[tuple[int, Unit]], compiler: Compiler) -> Peeled:
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
        found = compiler.compile(_shared_crate(left))
        if found.ok:
            yield from ((index, Compilation(True)) for index, _ in left)
            return
        by_module = _by_module(found)
        if found.problem or not by_module:
            yield from _halves(left, compiler)
            return
        for module, errors in by_module.items():
            index, unit = left[module]
            outcome = _settled(Compilation(False, tuple(errors)))
            yield index, _single(unit, compiler) if _by_guard(unit, outcome) else outcome
        left = [pair for at, pair in enumerate(left) if at not in by_module]


def _groups(units: Sequence[Unit]) -> Iterator[list[tuple[int, Unit]]]:
    """Units that may share a crate, in chunks; those that may not, one by one."""
    shared: dict[object, list[tuple[int, Unit]]] = defaultdict(list)
    for index, unit in enumerate(units):
        if unit.alone:
            yield [(index, unit)]
        else:
            shared[_sharing(unit), unit.doubtful].append((index, unit))
    workers = os.cpu_count() or 1
    for members in shared.values():
        size = min(CHUNK, -(-len(members) // workers))
        for start in range(0, len(members), size):
            yield members[start : start + size]


def _again(
    group: Sequence[tuple[int, Unit]], compiler: Compiler
) -> tuple[Outcomes, list[tuple[int, Unit]]]:
    """What one run says of faulty units, and those of which it says nothing to go by."""
    if len(group) == 1:
        return {group[0][0]: _single(group[0][1], compiler)}, []
    found = compiler.compile(_shared_crate(group))
    if found.problem:
        return {}, list(group)
    by_module = _by_module(found)
    outcomes: Outcomes = {}
    silent = []
    for at, (index, unit) in enumerate(group):
        outcome = _settled(Compilation(False, tuple(by_module.get(at, ()))))
        if not outcome.errors or _by_guard(unit, outcome):
            silent.append((index, unit))
        else:
            outcomes[index] = outcome
    return outcomes, silent


# Errors of types in bodies, after which rustc still looks at all other bodies.
_GOES_ON = frozenset(
    {
        *("E0023", "E0026", "E0027", "E0029", "E0040", "E0057", "E0061", "E0063", "E0067", "E0070"),
        *("E0271", "E0277", "E0282", "E0283", "E0284", "E0308", "E0369", "E0560", "E0599", "E0600"),
        *("E0604", "E0605", "E0606", "E0607", "E0608", "E0609", "E0610", "E0614", "E0615", "E0616"),
        *("E0618", "E0620", "E0689", "E0728"),
    }
)
_UNSTEADY = frozenset({"", "E0432"})
# Errors of the last phase, which comes only when all others found nothing: nothing is hidden.
_LAST = frozenset(
    {
        *("E0004", "E0005", "E0133", "E0309", "E0310", "E0373", "E0381", "E0382", "E0384", "E0499"),
        *("E0502", "E0503", "E0505", "E0506", "E0507", "E0515", "E0521", "E0594", "E0596", "E0597"),
        *("E0621", "E0712", "E0713", "E0716"),
    }
)


def _stops(outcome: Compilation) -> frozenset[str]:
    """The codes of an outcome after which rustc may stop before it has seen everything."""
    return outcome.codes - _GOES_ON


def _complete(
    units: Sequence[Unit], said: Outcomes, pool: ThreadPoolExecutor, compiler: Compiler
) -> None:
    """Make what was said of faulty units complete.

    The fault of another unit may have stopped rustc earlier than a unit's own faults would. Units
    with the same stopping codes stop at the same point, so they are compiled again among
    themselves until no more is said of them. After a syntax error nothing more is wanted.
    """
    faulty = (i for i, o in said.items() if o.errors and not units[i].alone)
    last: dict[int, Unit] = {}  # what is left to be asked one by one
    open_ = {i for i in faulty if not _syntax(said[i]) and not said[i].codes & _LAST}
    for _ in range(_PASSES):
        groups: dict[object, list[tuple[int, Unit]]] = defaultdict(list)
        for index in sorted(open_):
            stops = _stops(said[index])
            # How far rustc goes after an unresolved import or macro, the codes do not tell.
            key = index if stops & _UNSTEADY else (_sharing(units[index]), stops)
            groups[key].append((index, units[index]))
        parts = [g[at : at + CHUNK] for g in groups.values() for at in range(0, len(g), CHUNK)]
        runs = pool.map(lambda part: _again(part, compiler), parts)
        for part, (found, silent) in zip(parts, runs, strict=True):
            # A newly seen stop may have kept the others short: they are asked again without it.
            if not found or all(_stops(o) == _stops(said[i]) for i, o in found.items()):
                open_ -= {index for index, _ in part}
                last.update(silent)
            said.update(found)
    last.update((i, units[i]) for i in open_)
    said.update(zip(last, pool.map(lambda u: _single(u, compiler), last.values()), strict=True))


def compile_units(
    units: Sequence[Unit], compiler: Compiler, batched: bool = True
) -> list[Compilation]:
    """The outcome of each unit, in order, as if each were compiled alone; uses all cores.

    The lines of diagnostics are those of the unit's text.
    """
    groups = list(_groups(units)) if batched else [[pair] for pair in enumerate(units)]
    groups.sort(key=len, reverse=True)  # small ones last, to keep every core busy to the end
    said: Outcomes = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for part in pool.map(lambda group: list(_peel(group, compiler)), groups):
            said.update(part)
        if batched:
            _complete(units, said, pool, compiler)
    return [said[i] for i in range(len(units))]
