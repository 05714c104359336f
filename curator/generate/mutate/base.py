"""The contract of a mutation: a named error that learners make, as edits of code that compiles.

A topic's module lists its mutations in MUTATIONS. `find` reads one whole program and yields every
place where the error could be made; it may be generous, since a mutant is kept only if rustc gives
one of `codes` and nothing else. The wordings of a mutation are in texts/<name>.yaml.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from curator.generate.mutate.syntax import Source
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic


@dataclass(frozen=True)
class Edit:
    """Replace the bytes from `start` to `end` of a program (UTF-8 offsets) by `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Site:
    """One place for a mutation: its edits, ordered and disjoint, and what the wordings name.

    `slots` are the facts that only the syntax knows (`nom`, `type`, `fonction`, ...); they go into
    French prose inside backquotes. `topic` is given where the code, not the mutation, decides it.
    `repair` are the edits of the program that give the corrected one, where that is not the program
    itself: a learner who wanted one line more gets it in a way that compiles. Sites with the same
    edits are tries of one repair: the first that compiles is taken.
    """

    edits: tuple[Edit, ...]
    slots: Mapping[str, str] = field(default_factory=dict)
    topic: Topic | None = None
    repair: tuple[Edit, ...] = ()


Finder = Callable[[Source], Iterable[Site]]


@dataclass(frozen=True)
class Mutation:
    """A learner's error. `codes` are the rustc codes of which exactly one must result.

    `needs` are slots that what rustc says must give (see facts), or the mutant is left out. `forms`
    are those that it may have, where not all: who sees only the failing program of some mutations
    cannot know what the learner meant.
    """

    name: str
    topic: Topic
    difficulty: Difficulty
    codes: frozenset[str]
    find: Finder
    needs: frozenset[str] = frozenset()
    forms: frozenset[Category] = frozenset(Category)


def apply(code: str, edits: Iterable[Edit]) -> str:
    """Make edits in `code`; raises ValueError where they overlap or leave the text."""
    raw = code.encode("utf-8")
    parts: list[bytes] = []
    place = 0
    for edit in edits:
        if not place <= edit.start <= edit.end <= len(raw):
            raise ValueError(f"edits overlap or leave the text at byte {edit.start}")
        parts += [raw[place : edit.start], edit.new.encode("utf-8")]
        place = edit.end
    return b"".join([*parts, raw[place:]]).decode("utf-8")
