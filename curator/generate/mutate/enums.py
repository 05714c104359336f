"""Errors of a learner with the variants of an enum."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.queries import field, function_of, named, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node


def _variants(source: Source) -> Iterator[tuple["Node", str, str]]:
    """Yield every path `Type::Variant` of the program's own enums, with both names."""
    enums = named(source, "enum_item")
    for path in opened(source).walk("scoped_identifier"):
        owner, name = text(field(path, "path")), text(field(path, "name"))
        if owner in enums and name[:1].isupper():
            yield path, owner, name


def _in_pattern(path: "Node") -> bool:
    parent = path.parent
    if parent is None:
        return False
    if parent.type in ("match_arm", "match_pattern", "or_pattern", "tuple_struct_pattern"):
        return True
    return parent.type in ("let_condition", "field_pattern") and field(parent, "pattern") == path


def bare_variant(source: Source) -> Iterator[Site]:
    """A variant without data named in an arm without its type: it becomes a variable.

    Not in the last arm, where a variable would take nothing from the others.
    """
    for path, owner, name in _variants(source):
        arm = inside(path, "match_arm")
        last = arm is None or arm.next_named_sibling is None
        if path.parent is not None and path.parent.type == "match_pattern" and not last:
            edit = Edit(path.start_byte, path.end_byte, name)
            slots = {"type": owner, "nom": name, "fonction": function_of(path)}
            yield Site((edit,), slots)


def variant_dot(source: Source) -> Iterator[Site]:
    """`Type.Variant` for `Type::Variant`."""
    for path, owner, name in _variants(source):
        held, last = field(path, "path"), field(path, "name")
        if _in_pattern(path) or held is None or last is None:
            continue
        slots = {"type": owner, "nom": name, "fonction": function_of(path)}
        yield Site((Edit(held.end_byte, last.start_byte, "."),), slots)


def variant_payload(source: Source) -> Iterator[Site]:
    """A variant that carries data, written without them."""
    for path, owner, name in _variants(source):
        call = path.parent
        arguments = field(call, "arguments") if call is not None else None
        if arguments is None or call is None or call.type != "call_expression":
            continue
        if inside(call, "array_expression") is not None:
            continue  # whose first element says what is expected of the others
        edit = Edit(arguments.start_byte, arguments.end_byte, "")
        slots = {"type": owner, "nom": name, "fonction": function_of(path)}
        yield Site((edit,), slots)


def _first_variant(source: Source, enum: str) -> str:
    for item in source.walk("enum_item"):
        if text(field(item, "name")) == enum:
            names = [text(field(v, "name")) for v in source.walk("enum_variant")
                     if inside(v, "enum_item") == item]  # fmt: skip
            return names[0] if names else ""
    return ""


def variant_as_type(source: Source) -> Iterator[Site]:
    """A variant as the type of a parameter, as if it were a type of its own."""
    enums = named(source, "enum_item")
    for kind in source.walk("type_identifier"):
        enum, parameter = text(kind), inside(kind, "parameter")
        if enum not in enums or parameter is None or inside(kind, "type_arguments"):
            continue
        variant = _first_variant(source, enum)
        if variant and function_of(kind):
            edit = Edit(kind.end_byte, kind.end_byte, f"::{variant}")
            slots = {"type": enum, "nom": variant, "fonction": function_of(kind)}
            yield Site((edit,), {**slots, "parametre": text(field(parameter, "pattern"))})


MUTATIONS = (
    Mutation(
        "bare_variant", Topic.ENUMS, Difficulty.INTERMEDIAIRE, frozenset({"E0170"}), bare_variant
    ),
    Mutation("variant_dot", Topic.ENUMS, Difficulty.DEBUTANT, frozenset({"E0423"}), variant_dot),
    Mutation(
        "variant_payload",
        Topic.ENUMS,
        Difficulty.DEBUTANT,
        frozenset({"E0308"}),
        variant_payload,
        frozenset({"sur_place"}),
    ),
    Mutation(
        "variant_as_type",
        Topic.ENUMS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0573"}),
        variant_as_type,
    ),
)
