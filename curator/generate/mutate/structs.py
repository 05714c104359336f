"""Errors of a learner with fields, methods and `self`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import remove_with_comma
from curator.generate.mutate.queries import field, function_of, named, one_line, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

_GETTERS = {"len", "is_empty", "capacity", "first", "last", "is_some", "is_none", "is_ok"}


def _owner(node: "Node") -> str:
    """Return the type whose `impl` is around a node, without its parameters; "" for none."""
    around = inside(node, "impl_item")
    kind = field(around, "type") if around is not None else None
    return text(kind).split("<")[0]


def missing_field(source: Source) -> Iterator[Site]:
    """A struct built without one of its fields."""
    structs = named(source, "struct_item")
    for literal in opened(source).walk("struct_expression"):
        name, body = text(field(literal, "name")), field(literal, "body")
        kind = _owner(literal) if name == "Self" else name
        if kind not in structs or body is None:
            continue
        given = [n for n in body.named_children if n.type.endswith("field_initializer")]
        if any(n.type == "base_field_initializer" for n in given):
            continue
        for one in given if len(given) > 1 else ():  # nobody forgets the only one
            label = text(field(one, "field")) or text(one)
            edit = remove_with_comma(source, one)
            slots = {"nom": label, "type": kind, "fonction": function_of(literal)}
            yield Site((edit,), slots)


def implicit_self(source: Source) -> Iterator[Site]:
    """A field read without `self.`, as in languages where `this` may be left out."""
    fields = {text(field(n, "name")) for n in source.walk("field_declaration")}
    for access in opened(source).walk("field_expression"):
        value, name = field(access, "value"), field(access, "field")
        if value is None or name is None or text(value) != "self" or text(name) not in fields:
            continue
        if access.parent is not None and field(access.parent, "function") == access:
            continue
        if function_of(access) == text(name):  # the wordings could not tell them apart
            continue
        slots = {"nom": text(name), "type": _owner(access), "fonction": function_of(access)}
        yield Site((Edit(value.start_byte, name.start_byte, ""),), slots)


def type_dot(source: Source) -> Iterator[Site]:
    """An associated function called with a dot, as if the type were an object."""
    structs = named(source, "struct_item")
    methods = {function_of(own) for own in source.walk("self_parameter")}
    functions = named(source, "function_item")
    for call in opened(source).walk("call_expression"):
        path = field(call, "function")
        if path is None or path.type != "scoped_identifier":
            continue
        kind, name = field(path, "path"), field(path, "name")
        if kind is None or name is None or text(kind) not in structs or text(name) in methods:
            continue
        if text(name) not in functions:  # of a trait, out of sight
            continue
        slots = {"nom": text(name), "type": text(kind), "fonction": function_of(call)}
        yield Site((Edit(kind.end_byte, name.start_byte, "."),), slots)


def _getters(source: Source) -> set[str]:
    """Return the program's methods that only read, whose names could be those of fields."""
    functions = source.walk("function_item")
    own = {text(field(f, "name")) for f in functions if text(field(f, "parameters")) == "(&self)"}
    return own | _GETTERS


def method_without_call(source: Source) -> Iterator[Site]:
    """A method without arguments, which only reads, used as if it were a field."""
    getters = _getters(source)
    for call in opened(source).walk("call_expression"):
        called, arguments = field(call, "function"), field(call, "arguments")
        if called is None or called.type != "field_expression" or arguments is None:
            continue
        if arguments.named_children:
            continue
        receiver, name = field(called, "value"), field(called, "field")
        if text(name) not in getters:
            continue
        if receiver is None or receiver.start_point[0] != call.end_point[0]:
            continue
        slots = {
            "nom": text(name),
            "valeur": one_line(source, receiver),
            "fonction": function_of(call),
        }
        yield Site((Edit(arguments.start_byte, arguments.end_byte, ""),), slots)


MUTATIONS = (
    Mutation(
        "missing_field", Topic.STRUCTS, Difficulty.DEBUTANT, frozenset({"E0063"}), missing_field
    ),
    Mutation(
        "implicit_self", Topic.STRUCTS, Difficulty.DEBUTANT, frozenset({"E0425"}), implicit_self
    ),
    Mutation("type_dot", Topic.STRUCTS, Difficulty.DEBUTANT, frozenset({"E0423"}), type_dot),
    Mutation(
        "method_without_call",
        Topic.STRUCTS,
        Difficulty.DEBUTANT,
        frozenset({"E0615"}),
        method_without_call,
    ),
)
