"""Errors about generics: bounds, parameters and arguments that are absent or not inferred."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Mutation, Site
from curator.generate.mutate.edits import insert, replace
from curator.generate.mutate.queries import name_of
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

# Types of the standard library that are learnt early; Result is a subject of error handling.
_FAMILIES = {"Option", "Vec", "Box", "Rc", "Arc", "HashMap", "HashSet", "RefCell", "Mutex"}


# What a body may need of a type, the weakest first.
_BOUNDS = (
    *("std::fmt::Display", "std::fmt::Debug", "PartialEq", "PartialOrd", "Clone", "Copy"),
    *("AsRef<str>", "ToString", "PartialOrd + Copy", "std::fmt::Display + PartialOrd"),
    *("PartialEq + Copy", "Ord", "std::fmt::Display + Copy"),
)


def _missing_bound(source: Source) -> Iterator[Site]:
    """`<T: Trait>` -> `<T>`."""
    for node in source.walk("type_parameter"):
        bounds = node.child_by_field_name("bounds")
        if bounds is not None and "?" not in text(bounds):
            name = text(node.child_by_field_name("name"))
            slots = {"nom": name, "borne": text(bounds).removeprefix(":").strip()}
            yield Site((replace(bounds, ""),), slots)


def _undeclared_parameter(source: Source) -> Iterator[Site]:
    """`fn f<T>` -> `fn f`, `impl<T>` -> `impl`."""
    for node in source.walk("type_parameters"):
        names = [name_of(n) for n in node.named_children if n.type == "type_parameter"]
        owner = node.parent
        plain = len(names) == len(node.named_children)
        if plain and owner is not None and owner.type in ("function_item", "impl_item"):
            yield Site((replace(node, ""),), {"nom": names[0], "liste": text(node)})


def _missing_type_arguments(source: Source) -> Iterator[Site]:
    """`Option<T>` -> `Option`."""
    own = {
        name_of(n)
        for n in source.walk("struct_item", "enum_item")
        if n.child_by_field_name("type_parameters") is not None
    }
    for node in source.walk("generic_type"):
        name = text(node.child_by_field_name("type"))
        given = node.child_by_field_name("type_arguments")
        plain = not {"'", "_"} & set(text(given)) and inside(node, "block") is None
        if given is not None and name in _FAMILIES | own and plain:
            yield Site((replace(given, ""),), {"type": name, "complet": text(node)})


def _plain_functions(source: Source) -> Iterator[tuple["Node", "Node"]]:
    """Yield the functions outside impls and traits that are not generic, with their names."""
    for node in source.walk("function_item"):
        name = node.child_by_field_name("name")
        generic = node.child_by_field_name("type_parameters") is not None
        if name is not None and not generic and inside(node, "impl_item", "trait_item") is None:
            yield node, name


def _names_in(node: "Node") -> Iterator["Node"]:
    """Yield the names of types within a type."""
    if node.type in ("primitive_type", "type_identifier"):
        yield node
    for child in node.children:
        yield from _names_in(child)


def _generic_without_bound(source: Source) -> Iterator[Site]:
    """`fn f(x: u32)` -> `fn f<T>(x: T)`."""
    for node, name in _plain_functions(source):
        parameters = node.child_by_field_name("parameters")
        for parameter in parameters.named_children if parameters is not None else ():
            kind = parameter.child_by_field_name("type")
            types = list(_names_in(kind)) if kind is not None else []
            # A `str` for T would be refused at the call, not in the body.
            if len(types) == 1 and text(types[0]) != "str" and "'" not in text(kind):
                yield from _generalised(name, parameter, types[0])


def _generalised(name: "Node", parameter: "Node", kind: "Node") -> Iterator[Site]:
    """Yield one parameter's type as T, with each bound that may be what the body needs."""
    whole = text(parameter.child_by_field_name("type"))
    slots = {
        "fonction": text(name),
        "nom": text(parameter.child_by_field_name("pattern")),
        "ancien": whole,
        "nouveau": whole.replace(text(kind), "T"),
    }
    for bound in _BOUNDS:
        edits = (insert(name.end_byte, "<T>"), replace(kind, "T"))
        repair = (insert(name.end_byte, f"<T: {bound}>"), replace(kind, "T"))
        yield Site(edits, {**slots, "borne": bound}, repair=repair)


MUTATIONS = (
    Mutation(
        "missing_bound",
        Topic.GENERICS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0369", "E0277", "E0599"}),
        _missing_bound,
    ),
    Mutation(
        "undeclared_parameter",
        Topic.GENERICS,
        Difficulty.DEBUTANT,
        frozenset({"E0412", "E0425"}),
        _undeclared_parameter,
    ),
    Mutation(
        "missing_type_arguments",
        Topic.GENERICS,
        Difficulty.DEBUTANT,
        frozenset({"E0107"}),
        _missing_type_arguments,
    ),
    Mutation(
        "generic_without_bound",
        Topic.GENERICS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0277", "E0369", "E0599", "E0609"}),
        _generic_without_bound,
    ),
)
