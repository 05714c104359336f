"""One text to compile, and how it stands in a crate that it shares with others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

from curator.rust.compiler import Compilation, Crate, Diagnostic, Extern
from curator.rust.source import analyse

# What an impl in another text could cause, however careful we are: choices left, or overlaps.
_SHARED_FAULTS = {"E0034", "E0119", "E0275", "E0282", "E0283", "E0284", "E0790"}
_OWN_PATH = re.compile(r"\bunit_\d+::")
# A crate's own main must return what can end a program; in a module nothing asks that of it.
_GUARD = (
    "\nconst _: fn() = || { fn ends<T: std::process::Termination>(_: fn() -> T) {} ends(main) };"
)


class Likelihood(IntEnum):
    """How probable it is that a text compiles."""

    LOW = 0
    EVEN = 1
    HIGH = 2


@dataclass(frozen=True)
class Unit:
    """A text to compile by itself: its edition, and the crates that it may name.

    `likelihood` keeps it among its like: that makes all of them cheaper, and changes no outcome.
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
        # In edition 2015 a path in a `use` begins at the crate's root, which a module is not.
        return self.edition == "2015" or analyse(self.text).alone

    @property
    def sharing(self) -> tuple[str, bool, Extern]:
        """What units must have in common to share a crate."""
        return self.edition, self.tested, self.externs

    def crate(self) -> Crate:
        """Make a crate of this unit alone."""
        source = analyse(self.text)
        main = "bin" if source.has_main or source.has_no_main else "lib"
        kind = "test" if self.tested else main
        return Crate((self.text,), self.edition, kind, alone=True, externs=self.externs)

    def as_module(self, index: int) -> str:
        """Return its text as a module of a shared crate: the root that it names is the module."""
        source = analyse(self.text)
        text = source.rooted_at(f"crate::unit_{index}")
        return text + _GUARD if source.has_main and source.main_returns else text

    def may_be_blameless(self, errors: Iterable[Diagnostic]) -> bool:
        """Tell whether errors in its module may come of another text, or of what we changed.

        An error after its last line is the guard's; one in a text that names its root may be that
        of the path which we rewrote.
        """
        last = self.text.count("\n") + 1
        own = all(e.line <= last and e.code not in _SHARED_FAULTS for e in errors)
        return analyse(self.text).names_root or not own


def syntax_errors(outcome: Compilation) -> list[Diagnostic]:
    """List the syntax errors of an outcome; a macro that is not found has no code either."""
    return [e for e in outcome.errors if not e.code and "cannot find" not in e.message]


def _plain(error: Diagnostic) -> Diagnostic:
    message, shown = (_OWN_PATH.sub("", text) for text in (error.message, error.shown))
    return replace(error, message=message, module=0, shown=shown)


def independent(outcome: Compilation) -> Compilation:
    """Reduce an outcome to what it would be whatever shares the crate.

    After a syntax error rustc goes on only if no other file of the crate is worse, so what it says
    beyond syntax is left out; so is the module's name in what it says of types.
    """
    errors = syntax_errors(outcome) or outcome.errors
    return Compilation(outcome.ok, tuple(map(_plain, errors)), outcome.problem)
