"""One text to compile, and how it stands in a crate that it shares with others."""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from curator.rust.compiler import Compilation, Crate, Diagnostic, Extern
from curator.rust.source import analyse

# What comes of another text or of being a module, however careful we are (choices left, overlaps,
# what is private), and what may end rustc at once, with much unsaid.
_SHARED_FAULTS = {
    "E0034", "E0119", "E0275", "E0282", "E0283", "E0284", "E0391", "E0446", "E0790",
}  # fmt: skip
_GLOB = re.compile(r"\buse\b[^;]*\*")
_OWN_PATH = re.compile(r"\bunit_\d+::")
# Errors without a code that are none of syntax: those of names, and those of the last checks.
_NOT_SYNTAX = re.compile(
    r"cannot find|may not live long enough|^implementation of `|higher-ranked|cannot escape"
    r"|cannot be (?:sent|shared) between threads|reached the recursion limit while instantiating"
)
_TOKENS = {"E0748", "E0758", "E0762", "E0763", "E0765", "E0766"}  # text that never ends
_TRAITS = {"E0404", "E0405"}  # a trait that is none: rustc does not look at any body then
# A program's main is where its code begins to be used, and must return what can end a program. A
# static is used by itself, and what it calls is, too; a constant has no name that could clash. This
# doubles the time of a run, so it is only added where it could matter.
_MAIN = (
    "\nconst _: () = { fn ends<T: ::std::process::Termination>(main: fn() -> T) { main(); }"
    " static MAIN: fn() = || ends(main); };"
)
BEGIN = "begin_as_a_program"
_PROGRAM = (
    f"\npub(crate) fn {BEGIN}() -> ::std::process::ExitCode {{"
    " ::std::process::Termination::report(main()) }"
)


@dataclass(frozen=True)
class Sharing:
    """What units must have in common to share a crate.

    With `assembles`, machine code is made as well: only an assembler judges what is in `asm!`.
    With `linked`, programs are; those that wait are linked apart, so that they begin early.
    """

    edition: str
    tested: bool
    externs: Extern
    assembles: bool
    linked: bool = False
    waits: bool = False


@dataclass(frozen=True)
class Unit:
    """A text to compile by itself: its edition, and the crates that it may name.

    `doubtful`: it probably does not compile, which says only with which others it is compiled.
    `wanted`: it is to be run if it compiles.
    """

    text: str
    edition: str
    externs: Extern = field(default_factory=Extern)
    doubtful: bool = field(default=False, compare=False)
    wanted: bool = field(default=False, compare=False)

    @property
    def tested(self) -> bool:
        """Whether it has tests, which are only compiled when they are asked for."""
        return analyse(self.text).has_tests

    @property
    def knows_no_tests(self) -> bool:
        """Whether it is the same where tests are compiled."""
        return "test" not in analyse(self.text).bare

    @property
    def alone(self) -> bool:
        """Whether it must not share a crate with others."""
        # In edition 2015 a path in a `use` begins at the crate's root, which a module is not.
        return self.edition == "2015" or analyse(self.text).alone

    @property
    def sharing(self) -> Sharing:
        """What units must have in common to share a crate."""
        source = analyse(self.text)
        if self.wanted and self.builds_with_others:
            return Sharing(self.edition, False, self.externs, False, True, source.waits)
        return Sharing(self.edition, self.tested, self.externs, source.assembles)

    @property
    def outlook(self) -> int:
        """What probably becomes of it: 0 it compiles, 1 it has errors, 2 it has some of syntax."""
        return 2 if analyse(self.text).broken else int(self.doubtful)

    def crate(self) -> Crate:
        """Make a crate of this unit alone: a program, as far as it can be one.

        As in a program nothing is used that `main` does not use, what is only wrong with some
        types or numbers is found where they are used, in a module as here.
        """
        source, text, kind = analyse(self.text), self.text, "bin"
        if source.no_program:
            kind = "bin" if source.has_no_main else "lib"
        elif self.tested:
            kind = "test"
        elif not source.begins:
            text += "\nfn main() {}"
        return Crate(
            (text,), self.edition, kind, True, externs=self.externs, assembles=source.assembles
        )

    def as_module(self, index: int) -> str:
        """Return its text as a module of a shared crate: the root that it names is the module."""
        source = analyse(self.text)
        text = source.rooted_at(f"crate::unit_{index}")
        if self.tested or not source.begins:
            return text
        matters = source.may_fail_late or source.main_returns or source.odd_main
        return text + _MAIN if matters else text

    @property
    def builds_with_others(self) -> bool:
        """Whether its program may be built as a module, and not see that it is one."""
        source = analyse(self.text)
        apart = self.alone or self.tested or source.sees_its_place
        return source.has_main and not source.odd_main and not apart

    @property
    def tests_with_others(self) -> bool:
        """Whether its tests may run in one process with those of others."""
        source = analyse(self.text)
        return self.tested and not (self.alone or source.sees_its_place or source.sees_outside)

    def as_program(self, index: int) -> str:
        """Return its text as a module with a function that does as a program's main."""
        return analyse(self.text).rooted_at(f"crate::unit_{index}") + _PROGRAM

    def lacks_glob(self, errors: Iterable[Diagnostic]) -> bool:
        """Tell whether errors may be of a `use` of all names of a module that is not there."""
        unresolved = any(e.code in ("E0432", "E0433") for e in errors)
        return unresolved and _GLOB.search(analyse(self.text).bare) is not None

    def may_be_blameless(self, errors: Iterable[Diagnostic]) -> bool:
        """Tell whether errors in its module may come of another text, or of what we changed.

        An error after its last line is that of the lines added to it; one in a text that names its
        root, or puts macros there, may be that of what we rewrote.
        """
        last = self.text.count("\n") + 1
        own = all(e.line <= last and e.code not in _SHARED_FAULTS for e in errors)
        source = analyse(self.text)
        return source.names_root or source.exports_macros or not own


def programs_crate(units: Sequence[Unit]) -> Crate:
    """Make one crate of programs that share edition and crates, to be linked and run."""
    texts = tuple(unit.as_program(at) for at, unit in enumerate(units))
    first = units[0]
    whole = tuple(unit.text for unit in units)
    return Crate(texts, first.edition, "bin", externs=first.externs, programs=whole)


def stops_at(errors: Iterable[Diagnostic]) -> int:
    """Return the stage at which errors keep rustc from checking any body; 0 if they do not.

    1 is its end at once, 2 reading the text and expanding its macros, 3 finding the traits that it
    names (tried with each example of rustc's index of errors: tests/rust/test_stages.py).
    """
    every = list(errors)
    codes = {e.code for e in every}
    if codes & {"E0275", "E0391"}:
        return 1
    if codes & _TOKENS or _syntax_errors(every):
        return 2
    return 3 if codes & _TRAITS else 0


def _syntax_errors(errors: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [e for e in errors if not e.code and not _NOT_SYNTAX.search(e.message)]


def _plain(error: Diagnostic) -> Diagnostic:
    message, shown = (_OWN_PATH.sub("", text) for text in (error.message, error.shown))
    return replace(error, message=message, module=0, shown=shown)


def independent(outcome: Compilation) -> Compilation:
    """Reduce an outcome to what it would be whatever shares the crate.

    After a syntax error rustc goes on only if no other file of the crate is worse, so what it says
    beyond syntax is left out; so are the module's name in what it says of types, and the order in
    which it happens to look at names.
    """
    errors = _syntax_errors(outcome.errors) or outcome.errors
    in_order = sorted(map(_plain, errors), key=lambda e: e.line or sys.maxsize)
    return Compilation(outcome.ok, tuple(in_order), outcome.problem)
