"""See a document as its texts, each with the states of its Rust blocks, for claims to refer to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from curator.french.changes import ChangeClaim
from curator.rust.block_state import MISSING, BlockState
from curator.rust.compiler import Compilation, Diagnostic
from curator.rust.compose import Attempt
from curator.rust.document import Document
from curator.rust.expect import Expectation
from curator.rust.shown import ShownError
from curator.rust.unit import Unit
from curator.text.markdown import blocks

# Outcomes of the round in which claims are tried, by what was compiled.
Outcomes = Mapping[Unit, Compilation]


@dataclass(frozen=True)
class Page:
    """One text of a document: its role, its Markdown, its Rust blocks in order."""

    role: str
    markdown: str
    states: tuple[BlockState, ...]

    def above(self, line: int) -> list[BlockState]:
        """List the blocks above a line, the nearest first."""
        return [s for s in reversed(self.states) if s.block.line <= line]

    def below(self, line: int) -> list[BlockState]:
        """List the blocks below a line, the nearest first."""
        return [s for s in self.states if s.block.line > line]


def pages(document: Document, states: Sequence[BlockState]) -> list[Page]:
    """Share the states of a document's blocks, in reading order, out to its texts."""
    found, at = [], 0
    for text in document.texts:
        count = sum(b.is_rust for b in blocks(text.markdown))
        found.append(Page(text.role, text.markdown, tuple(states[at : at + count])))
        at += count
    return found


@dataclass(frozen=True)
class Said:
    """What rustc said of a block in all attempts together.

    `compiles`: one attempt compiled. `sure`: what is not among `errors` is no error of the block;
    a block that is ignored and lacks names, or is broken, may have others.
    """

    errors: tuple[Diagnostic, ...] = ()
    compiles: bool = False
    sure: bool = True

    @property
    def codes(self) -> frozenset[str]:
        """The error codes among the errors."""
        return frozenset(e.code for e in self.errors if e.code)


@dataclass(frozen=True)
class Variant:
    """A block as a change makes it: its state, the code, the whole text to compile."""

    state: BlockState
    code: str
    unit: Unit


@dataclass(frozen=True)
class ChangedBlocks:
    """A claim about a change in a page, and the variants of blocks that may be meant.

    Without variants, `why` says why the claim is not tried.
    """

    page: Page
    claim: ChangeClaim
    variants: tuple[Variant, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class ShownClaim:
    """An error that a text shows, and the blocks that may give it, first the one it stands under.

    With one block only, that one must give it.
    """

    error: ShownError
    states: tuple[BlockState, ...]


@dataclass(frozen=True)
class NamedCodes:
    """A sentence that names error codes: its page, its line, its codes, and how it means them.

    `general`: it may speak of other code, or of errors in general; `asserted` are the codes that it
    says the shown code gives.
    """

    page: Page
    line: int
    codes: frozenset[str]
    general: bool
    asserted: frozenset[str]


@dataclass
class Lesson:
    """A document with its claims, what rustc said of its blocks, and of what claims need.

    `shown`, `named` and `changes` are what its texts claim, read before anything is compiled;
    `elsewhere` says that a block that is not marked as Rust may be what they are about.
    `units` are the texts to compile for the ignored blocks that a claim is about, by the state's
    `id`; others that are ignored are never compiled. `trying` are the claims about changes.
    """

    document: Document
    pages: list[Page]
    shown: list[ShownClaim] = field(default_factory=list)
    named: list[NamedCodes] = field(default_factory=list)
    changes: list[tuple[int, ChangeClaim]] = field(default_factory=list)
    elsewhere: bool = False
    units: dict[int, list[Unit]] = field(default_factory=dict)
    trying: list[ChangedBlocks] = field(default_factory=list)
    outcomes: Outcomes = field(default_factory=dict)

    def states(self) -> Iterator[BlockState]:
        """Yield the states of all blocks, in order."""
        return (state for page in self.pages for state in page.states)

    def said(self, state: BlockState) -> Said | None:
        """Return what rustc said of a block; None where it said nothing that counts."""
        if state.tried:
            tried = [outcome for _, outcome in state.tried]
            settled = state.settled is not None and state.settled[1].ok
            return None if any(o.problem for o in tried) else Said(_errors(tried), settled)
        found = [self.outcomes[u] for u in self.units.get(id(state), ()) if u in self.outcomes]
        if not found or any(o.problem for o in found):
            return None
        compiles = any(o.ok for o in found)
        return Said(_errors(found), compiles, compiles or any(map(_is_clear, found)))


def _errors(outcomes: Iterable[Compilation]) -> tuple[Diagnostic, ...]:
    return tuple(e for outcome in outcomes for e in outcome.errors)


def _is_clear(outcome: Compilation) -> bool:
    """Tell whether errors are those of the code, and not of what is missing around it."""
    return not outcome.codes & (MISSING | {"", "E0599", "E0752"})


def is_ignored(state: BlockState) -> bool:
    """Tell whether a block is left out of verification by its fence."""
    return state.expected.expectation is Expectation.IGNORED


def carried(attempt: Attempt, code: str) -> int | None:
    """Return where the author's code begins in an attempt; None where it does not stand there."""
    rows = attempt.text.split("\n")
    at = sum(len(row) + 1 for row in rows[: attempt.first])
    return at if attempt.text.startswith(code, at) else None


def all_code(lesson: Lesson) -> str:
    """Return the code of all blocks, for looking up what prose refers to."""
    return "\n".join(state.block.code for state in lesson.states())
