"""Errors about traits: implementations that are absent, partial, or not what was promised."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.places import (
    derives,
    enclosing,
    functions,
    insert,
    is_test,
    name_of,
    remove_item,
    replace,
    without_derive,
)
from curator.generate.mutate.syntax import Source, inside, text
from curator.taxonomy import Difficulty, Topic

if TYPE_CHECKING:
    from tree_sitter import Node

# Traits whose absence nobody calls by name, or whose absence is another mutation's subject.
_APART = ("Drop", "From")
_OWNING = re.compile(r"\b(?:String|Vec|Box)\b")


def _impls(source: Source) -> Iterator[tuple["Node", str, str]]:
    """Every implementation of a trait: the node, the trait, the type."""
    for node in source.walk("impl_item"):
        trait = node.child_by_field_name("trait")
        if trait is not None:
            yield node, text(trait), text(node.child_by_field_name("type"))


def _methods(impl: "Node") -> list["Node"]:
    body = impl.child_by_field_name("body")
    return [] if body is None else [n for n in body.children if n.type == "function_item"]


def _promised(source: Source) -> set[tuple[str, str]]:
    """The methods without a body of the program's own traits: (trait, method)."""
    return {
        (name_of(inside(n, "trait_item")), name_of(n))
        for n in source.walk("function_signature_item")
    }


def _method_missing(source: Source) -> Iterator[Site]:
    own = {name_of(n) for n in source.walk("trait_item")}
    promised = _promised(source)
    for impl, trait, type_ in _impls(source):
        for node in _methods(impl):
            if trait not in own or (trait, name_of(node)) in promised:
                slots = {"trait": trait, "type": type_, "nom": name_of(node)}
                yield Site((remove_item(source, node),), slots)


def _impl_missing(source: Source) -> Iterator[Site]:
    for impl, trait, type_ in _impls(source):
        if trait.split("<")[0].split("::")[-1] not in _APART:
            yield Site((remove_item(source, impl),), {"trait": trait, "type": type_})


def _derive_missing(name: str) -> Callable[[Source], Iterator[Site]]:
    def find(source: Source) -> Iterator[Site]:
        if any(is_test(n) for n in functions(source)):
            return  # what tests need of a type is the subject of the topic of tests
        for attribute, names, owner in derives(source):
            if name in names:
                edit = without_derive(source, attribute, names, name)
                yield Site((edit,), {"trait": name, "type": name_of(owner)})

    return find


def _receiver_changed(source: Source) -> Iterator[Site]:
    for impl, trait, type_ in _impls(source):
        for node in _methods(impl):
            for self_ in (n for n in source.walk("self_parameter") if inside(n, "function_item") == node):
                if text(self_) == "&self":
                    slots = {"trait": trait, "type": type_, "nom": name_of(node)}
                    yield Site((replace(self_, "&mut self"),), slots)


def _pub_in_impl(source: Source) -> Iterator[Site]:
    for impl, trait, type_ in _impls(source):
        for node in _methods(impl):
            slots = {"trait": trait, "type": type_, "nom": name_of(node)}
            yield Site((insert(node.start_byte, "pub "),), slots)


def _impl_swapped(source: Source) -> Iterator[Site]:
    for impl, trait, type_ in _impls(source):
        if impl.child_by_field_name("type_parameters") is None:
            a, b = impl.child_by_field_name("trait"), impl.child_by_field_name("type")
            assert a is not None and b is not None
            yield Site((replace(a, type_), replace(b, trait)), {"trait": trait, "type": type_})


def _copy_impossible(source: Source) -> Iterator[Site]:
    on = {owner.start_byte: (a, names) for a, names, owner in derives(source)}
    for node in source.walk("struct_item", "enum_item"):
        body = node.child_by_field_name("body")
        field = _OWNING.search(text(body))
        if field is None:
            continue
        attribute, names = on.get(node.start_byte, (None, []))
        more = [n for n in ("Clone", "Copy") if n not in names]
        line = f"#[derive({', '.join([*names, *more])})]"
        edit = (
            replace(attribute, line)
            if attribute is not None
            else insert(node.start_byte, line + "\n" + " " * node.start_point[1])
        )
        yield Site((edit,), {"type": name_of(node), "champ": field[0]})


def _keyword_missing(kind: str, word: str) -> Callable[[Source], Iterator[Site]]:
    def find(source: Source) -> Iterator[Site]:
        for node in source.walk(kind):
            trait = node.child_by_field_name("trait")
            if trait is None:
                continue
            topic = Topic.CLOSURES if re.match(r"Fn(Mut|Once)?\b", text(trait)) else None
            slots = {"trait": text(trait), "fonction": enclosing(node)}
            yield Site((Edit(node.start_byte, trait.start_byte, ""),), slots, topic)

    return find


def _not_promised(source: Source) -> Iterator[Site]:
    for node in source.walk("function_signature_item"):
        trait = inside(node, "trait_item")
        if trait is not None:
            slots = {"trait": name_of(trait), "nom": name_of(node)}
            yield Site((remove_item(source, node),), slots)


def _import_missing(source: Source) -> Iterator[Site]:
    traits = {text(n) for i in source.walk("impl_item") if (n := i.child_by_field_name("trait"))}
    for node in source.walk("use_declaration"):
        yield Site((remove_item(source, node),), {"trait": text(node)})


def _sized_missing(source: Source) -> Iterator[Site]:
    for node in source.walk("where_clause"):
        if "Self: Sized" in text(node):
            before = len(source.code.encode()[: node.start_byte].rstrip())
            yield Site((Edit(before, node.end_byte, ""),), {})


def _mutation(name: str, codes: str, find: Callable[[Source], Iterator[Site]], level: Difficulty) -> Mutation:
    return Mutation(name, Topic.TRAITS, level, frozenset(codes.split()), find)


MUTATIONS = (
    _mutation("method_missing", "E0046", _method_missing, Difficulty.DEBUTANT),
    _mutation("impl_missing", "E0277", _impl_missing, Difficulty.INTERMEDIAIRE),
    _mutation("impl_missing_call", "E0599", _impl_missing, Difficulty.INTERMEDIAIRE),
    _mutation("derive_debug", "E0277", _derive_missing("Debug"), Difficulty.INTERMEDIAIRE),
    _mutation("derive_eq", "E0369", _derive_missing("PartialEq"), Difficulty.INTERMEDIAIRE),
    _mutation("derive_clone", "E0277 E0599", _derive_missing("Clone"), Difficulty.INTERMEDIAIRE),
    _mutation("derive_copy", "E0382 E0507", _derive_missing("Copy"), Difficulty.INTERMEDIAIRE),
    _mutation("receiver_changed", "E0053", _receiver_changed, Difficulty.INTERMEDIAIRE),
    _mutation("pub_in_impl", "E0449", _pub_in_impl, Difficulty.INTERMEDIAIRE),
    _mutation("impl_swapped", "E0404", _impl_swapped, Difficulty.INTERMEDIAIRE),
    _mutation("copy_impossible", "E0204", _copy_impossible, Difficulty.INTERMEDIAIRE),
    _mutation("dyn_missing", "E0782", _keyword_missing("dynamic_type", "dyn"), Difficulty.INTERMEDIAIRE),
    _mutation("impl_keyword", "E0782", _keyword_missing("abstract_type", "impl"), Difficulty.INTERMEDIAIRE),
    _mutation("not_promised", "E0407", _not_promised, Difficulty.INTERMEDIAIRE),
    _mutation("import_missing", "E0405", _import_missing, Difficulty.INTERMEDIAIRE),
    _mutation("sized_missing", "E0038", _sized_missing, Difficulty.INTERMEDIAIRE),
)
