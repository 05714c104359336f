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

# Traits that a learner implements by hand; the absence of From is a subject of error handling.
_USUAL = {"fmt::Display", "Display", "Default", "Iterator", "FromStr"}
_OWNING = re.compile(r"(?:\w+::)*(?:String\b|(?:Vec|Box)<[^()]*>)")
_NEEDED = {"PartialEq": {"Eq", "PartialOrd"}, "Clone": {"Copy"}, "Debug": set()}


def _impls(source: Source) -> Iterator[tuple["Node", dict[str, str]]]:
    """Yield every implementation of a trait, with the slots `trait` and `type`."""
    for node in source.walk("impl_item"):
        trait = text(node.child_by_field_name("trait"))
        if trait:
            yield node, {"trait": trait, "type": text(node.child_by_field_name("type"))}


def _familiar(source: Source, trait: str) -> bool:
    """Tell whether a trait is the program's own, or one that learners implement by hand."""
    return trait in _USUAL or trait in {name_of(n) for n in source.walk("trait_item")}


def _methods(source: Source) -> Iterator[tuple["Node", dict[str, str]]]:
    """Yield every method of these, with the slot `nom` besides; but nobody may call Drop's."""
    for impl, slots in _impls(source):
        body = impl.child_by_field_name("body")
        for node in body.children if body is not None else ():
            if node.type == "function_item" and slots["trait"] != "Drop":
                yield node, {**slots, "nom": name_of(node)}


def _missing_method(source: Source) -> Iterator[Site]:
    """An implementation without a method that its trait leaves to it."""
    signatures = source.walk("function_signature_item")
    promised = {(name_of(inside(n, "trait_item")), name_of(n)) for n in signatures}
    for node, slots in _methods(source):
        if slots["trait"] in _USUAL or (slots["trait"], slots["nom"]) in promised:
            edit = remove_item(source, node)
            alone = source.code.encode("utf-8")[edit.start - 1 : edit.end + 1] == b"{}"
            impl = inside(node, "impl_item")
            if (
                not alone
                or impl is None
                or not any(c.type == "where_clause" for c in impl.children)
            ):
                yield Site((edit,), slots)


def _child(source: Source, slots: dict[str, str]) -> dict[str, str]:
    """Return the trait of a type that requires the one in `slots`, where the program shows one."""
    parent = slots["trait"].split("::")[-1]
    above = {name_of(n): text(n.child_by_field_name("bounds")) for n in source.walk("trait_item")}
    for _, other in _impls(source):
        bounds = "Debug + Display" if other["trait"] == "Error" else above.get(other["trait"], "")
        if other["type"] == slots["type"] and re.search(rf"\b{parent}\b", bounds):
            return {"nature": "parent", "enfant": other["trait"]}
    return {}


def _missing_impl(source: Source) -> Iterator[Site]:
    """A trait that a type no longer implements."""
    for impl, slots in _impls(source):
        body = impl.child_by_field_name("body")
        methods = [n for n in body.children if n.type == "function_item"] if body else []
        if methods and _familiar(source, slots["trait"]) and "unsafe" not in text(impl)[:7]:
            yield Site((remove_item(source, impl),), {**slots, **_child(source, slots)})


def _missing_derive(source: Source) -> Iterator[Site]:
    """A trait less in a derive. What tests need of a type is left to the topic of tests."""
    if any(is_test(n) for n in source.walk("function_item")):
        return
    for attribute, names, owner in derives(source):
        for name, others in _NEEDED.items():
            if name in names and not others & set(names):  # which would not compile themselves
                edit = without_derive(source, attribute, names, name)
                yield Site((edit,), {"trait": name, "type": name_of(owner)})


def _receiver_mismatch(source: Source) -> Iterator[Site]:
    """`&self` in the trait, `&mut self` in the implementation."""
    for node, slots in _methods(source):
        parameters = node.child_by_field_name("parameters")
        first = parameters.named_children[0] if parameters and parameters.named_children else None
        if first is not None and text(first) == "&self" and _familiar(source, slots["trait"]):
            yield Site((replace(first, "&mut self"),), slots)


def _pub_in_impl(source: Source) -> Iterator[Site]:
    """`pub` before a method of a trait."""
    for node, slots in _methods(source):
        if "self" in text(node.child_by_field_name("parameters")):
            yield Site((insert(node.start_byte, "pub "),), slots)


def _copy_with_heap(source: Source) -> Iterator[Site]:
    """`Copy` derived for a type with a field that owns memory; `Clone` alone is right."""
    on = {owner.start_byte: (mark, names) for mark, names, owner in derives(source)}
    for node in source.walk("struct_item", "enum_item"):
        field = _OWNING.search(text(node.child_by_field_name("body")))
        if field is None:
            continue
        mark, names = on.get(node.start_byte, (None, []))
        margin = "\n" + " " * node.start_point[1]
        cloned = [*names, *(["Clone"] if "Clone" not in names else [])]
        lines = (f"#[derive({', '.join(some)})]" for some in ([*cloned, "Copy"], cloned))
        edits, repair = (
            (insert(node.start_byte, line + margin) if mark is None else replace(mark, line),)
            for line in lines
        )
        yield Site(edits, {"type": name_of(node), "champ": field[0]}, repair=repair)


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
