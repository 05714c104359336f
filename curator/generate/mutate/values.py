"""Errors of learners with what an expression gives: semicolons and numbers."""

import re
from collections.abc import Iterator

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.queries import function_of
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic


def _stray_semicolon(source: Source) -> Iterator[Site]:
    """`;` after the last expression of a function that returns something."""
    for item in source.walk("function_item"):
        result, body = item.child_by_field_name("return_type"), item.child_by_field_name("body")
        last = body.named_children[-1] if body and body.named_children else None
        if not result or not last or text(last).endswith((";", "}")):
            continue
        block = inside(item, "impl_item")
        fails = re.match(r"(?:Result|Option)\b", text(result))
        own = block is not None and not block.child_by_field_name("trait")
        if fails or own:
            name = text(item.child_by_field_name("name"))
            topic = Topic.ERROR_HANDLING if fails else Topic.STRUCTS
            edit = Edit(last.end_byte, last.end_byte, ";")
            yield Site((edit,), {"fonction": name, "type": text(result)}, topic)


def _drop_cast(source: Source) -> Iterator[Site]:
    """`x as f64` -> `x` beside an operator."""
    for cast in source.walk("type_cast_expression"):
        value, kind = cast.child_by_field_name("value"), cast.child_by_field_name("type")
        above = cast.parent
        if value and above and above.type == "binary_expression":
            edit = Edit(value.end_byte, cast.end_byte, "")
            operator = text(above.child_by_field_name("operator"))
            facts = {"valeur": text(value), "type": text(kind), "operateur": operator}
            yield Site((edit,), {**facts, "fonction": function_of(cast)})


MUTATIONS = (
    Mutation(
        "stray_semicolon",
        Topic.STRUCTS,
        Difficulty.DEBUTANT,
        frozenset({"E0308"}),
        _stray_semicolon,
    ),
    Mutation("drop_cast", Topic.TRAITS, Difficulty.DEBUTANT, frozenset({"E0277"}), _drop_cast),
)
