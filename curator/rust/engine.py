"""Blocks -> results: what each should do, how it was composed, whether it did.

All blocks of all lessons go through the same rounds together, so that each round is a few runs of
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

from curator.rust.batch import Unit
from curator.rust.block_state import ROUNDS, Round, Trial, externs_of, make_trials
from curator.rust.cache import compile_cached
from curator.rust.claims import check_claims
from curator.rust.compiler import Compiler
from curator.rust.document import BlockResult, Lesson, Options
from curator.rust.expect import Expectation
from curator.rust.judge import judge
from curator.rust.outcome import fault, run_trials
from curator.rust.runner import Run
from curator.rust.source import look

# Characters of the texts that one core takes at a time: less would be many runs of rustc, more
# much memory.
_SMALLEST, _LARGEST = 40_000, 400_000


def _round(
    trials: Sequence[Trial], make: Round, compiler: Compiler, options: Options, workers: int
) -> None:
    made = [(t, a) for t in trials if not t.settled for a in make(t)]
    allowed = options.accept
    asked = [(t, a) for t, a in made if a.how in allowed and (options.imports or not a.imports)]
    units = [
        Unit(a.text, t.edition, externs_of(a.text, options.externs), t.odds(a)) for t, a in asked
    ]
    said = compile_cached(units, compiler, options.cache, options.batched, workers)
    for (trial, attempt), outcome in zip(asked, said, strict=True):
        trial.learn(attempt, outcome)


def _untried(trial: Trial, compiler: Compiler) -> BlockResult:
    result = BlockResult(trial.role, trial.block, trial.wish)
    if trial.wish.what is Expectation.IGNORED:
        return result
    if compiler.knows_edition(trial.edition):
        source = look(trial.block.code)
        message = "a crate-wide cfg" if source.hidden else source.outside
        return replace(result, reason="refused", message=message)
    message = f"edition {trial.edition} is unknown to {compiler.version}"
    return replace(result, reason="rustc_too_old", message=message)


def _wanted(trial: Trial, compiler: Compiler, options: Options) -> bool:
    """Whether a block goes through the rounds at all."""
    wanted = trial.wish.what is not Expectation.IGNORED and compiler.knows_edition(trial.edition)
    source = look(trial.block.code)
    return wanted and not source.hidden and not (options.refuse_outside and source.outside)


def _results(
    lesson: Lesson, trials: Sequence[Trial], compiler: Compiler, runs: Mapping[int, Run]
) -> list[BlockResult]:
    tried = [t for t in trials if t.tried]
    judged = {id(t): judge(t, tried) for t in tried}
    markdown = {text.role: text.markdown for text in lesson.texts}
    for trial in (t for t in tried if id(t) in runs):
        reason, message = fault(trial, runs[id(trial)], markdown[trial.role])
        if reason:
            judged[id(trial)] = replace(judged[id(trial)], reason=reason, message=message)
    results = [judged.get(id(t)) or _untried(t, compiler) for t in trials]
    return check_claims(lesson, results)


def _runs(trials: Sequence[Trial], options: Options) -> dict[int, Run]:
    if options.runner is None:
        return {}
    return run_trials(trials, options.runner, options)


def _slices(lessons: Sequence[Lesson], workers: int) -> Iterator[Sequence[Lesson]]:
    """Neighbouring lessons, in pieces that keep every core busy with few runs of rustc."""
    ends = list(accumulate(sum(len(t.markdown) for t in lesson.texts) for lesson in lessons))
    total = ends[-1] if ends else 0
    count = workers * -(-total // (workers * _LARGEST)) if total >= workers * _SMALLEST else 1
    cuts = [bisect_left(ends, total * at / count) for at in range(count)]
    for first, last in zip(cuts, [*cuts[1:], len(lessons)], strict=True):
        yield lessons[first:last]


def _tried_lessons(
    lessons: Sequence[Lesson], compiler: Compiler, options: Options, workers: int
) -> list[list[Trial]]:
    """The blocks of each lesson, all rounds done."""
    per_lesson = [make_trials(lesson, options) for lesson in lessons]
    to_try = [t for trials in per_lesson for t in trials if _wanted(t, compiler, options)]
    for make in ROUNDS:
        _round(to_try, make, compiler, options, workers)
    return per_lesson


def check_lessons(
    lessons: Sequence[Lesson], compiler: Compiler, options: Options
) -> list[list[BlockResult]]:
    """The results of every Rust block of every lesson, in reading order.

    Uses all cores, or `options.cores`: each takes a slice of many lessons through the rounds, so
    that one reads while another waits for rustc; the runs of rustc for few lessons are shared out
    instead.
    """
    cores = options.cores or os.cpu_count() or 1
    slices = list(_slices(lessons, cores))
    workers = max(1, cores // len(slices))
    with ThreadPoolExecutor(max_workers=cores) as pool:
        parts = pool.map(lambda some: _tried_lessons(some, compiler, options, workers), slices)
        per_lesson = [trials for part in parts for trials in part]
    tried = [t for trials in per_lesson for t in trials if t.tried]
    runs = _runs(tried, options)
    pairs = zip(lessons, per_lesson, strict=True)
    return [_results(lesson, trials, compiler, runs) for lesson, trials in pairs]
