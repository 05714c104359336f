"""Check the Rust blocks of documents: what each should do, how it was composed, whether it did.

All blocks of all documents go through the same rounds together, so that each round is a few runs of
rustc: as it stands; in `fn main`; after earlier blocks of the answer, then of the question; and
with the standard-library imports that rustc itself proposes. A block leaves when an attempt does
what is expected of it. The author's code is never changed.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import accumulate
from threading import Lock

from curator.rust.batch import Workers
from curator.rust.block_state import ROUNDS, BlockState, Round, block_states, externs_of
from curator.rust.building import building
from curator.rust.cache import compile_cached
from curator.rust.changes import check_changes
from curator.rust.claimed import compile_claims, read_lesson
from curator.rust.claims import check_claims
from curator.rust.compiler import Compiler
from curator.rust.compose import Attempt
from curator.rust.document import BlockResult, Document, Options
from curator.rust.expect import Expectation
from curator.rust.includes import missing_include
from curator.rust.judge import judge
from curator.rust.lesson import Lesson
from curator.rust.outcome import fault, run_blocks, runnable, way_to_run
from curator.rust.runner import Run
from curator.rust.source import analyse
from curator.rust.unit import Unit

# Characters of the texts that one core takes at a time: less would be many runs of rustc, more
# much memory.
_SMALLEST, _LARGEST = 40_000, 400_000
# Python reads on one core at a time: a slice that is read as a whole begins to compile sooner.
_READING = Lock()


def _allowed(attempt: Attempt, options: Options) -> bool:
    return attempt.how in options.accept and (options.imports or not attempt.imports)


def _do_round(
    states: Sequence[BlockState],
    propose: Round,
    compiler: Compiler,
    options: Options,
    workers: Workers,
) -> None:
    """Compile what a round proposes for the blocks that nothing has settled, all at once."""
    with _READING:
        proposed = [(state, a) for state in states if not state.settled for a in propose(state)]
        attempts = [(state, a) for state, a in proposed if _allowed(a, options)]
        units = [_unit(state, attempt, options) for state, attempt in attempts]
    outcomes = compile_cached(units, compiler, options.cache, options.batched, workers)
    for (state, attempt), outcome in zip(attempts, outcomes, strict=True):
        state.learn(attempt, outcome)


def _unit(state: BlockState, attempt: Attempt, options: Options) -> Unit:
    """Make the unit of an attempt; the first of a block is run at once, if it is a program."""
    externs = externs_of(attempt.text, options.externs)
    first = options.runner and options.batched and not state.tried
    wanted = bool(first) and way_to_run(state, attempt.text) == "bin"
    return Unit(attempt.text, state.edition, externs, state.stands, wanted)


def _takes_part(state: BlockState, compiler: Compiler, options: Options) -> bool:
    """Tell whether a block goes through the rounds at all."""
    source = analyse(state.block.code)
    ignored = state.expected.expectation is Expectation.IGNORED
    refused = source.hidden or (options.refuse_outside and source.outside)
    refused = refused or missing_include(state.block.code)
    return not (ignored or refused) and compiler.knows_edition(state.edition)


def _untried(state: BlockState, compiler: Compiler) -> BlockResult:
    """Say why a block did not go through the rounds."""
    result = BlockResult(state.role, state.block, state.expected)
    if state.expected.expectation is Expectation.IGNORED:
        return result
    if included := missing_include(state.block.code):
        message = f"`{included}` cannot be read here"
        return replace(result, reason="include_missing", message=message)
    if compiler.knows_edition(state.edition):
        source = analyse(state.block.code)
        message = "a crate-wide cfg" if source.hidden else source.outside
        return replace(result, reason="refused", message=message)
    message = f"edition {state.edition} is unknown to {compiler.version}"
    return replace(result, reason="rustc_too_old", message=message)


def _results(lesson: Lesson, compiler: Compiler, runs: Mapping[int, Run]) -> list[BlockResult]:
    """Judge the blocks of a document by rustc, by their runs, and by what the text claims."""
    states = list(lesson.states())
    tried = [state for state in states if state.tried]
    judged = {id(state): judge(state, tried) for state in tried}
    for state in (state for state in tried if id(state) in runs):
        reason, message = fault(state, runs[id(state)])
        if reason:
            judged[id(state)] = replace(judged[id(state)], reason=reason, message=message)
        if runs[id(state)].ended == "ok" and runnable(state) == "bin":
            judged[id(state)] = replace(judged[id(state)], stdout=runs[id(state)].stdout)
    results = [judged.get(id(state)) or _untried(state, compiler) for state in states]
    return check_changes(lesson, check_claims(lesson, results))


def _slices(documents: Sequence[Document], workers: int) -> Iterator[Sequence[Document]]:
    """Cut documents into slices that keep every core busy with few runs of rustc."""
    ends = list(accumulate(sum(len(t.markdown) for t in document.texts) for document in documents))
    total = ends[-1] if ends else 0
    count = workers * -(-total // (workers * _LARGEST)) if total >= workers * _SMALLEST else 1
    cuts = [bisect_left(ends, total * at / count) for at in range(count)]
    for first, last in zip(cuts, [*cuts[1:], len(documents)], strict=True):
        yield documents[first:last]


def _do_rounds(
    documents: Sequence[Document], compiler: Compiler, options: Options, workers: Workers
) -> list[Lesson]:
    """Take the blocks of some documents through all rounds; returns them by document."""
    with _READING:
        lessons = [read_lesson(d, block_states(d, options)) for d in documents]
        states = (state for lesson in lessons for state in lesson.states())
        taking_part = [s for s in states if _takes_part(s, compiler, options)]
    for propose in ROUNDS:
        _do_round(taking_part, propose, compiler, options, workers)
    return lessons


def check_documents(
    documents: Sequence[Document], compiler: Compiler, options: Options
) -> list[list[BlockResult]]:
    """Check every Rust block of every document; returns the results of each, in reading order.

    Uses all cores, or `options.cores`: each takes a slice of many documents through the rounds, so
    that one reads while another waits for rustc; the runs of rustc for few documents, and those of
    the last slices, are shared out instead.
    """
    cores = options.cores or os.cpu_count() or 1
    slices = list(_slices(documents, cores))
    left = list(slices)

    def take(some: Sequence[Document]) -> list[Lesson]:
        done = _do_rounds(some, compiler, options, lambda: max(1, cores // max(1, len(left))))
        left.pop()
        return done

    with ExitStack() as stack:
        begun = None
        if options.runner and options.batched:
            compiler = begun = stack.enter_context(building(compiler, options.runner, cores))
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=cores))
        lessons = [lesson for part in pool.map(take, slices) for lesson in part]
        tried = [state for lesson in lessons for state in lesson.states() if state.tried]
        runs = run_blocks(tried, options.runner, options, begun) if options.runner else {}
    compile_claims(lessons, compiler, options, lambda: cores)
    return [_results(lesson, compiler, runs) for lesson in lessons]
