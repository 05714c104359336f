"""Follow a block through the rounds: what rustc said of it so far, and what is tried next."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from curator.rust import compose
from curator.rust.compiler import Compilation, Extern
from curator.rust.compose import Attempt, Composition
from curator.rust.document import PAGE, Document, Options
from curator.rust.expect import (
    CODE,
    IGNORED,
    Expectation,
    ExpectedOutcome,
    Surroundings,
    expected_outcome,
)
from curator.rust.fence import is_foreign
from curator.rust.source import analyse
from curator.text.markdown import Block, blocks, lines_of

# Errors that say that a name is missing (the error index): a context or an import may help.
MISSING = {
    "E0404", "E0405", "E0411", "E0412", "E0422", "E0423", "E0424", "E0425", "E0432", "E0433",
    "E0531", "E0532", "E0574", "E0576",
}  # fmt: skip
_NEARBY = 120  # lines
# A macro without a code, or a method whose trait is not in scope, may want an import too.
_IMPORTABLE = MISSING | {"E0599", ""}


@dataclass
class BlockState:
    """One block: its text, what is expected, what stands before it, what was tried and settled it.

    `answer` and `question` are the blocks before it in either text; they may be its context.
    `named` are the error codes that the document names.
    """

    role: str
    markdown: str
    block: Block
    expected: ExpectedOutcome
    edition: str
    answer: tuple["BlockState", ...] = ()
    question: tuple["BlockState", ...] = ()
    named: frozenset[str] = frozenset()
    tried: list[tuple[Attempt, Compilation]] = field(default_factory=list)
    settled: tuple[Attempt, Compilation] | None = None

    @property
    def stands(self) -> bool:
        """Whether it is shown because it fails, so that nothing may repair it."""
        what = self.expected
        asked = what.expectation is Expectation.MAY_FAIL and what.said_by == "question"
        return asked or what.expectation is Expectation.FAILS

    def learn(self, attempt: Attempt, outcome: Compilation) -> None:
        """Take in one outcome; the first that shows what is expected, or a limit, settles.

        A success settles a block that should fail, too: it has been shown to compile, unless it
        took other blocks to make it so and no code is named that it should fail with. A failure
        with other codes than are named settles nothing: a context may bring the right ones.
        """
        if self.settled:
            return
        failing = self.expected.expectation is Expectation.FAILS
        wanted = self.expected.codes
        if outcome.ok and failing and not wanted and self.tried:
            return
        self.tried.append((attempt, outcome))
        shown = failing and bool(wanted) and outcome.codes == wanted
        if outcome.ok or outcome.problem or shown:
            self.settled = (attempt, outcome)

    def wants_context(self) -> bool:
        """Tell whether earlier blocks may say more of it than that names are missing.

        One that is shown because it fails stands by itself: they are asked only where the names
        that it lacks are all theirs, and where no text says that it lacks them.
        """
        if not self.stands or not self.tried:
            return self.lacks_names()
        outcome = self.tried[0][1]
        what = self.expected
        fenced = what.said_by == "fence" and not what.codes
        if fenced or (not what.codes and outcome.codes & self.named):
            return False
        defined = {n for t in (*self.question, *self.answer) for n in analyse(t.block.code).defines}
        lacking = [set(e.quoted) for e in outcome.errors if e.lacks_name]
        return bool(lacking) and all(names & defined for names in lacking)

    def unbalanced(self) -> bool:
        """Tell whether its braces are loose: they could close those that we put around it."""
        first = self.tried[0][1].errors if self.tried else ()
        loose = any("delimiter" in e.message for e in first)
        return loose or not analyse(self.block.code).balanced

    def lacks_names(self) -> bool:
        """Tell whether some attempt failed for want of a name, so that more context may help."""
        return any(
            e.code in MISSING or e.lacks_name for _, outcome in self.tried for e in outcome.errors
        )

    def piece(self, hopeful: bool) -> str:
        """Return what later blocks may build on: all of it, or its items that hold no error.

        A block that only lacks names may find them in turn: with `hopeful`, it counts as sound.
        """
        if self.settled and self.settled[1].ok:
            return self.block.code
        if not self.tried:
            return ""
        lacking = (all(e.code in MISSING for e in outcome.errors) for _, outcome in self.tried)
        if hopeful and not self.settled and any(lacking):
            return self.block.code
        attempt, outcome = self.tried[0]
        faults = (e.line - attempt.first for e in outcome.errors)
        return compose.sound_part(self.block.code, faults)


def externs_of(code: str, offered: Extern) -> Extern:
    """Return `offered` where a text names one of its crates and defines nothing of that name.

    Linking what no text asks for would make each run slower, and put it into another crate.
    """
    source = analyse(code)
    for name, _ in offered.libraries:
        named = re.search(rf"\b{name}\s*(?:::|!)|\b(?:use|extern\s+crate)\s+{name}\b", source.bare)
        if named and not any(item.name == name for item in source.items):
            return offered
    return Extern()


def around_block(lines: Sequence[str], block: Block) -> tuple[str, str]:
    """Return the lines above a block's fence and those below it, no more than can speak of it."""
    first, end = block.line - 2, block.line - 1 + block.code.count("\n") + block.closed
    above = lines[max(0, first - _NEARBY) : first]
    return "\n".join(above), "\n".join(lines[end : end + _NEARBY])


def block_states(document: Document, options: Options) -> list[BlockState]:
    """List the Rust blocks of a document, in reading order, each knowing those before it."""
    every: list[BlockState] = []
    asked = "\n".join(t.markdown for t in document.texts if t.role == "question")
    named = frozenset(c for text in document.texts for c in CODE.findall(text.markdown))
    for text in document.texts:
        own: list[BlockState] = []
        question = asked if text.role == "answer" and every else ""
        lines = lines_of(text.markdown)
        for block in (b for b in blocks(text.markdown) if b.is_rust):
            around = Surroundings(*around_block(lines, block), question)
            asks = document.debug and text.role == "question"
            # A page is read as rustdoc reads it; what a model wrote is not let off by its fence.
            passed_over = text.role == PAGE and is_foreign(block)
            state = BlockState(
                role=text.role,
                markdown=text.markdown,
                block=block,
                expected=IGNORED if passed_over else expected_outcome(block, around, asks),
                edition=block.edition or options.edition,
                answer=tuple(own),
                question=tuple(every),
                named=named,
            )
            own.append(state)
        every += own
    return every


def _contexts(state: BlockState, hopeful: bool) -> list[Attempt]:
    """Put a block that lacks names after earlier blocks, nearest first: answer, then question."""
    if state.unbalanced() or not state.wants_context():
        return []
    answer = [p for t in state.answer if (p := t.piece(hopeful))]
    question = [p for t in state.question if (p := t.piece(hopeful))]
    code, mended = state.block.code, not state.stands
    attempts = compose.after(Composition.AFTER_ANSWER, answer, code, mended)
    if question:
        both = [*question, *answer]
        attempts += compose.after(Composition.AFTER_QUESTION, both, code, mended)
    tried = {attempt.text for attempt, _ in state.tried}
    return [attempt for attempt in attempts if attempt.text not in tried]


def _ambiguous(paths: Iterable[str]) -> bool:
    """Tell whether two different paths would bring the same name."""
    by_name: dict[str, set[str]] = {}
    for path in paths:
        by_name.setdefault(path.rsplit("::", 1)[-1], set()).add(path)
    return any(len(same) > 1 for same in by_name.values())


def _with_imports(state: BlockState) -> Iterator[Attempt]:
    """Repeat attempts that failed for want of names, with the imports that rustc proposes."""
    if state.stands:
        return
    seen = {attempt.text for attempt, _ in state.tried}
    for attempt, outcome in state.tried:
        paths = [p for e in outcome.errors if e.code in _IMPORTABLE for p in e.imports]
        if paths and not _ambiguous(paths):
            better = compose.with_imports(attempt, paths)
            if better.text not in seen:
                yield better


Round = Callable[[BlockState], Iterable[Attempt]]


def _begin(state: BlockState) -> list[Attempt]:
    """Take a block as it stands, or in main where a statement at its top level asks for it."""
    code = state.block.code
    if state.stands:
        return [compose.as_it_stands(code)]
    whole = analyse(code).has_statements and not state.unbalanced()
    return (compose.in_main(code) if whole else []) or [compose.as_is(code)]


def _in_main(state: BlockState) -> list[Attempt]:
    if (
        state.stands
        or state.unbalanced()
        or any(a.how is Composition.IN_MAIN for a, _ in state.tried)
    ):
        return []
    return compose.in_main(state.block.code)


# As it stands is asked at last of what was not, if nothing else may be. Context twice: first as if
# blocks that lack names will find them, then without those that did not. Imports twice: the second
# adds what only showed after the first.
ROUNDS: tuple[Round, ...] = (
    _begin,
    _in_main,
    lambda t: [] if t.tried else [compose.as_is(t.block.code)],
    lambda t: _contexts(t, hopeful=True),
    lambda t: _contexts(t, hopeful=False),
    lambda t: list(_with_imports(t)),
    lambda t: list(_with_imports(t)),
)
