"""Compile, in one round for all documents, what their claims need: ignored blocks, changed ones."""

from collections.abc import Sequence

from curator.rust.cache import compile_cached
from curator.rust.changes import changed_units
from curator.rust.claims import units_for
from curator.rust.compiler import Compiler
from curator.rust.document import Options
from curator.rust.lesson import Lesson


def compile_claims(
    lessons: Sequence[Lesson], compiler: Compiler, options: Options, workers: int
) -> None:
    """Give every lesson the outcomes of what was compiled for its claims.

    That is nothing where no text shows an error over an ignored block, and none says what a change
    would do.
    """
    for lesson in lessons:
        lesson.units = units_for(lesson, options)
        lesson.changed = changed_units(lesson, options)
    wanted = (
        unit
        for lesson in lessons
        for units in (*lesson.units.values(), *lesson.changed.values())
        for unit in units
        if compiler.knows_edition(unit.edition)
    )
    units = list(dict.fromkeys(wanted))
    if not units:
        return
    found = compile_cached(units, compiler, options.cache, options.batched, workers)
    outcomes = dict(zip(units, found, strict=True))
    for lesson in lessons:
        lesson.outcomes = outcomes
