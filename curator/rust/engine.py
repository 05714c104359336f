"""Blocks -> results: what each should do, how it was composed, whether it did.

All blocks of all documents go through the same rounds together, so that each round is a few runs of
rustc: as it stands; in `fn main`; after earlier blocks of the answer, then of the question; and
with the standard-library imports that rustc itself proposes. A block leaves when an attempt does
what is expected of it. The author's code is never changed.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import accumulate

from curator.rust.block_state import ROUNDS, BlockState, Round, block_states, externs_of
from curator.rust.cache import compile_cached
from curator.rust.claims import check_claims
from curator.rust.compiler import Compiler
from curator.rust.document import BlockResult, Document, Options
from curator.rust.expect import Expectation
from curator.rust.judge import judge
from curator.rust.outcome import fault, run_blocks
from curator.rust.runner import Run
from curator.rust.source import analyse
from curator.rust.unit import Unit

# Characters of the texts that one core takes at a time: less would be many runs of rustc, more
# much memory.
_SMALLEST, _LARGEST = 40_000, 400_000


def _round(
    states: Sequence[BlockState], make: Round, compiler: Compiler, options: Options, workers: int
) -> None:
    made = [(t, a) for t in states if not t.settled for a in make(t)]
    allowed = options.accept
    asked = [(t, a) for t, a in made if a.how in allowed and (options.imports or not a.imports)]
    units = [
        Unit(a.text, t.edition, externs_of(a.text, options.externs), t.likelihood(a))
        for t, a in asked
    ]
    said = compile_cached(units, compiler, options.cache, options.batched, workers)
    for (state, attempt), outcome in zip(asked, said, strict=True):
        state.learn(attempt, outcome)


def _untried(state: BlockState, compiler: Compiler) -> BlockResult:
    result = BlockResult(state.role, state.block, state.expected)
    if state.expected.expectation is Expectation.IGNORED:
        return result
    if compiler.knows_edition(state.edition):
        source = analyse(state.block.code)
        message = "a crate-wide cfg" if source.hidden else source.outside
        return replace(result, reason="refused", message=message)
    message = f"edition {state.edition} is unknown to {compiler.version}"
    return replace(result, reason="rustc_too_old", message=message)


def _wanted(state: BlockState, compiler: Compiler, options: Options) -> bool:
    """Whether a block goes through the rounds at all."""
    wanted = state.expected.expectation is not Expectation.IGNORED and compiler.knows_edition(
        state.edition
    )
    source = analyse(state.block.code)
    return wanted and not source.hidden and not (options.refuse_outside and source.outside)


def _results(
    document: Document, states: Sequence[BlockState], compiler: Compiler, runs: Mapping[int, Run]
) -> list[BlockResult]:
    tried = [t for t in states if t.tried]
    judged = {id(t): judge(t, tried) for t in tried}
    markdown = {text.role: text.markdown for text in document.texts}
    for state in (t for t in tried if id(t) in runs):
        reason, message = fault(state, runs[id(state)], markdown[state.role])
        if reason:
            judged[id(state)] = replace(judged[id(state)], reason=reason, message=message)
    results = [judged.get(id(t)) or _untried(t, compiler) for t in states]
    return check_claims(document, results)


def _runs(states: Sequence[BlockState], options: Options) -> dict[int, Run]:
    if options.runner is None:
        return {}
    return run_blocks(states, options.runner, options)


def _slices(documents: Sequence[Document], workers: int) -> Iterator[Sequence[Document]]:
    """Neighbouring documents, in pieces that keep every core busy with few runs of rustc."""
    ends = list(accumulate(sum(len(t.markdown) for t in document.texts) for document in documents))
    total = ends[-1] if ends else 0
    count = workers * -(-total // (workers * _LARGEST)) if total >= workers * _SMALLEST else 1
    cuts = [bisect_left(ends, total * at / count) for at in range(count)]
    for first, last in zip(cuts, [*cuts[1:], len(documents)], strict=True):
        yield documents[first:last]


def _tried_documents(
    documents: Sequence[Document], compiler: Compiler, options: Options, workers: int
) -> list[list[BlockState]]:
    """The blocks of each document, all rounds done."""
    per_document = [block_states(document, options) for document in documents]
    to_try = [t for states in per_document for t in states if _wanted(t, compiler, options)]
    for make in ROUNDS:
        _round(to_try, make, compiler, options, workers)
    return per_document


def check_documents(
    documents: Sequence[Document], compiler: Compiler, options: Options
) -> list[list[BlockResult]]:
    """The results of every Rust block of every document, in reading order.

    Uses all cores, or `options.cores`: each takes a slice of many documents through the rounds, so
    that one reads while another waits for rustc; the runs of rustc for few documents are shared out
    instead.
    """
    cores = options.cores or os.cpu_count() or 1
    slices = list(_slices(documents, cores))
    workers = max(1, cores // len(slices))
    with ThreadPoolExecutor(max_workers=cores) as pool:
        parts = pool.map(lambda some: _tried_documents(some, compiler, options, workers), slices)
        per_document = [states for part in parts for states in part]
    tried = [t for states in per_document for t in states if t.tried]
    runs = _runs(tried, options)
    pairs = zip(documents, per_document, strict=True)
    return [_results(document, states, compiler, runs) for document, states in pairs]
