"""Every error that a user can meet, as one tree.

CuratorError          what is wrong, where, what to do next (exit 1)
├── DataError         a record, label or file that is not what it should be
│   └── BrokenLine    lines of a JSONL file that cannot be read
├── StoreError        a file that cannot be locked or written
├── RecipeError       a recipe with an unknown key or a bad value
├── ModelError        a model that is absent, no GGUF, or too large
├── CompilerError     no rustc, or no sandbox to run it in
├── ClusterError      no Ray, no cluster, or a machine of it that lacks something
├── ArgillaError      no Argilla: it does not start or let us in; exit 3 where none answers
├── TrainingError     a training that cannot start, or that was given up
│   └── CannotWrite   a training's files cannot be written: its settings are not to blame
├── EvaluationError   arms that cannot be compared
├── NotInstalled      a package of an extra that is not there
├── NothingSurvived   every candidate was rejected
├── NothingMissing    every target is met (exit 0)
├── NotReady          a gate that is not met (exit 3)
└── Interrupted       Ctrl-C (exit 130)
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


class CuratorError(Exception):
    """An error for people: one line that says what is wrong, where, and what to do.

    `what` is a clause without full stop, `where` a `file:line` or record id, `hint` an imperative.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | Path | None = None, hint: str | None = None):
        self.what = what
        self.where = None if where is None else str(where)
        self.hint = hint
        self.places: list[str] = []  # where there are several faults, a line for each
        super().__init__(str(self))

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        first = f"{line} ({self.hint})" if self.hint else line
        return "\n".join([first, *getattr(self, "places", ())])

    def document(self) -> dict[str, Any]:
        """Return the error as a JSON object."""
        return {
            "kind": type(self).__name__,
            "what": self.what,
            "where": self.where,
            "hint": self.hint,
            "places": [place.strip() for place in self.places],
            "exit_code": self.exit_code,
        }


class DataError(CuratorError):
    """A record, label or file that is not what it should be."""


class BrokenLine(DataError):
    """Lines of a JSONL file that cannot be read: one, or `count` of which `others` are the next.

    A single one reads like any error; of several, each has a line of its own below the first.
    """

    def __init__(
        self,
        path: Path,
        line: int,
        why: str,
        others: Sequence[tuple[int, str]] = (),
        *,
        count: int = 1,
        hint: str = "repair or delete this line; the others are untouched",
    ):
        places: list[str] = []
        what, where = f"broken line: {why}", f"{path}:{line}"
        if count > 1:
            places = [f"  {path}:{n}: {fault}" for n, fault in [(line, why), *others]]
            more = count - len(places)
            places += [f"  and {more} more"] if more else []
            what, where = f"{count} broken lines", str(path)
            hint = "repair or delete them; the others are untouched"
        super().__init__(what, where=where, hint=hint)
        self.places = places


class StoreError(CuratorError):
    """A file that cannot be locked or written."""


class RecipeError(CuratorError):
    """A recipe with an unknown key or a bad value; of several mistakes, all are told."""


class ModelError(CuratorError):
    """A model that is absent, no GGUF, or too large for memory."""


class CompilerError(CuratorError):
    """No rustc, or no sandbox to run it in."""


class ClusterError(CuratorError):
    """No Ray, no cluster, or a machine of it that lacks something or was lost too often."""


class ArgillaError(CuratorError):
    """No Argilla: it does not start, answer or let us in.

    `transient` says that the same request may succeed a little later, `away` that no server runs
    there, which is not ready rather than wrong (exit 3).
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | Path | None = None,
        hint: str | None = None,
        transient: bool = False,
        away: bool = False,
    ):
        super().__init__(what, where=where, hint=hint)
        self.transient = transient
        self.exit_code = 3 if away else 1


class TrainingError(CuratorError):
    """A training that cannot start, or that was given up."""


class CannotWrite(TrainingError):
    """A training's files cannot be written or locked: its settings are not to blame."""


class EvaluationError(CuratorError):
    """Two arms that cannot be compared, or an evaluation that its inputs no longer fit."""


class NotInstalled(CuratorError):
    """A package of an extra that is not there."""


class NothingSurvived(CuratorError):
    """Every candidate was rejected; the counts per reason are in the message."""


class NothingMissing(CuratorError):
    """There is nothing to make, since every target is met."""

    exit_code = 0


class NotReady(CuratorError):
    """A gate that is not met."""

    exit_code = 3


class Interrupted(CuratorError):
    """The user pressed Ctrl-C; what was done so far is on disk."""

    exit_code = 130
