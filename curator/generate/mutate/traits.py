"""Errors about traits: implementations that are absent, partial, or not what was promised."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import insert, remove_item, replace, without_derive
from curator.generate.mutate.queries import derives, is_test, name_of
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

# A type compiles without Drop; the absence of From is a subject of error handling.
_APART = ("Drop", "From")
_OWNING = re.compile(r"\b(?:String|Vec|Box)\b")


def _impls(source: Source) -> Iterator[tuple["Node", dict[str, str]]]:
    """Yield every implementation of a trait, with the slots `trait` and `type`."""
    for node in source.walk("impl_item"):
        trait = text(node.child_by_field_name("trait"))
        if trait:
            yield node, {"trait": trait, "type": text(node.child_by_field_name("type"))}


def _methods(source: Source) -> Iterator[tuple["Node", dict[str, str]]]:
    """Yield every method of these, with the slot `nom` besides; but nobody may call Drop's."""
    for impl, slots in _impls(source):
        body = impl.child_by_field_name("body")
        for node in body.children if body is not None else ():
            if node.type == "function_item" and slots["trait"] != "Drop":
                yield node, {**slots, "nom": name_of(node)}


def _missing_method(source: Source) -> Iterator[Site]:
    """An implementation without a method that its trait leaves to it."""
    own = {name_of(n) for n in source.walk("trait_item")}
    signatures = source.walk("function_signature_item")
    promised = {(name_of(inside(n, "trait_item")), name_of(n)) for n in signatures}
    for node, slots in _methods(source):
        if slots["trait"] not in own or (slots["trait"], slots["nom"]) in promised:
            yield Site((remove_item(source, node),), slots)


def _missing_impl(source: Source) -> Iterator[Site]:
    """A trait that a type no longer implements."""
    for impl, slots in _impls(source):
        if slots["trait"].split("<")[0] not in _APART:
            yield Site((remove_item(source, impl),), slots)


def _missing_derive(source: Source) -> Iterator[Site]:
    """A trait less in a derive. What tests need of a type is left to the topic of tests."""
    if any(is_test(n) for n in source.walk("function_item")):
        return
    for attribute, names, owner in derives(source):
        for name in ("Debug", "PartialEq", "Clone"):
            if name in names:
                edit = without_derive(source, attribute, names, name)
                yield Site((edit,), {"trait": name, "type": name_of(owner)})


def _receiver_mismatch(source: Source) -> Iterator[Site]:
    """`&self` in the trait, `&mut self` in the implementation."""
    for node, slots in _methods(source):
        parameters = node.child_by_field_name("parameters")
        first = parameters.named_children[0] if parameters and parameters.named_children else None
        if first is not None and text(first) == "&self":
            yield Site((replace(first, "&mut self"),), slots)


def _pub_in_impl(source: Source) -> Iterator[Site]:
    """`pub` before a method of a trait."""
    for node, slots in _methods(source):
        yield Site((insert(node.start_byte, "pub "),), slots)


def _copy_with_heap(source: Source) -> Iterator[Site]:
    """`Copy` derived for a type with a field that owns memory."""
    on = {owner.start_byte: (mark, names) for mark, names, owner in derives(source)}
    for node in source.walk("struct_item", "enum_item"):
        field = _OWNING.search(text(node.child_by_field_name("body")))
        if field is None:
            continue
        mark, names = on.get(node.start_byte, (None, []))
        more = [n for n in ("Clone", "Copy") if n not in names]
        line = f"#[derive({', '.join([*names, *more])})]"
        indent = "\n" + " " * node.start_point[1]
        edit = insert(node.start_byte, line + indent) if mark is None else replace(mark, line)
        yield Site((edit,), {"type": name_of(node), "champ": field[0]})


def _missing_dyn(source: Source) -> Iterator[Site]:
    """A trait written where a type belongs: `Box<Trait>`."""
    for node in source.walk("dynamic_type"):
        trait, box = node.child_by_field_name("trait"), inside(node, "generic_type")
        if trait is not None and box is not None and text(box).startswith("Box<"):
            edit = Edit(node.start_byte, trait.start_byte, "")
            yield Site((edit,), {"trait": text(trait)})


MUTATIONS = (
    Mutation(
        "missing_method",
        Topic.TRAITS,
        Difficulty.DEBUTANT,
        frozenset({"E0046"}),
        _missing_method,
    ),
    Mutation(
        "missing_impl",
        Topic.TRAITS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0277"}),
        _missing_impl,
    ),
    Mutation(
        "missing_derive",
        Topic.TRAITS,
        Difficulty.DEBUTANT,
        frozenset({"E0277", "E0369"}),
        _missing_derive,
    ),
    Mutation(
        "receiver_mismatch",
        Topic.TRAITS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0053"}),
        _receiver_mismatch,
    ),
    Mutation(
        "pub_in_impl",
        Topic.TRAITS,
        Difficulty.DEBUTANT,
        frozenset({"E0449"}),
        _pub_in_impl,
    ),
    Mutation(
        "copy_with_heap",
        Topic.TRAITS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0204"}),
        _copy_with_heap,
    ),
    Mutation(
        "missing_dyn",
        Topic.TRAITS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0782"}),
        _missing_dyn,
    ),
)
