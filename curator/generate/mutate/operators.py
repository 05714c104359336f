"""Everyday errors with operators: `as`, `*`, `!`, brackets where they do not apply."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import insert, insert_before, replace
from curator.generate.mutate.queries import (
    field,
    function_of,
    method_calls,
    one_line,
    opened,
    unused,
)
from curator.generate.mutate.syntax import Source, indent, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

WIDE = 50  # characters of an array that leave room on its line
_LETTERS, _RANKS = ("lettre", "repere"), ("rang", "position")
_NUMBER = re.compile(r"[iuf](?:8|16|32|64|128|size)")


def cast_to_text(source: Source) -> Iterator[Site]:
    """`x.to_string()` -> `x as String`, `x.as_str()` -> `x as str`."""
    for call, owner in method_calls(opened(source), "to_string", "as_str"):
        kind = "String" if text(call).endswith("to_string()") else "str"
        value = one_line(source, owner)
        if text(owner).startswith('"') or owner.type not in ("identifier", "field_expression"):
            continue
        edit = Edit(owner.end_byte, call.end_byte, f" as {kind}")
        method = "to_string" if kind == "String" else "as_str"
        yield Site((edit,), {"valeur": value, "faux": kind, "methode": method})


def cast_of_reference(source: Source) -> Iterator[Site]:
    """`*x as f64` -> `x as f64`."""
    for cast in opened(source).walk("type_cast_expression"):
        value, kind = field(cast, "value"), field(cast, "type")
        if value is not None and value.type == "unary_expression" and text(value)[0] == "*":
            slots = {"valeur": text(value)[1:], "type": text(kind), "fonction": function_of(cast)}
            yield Site((Edit(value.start_byte, value.start_byte + 1, ""),), slots)


def needless_deref(source: Source) -> Iterator[Site]:
    """`*` before a parameter that is a number and no reference."""
    for parameter in source.walk("parameter"):
        pattern, kind = field(parameter, "pattern"), text(field(parameter, "type"))
        function = function_of(parameter)
        if pattern is None or pattern.type != "identifier" or not _NUMBER.fullmatch(kind):
            continue
        if parameter.parent is None or parameter.parent.type != "parameters":
            continue  # of a closure, which is in another function
        for use in opened(source).walk("binary_expression"):
            left = field(use, "left")
            named = left is not None and left.type == "identifier" and text(left) == text(pattern)
            if left is not None and named and function_of(use) == function:
                slots = {"nom": text(pattern), "type": kind, "fonction": function}
                yield Site((insert(left.start_byte, "*"),), slots)
                break


def _several(source: Source, value: str) -> bool:
    """Tell whether a value shows more than one field; nobody takes a wrapper for a list."""
    name = re.escape(value)
    built = rf"\blet (?:mut )?{name}\b[^=]*= \w*\([^()]*,"
    return re.search(rf"(?<![\w.]){name}\.1\b|{built}", source.code) is not None


def index_of_tuple(source: Source) -> Iterator[Site]:
    """`x.0` -> `x[0]`."""
    for access in opened(source).walk("field_expression"):
        value, name = field(access, "value"), field(access, "field")
        if value is None or name is None or name.type != "integer_literal":
            continue
        if text(value) == "self" or (text(name) == "0" and not _several(source, text(value))):
            continue
        edit = Edit(value.end_byte, name.end_byte, f"[{text(name)}]")
        yield Site((edit,), {"valeur": one_line(source, value), "rang": text(name)})


def _counted(value: "Node") -> str:
    """Return the values of a loop with their ranks; "" where that is not sure to compile."""
    if value.type == "array_expression":
        return f"{text(value)}.into_iter().enumerate()" if len(text(value)) <= WIDE else ""
    given = text(value).removesuffix(".iter()")
    borrowed = value.type == "reference_expression" and "mut " not in given
    name = given.removeprefix("&") if borrowed else given
    plain = re.fullmatch(r"[\w.]+", name) is not None and (borrowed or given != text(value))
    return f"{name}.iter().enumerate()" if plain else ""


def letter_of_number(source: Source) -> Iterator[Site]:
    """A letter before each line of a loop, by a cast of the rank, though that is no `u8`."""
    for loop in source.walk("for_expression"):
        pattern, value, body = (field(loop, n) for n in ("pattern", "value", "body"))
        if pattern is None or value is None or body is None or not body.named_children:
            continue
        first, counted = body.named_children[0], _counted(value)
        if not counted or not text(first).startswith("println!") or not indent(source, first):
            continue
        rank, name = unused(source, _RANKS), unused(source, _LETTERS)
        heads = replace(pattern, f"({rank}, {text(pattern)})"), replace(value, counted)
        show = f'print!("{{{name}}}. ");'
        edits, repair = (
            (*heads, insert_before(source, first, f"let {name} = {cast} as char;", show))
            for cast in (f"(65 + {rank})", f"(b'A' + {rank} as u8)")
        )
        yield Site(edits, {"rang": rank, "lettre": name}, repair=repair)


def index_of_text(source: Source) -> Iterator[Site]:
    """`x.chars().nth(2)` -> `x.chars()[2]`."""
    for call, owner in method_calls(opened(source), "nth"):
        given = field(call, "arguments")
        rank = one_line(source, given)[1:-1] if given is not None else ""
        edit = Edit(owner.end_byte, call.end_byte, f"[{rank}]")
        yield Site((edit,), {"valeur": one_line(source, owner), "rang": rank})


def not_of_collection(source: Source) -> Iterator[Site]:
    """`!v.is_empty()` -> `!v`, as where a collection stands for whether it holds something."""
    for call, owner in method_calls(opened(source), "is_empty"):
        above = call.parent
        if above is not None and above.type == "unary_expression" and text(above)[0] == "!":
            edit = Edit(owner.end_byte, call.end_byte, "")
            yield Site((edit,), {"valeur": one_line(source, owner)})


MUTATIONS = (
    Mutation(
        "cast_to_text",
        Topic.OWNERSHIP,
        Difficulty.DEBUTANT,
        frozenset({"E0605", "E0606", "E0620"}),
        cast_to_text,
    ),
    Mutation(
        "cast_of_reference",
        Topic.BORROWING,
        Difficulty.DEBUTANT,
        frozenset({"E0606"}),
        cast_of_reference,
    ),
    Mutation(
        "needless_deref",
        Topic.BORROWING,
        Difficulty.DEBUTANT,
        frozenset({"E0614"}),
        needless_deref,
    ),
    Mutation(
        "index_of_tuple",
        Topic.STRUCTS,
        Difficulty.DEBUTANT,
        frozenset({"E0608"}),
        index_of_tuple,
    ),
    Mutation(
        "letter_of_number",
        Topic.ITERATORS,
        Difficulty.DEBUTANT,
        frozenset({"E0604"}),
        letter_of_number,
    ),
    Mutation(
        "index_of_text",
        Topic.ITERATORS,
        Difficulty.DEBUTANT,
        frozenset({"E0608"}),
        index_of_text,
    ),
    Mutation(
        "not_of_collection",
        Topic.TRAITS,
        Difficulty.DEBUTANT,
        frozenset({"E0600"}),
        not_of_collection,
    ),
)
