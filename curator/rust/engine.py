"""Blocks -> results: what each should do, how it was composed, whether it did.

All blocks of all lessons go through the same rounds together, so that each round is a few runs of
rustc: as it stands; in `fn main`; after earlier blocks of the answer, then of the question; and
with the standard-library imports that rustc itself proposes. A block leaves when an attempt does
what is expected of it. The author's code is never changed.
"""

from collections.abc import Sequence

from curator.rust.batch import Unit
from curator.rust.cache import compile_cached
from curator.rust.claims import check_claims
from curator.rust.compiler import Compiler
from curator.rust.expect import Expectation
from curator.rust.judge import judge_all
from curator.rust.lesson import BlockResult, Lesson, Options
from curator.rust.trial import ROUNDS, Round, Trial, make_trials


def _round(trials: Sequence[Trial], make: Round, compiler: Compiler, options: Options) -> None:
    asked = [(t, a) for t in trials if not t.settled for a in make(t)]
    units = [Unit(a.text, t.edition, t.externs) for t, a in asked]
    said = compile_cached(units, compiler, options.cache, options.batched)
    for (trial, attempt), outcome in zip(asked, said, strict=True):
        trial.learn(attempt, outcome)


def _results(
    lesson: Lesson, trials: Sequence[Trial], compiler: Compiler, options: Options
) -> list[BlockResult]:
    tried = [t for t in trials if t.tried]
    judged = dict(zip(map(id, tried), judge_all(tried, options), strict=True))
    results = [judged.get(id(t)) or _untried(t, compiler) for t in trials]
    return check_claims(lesson, results)


def _untried(trial: Trial, compiler: Compiler) -> BlockResult:
    result = BlockResult(trial.role, trial.block, trial.wish)
    if trial.wish.what is Expectation.IGNORED:
        return result
    message = f"edition {trial.edition} is unknown to {compiler.version}"
    return BlockResult(trial.role, trial.block, trial.wish, reason="rustc_too_old", message=message)


def check_lessons(
    lessons: Sequence[Lesson], compiler: Compiler, options: Options
) -> list[list[BlockResult]]:
    """The results of every Rust block of every lesson, in reading order."""
    per_lesson = [make_trials(lesson, options) for lesson in lessons]
    to_try = [
        t
        for trials in per_lesson
        for t in trials
        if t.wish.what is not Expectation.IGNORED and compiler.knows_edition(t.edition)
    ]
    for make in ROUNDS:
        _round(to_try, make, compiler, options)
    pairs = zip(lessons, per_lesson, strict=True)
    return [_results(lesson, trials, compiler, options) for lesson, trials in pairs]
