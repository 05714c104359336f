"""Compile, in one round for all documents, what their claims need: ignored blocks, changed ones."""

from collections.abc import Iterator, Sequence

from curator.rust.cache import compile_cached
from curator.rust.changes import changed_blocks
from curator.rust.claims import units_for
from curator.rust.compiler import Compiler
from curator.rust.document import Options
from curator.rust.lesson import Lesson
from curator.rust.unit import Unit


def _units(lesson: Lesson) -> Iterator[Unit]:
    for units in lesson.units.values():
        yield from units
    for trying in lesson.trying:
        yield from (variant.unit for variant in trying.variants)


def compile_claims(
    lessons: Sequence[Lesson], compiler: Compiler, options: Options, workers: int
) -> None:
    """Give every lesson the outcomes of what was compiled for its claims.

    That is nothing where no text shows an error over an ignored block, and none says what a change
    would do.
    """
    for lesson in lessons:
        lesson.units = units_for(lesson, options)
        lesson.trying = changed_blocks(lesson, options)
    wanted = (unit for lesson in lessons for unit in _units(lesson))
    units = [u for u in dict.fromkeys(wanted) if compiler.knows_edition(u.edition)]
    if not units:
        return
    found = compile_cached(units, compiler, options.cache, options.batched, workers)
    outcomes = dict(zip(units, found, strict=True))
    for lesson in lessons:
        lesson.outcomes = outcomes
