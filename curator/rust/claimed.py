"""Read what documents claim, and compile what that needs in one round for all of them.

That are the ignored blocks under which an error is shown, and blocks as a change makes them.
"""

from collections.abc import Iterator, Sequence

from curator.french.changes import change_claims
from curator.french.sentences import sentences
from curator.rust.batch import Workers
from curator.rust.block_state import BlockState
from curator.rust.cache import compile_cached
from curator.rust.changes import changed_blocks
from curator.rust.claims import (
    claims_above,
    errors_of,
    named_codes,
    shown_claims,
    shows_other_code,
    units_for,
)
from curator.rust.compiler import Compiler
from curator.rust.document import Document, Options
from curator.rust.lesson import Lesson, pages
from curator.rust.unit import Unit


def _units(lesson: Lesson) -> Iterator[Unit]:
    for units in lesson.units.values():
        yield from units
    for trying in lesson.trying:
        yield from (variant.unit for variant in trying.variants)


def read_lesson(document: Document, states: Sequence[BlockState]) -> Lesson:
    """Read what a document claims; `states` are those of its blocks, in order."""
    lesson = Lesson(document, pages(document, states))
    for at, page in enumerate(lesson.pages if states else ()):
        said = list(sentences(page.markdown))
        shown = errors_of(page, document.debug)
        of_changes = claims_above(page, said, shown)
        lesson.changes += ((at, claim) for claim, _ in of_changes)
        lesson.changes += ((at, claim) for claim in change_claims(said))
        others = {id(error) for _, errors in of_changes for error in errors}
        lesson.shown += shown_claims(lesson, at, [e for e in shown if id(e) not in others])
        lesson.named += named_codes(lesson, at, said)
    lesson.elsewhere = bool(lesson.named) and shows_other_code(lesson)
    return lesson


def compile_claims(
    lessons: Sequence[Lesson], compiler: Compiler, options: Options, workers: Workers
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
