"""Errors about iterators: not asked for, not consumed, of an unknown or another item type."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import replace
from curator.generate.mutate.queries import container, method, method_calls, method_node
from curator.generate.mutate.syntax import Source, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

_STARTS = re.compile(r"\.(?:iter|iter_mut|into_iter|chars|lines|split\w*|bytes|rev)\(")
# What a learner may write for the type of the items or of the sum.
_CONFUSED = {
    "f64": "i32",
    "u32": "f64",
    "i32": "f64",
    "usize": "i32",
    "String": "&str",
    "&str": "String",
}


def _annotated(source: Source) -> Iterator[tuple["Node", "Node", "Node"]]:
    """Yield every `let x: T = ....collect()` or sum: the call, the pattern, and the type."""
    for call, _ in method_calls(source, "collect", "sum"):
        let = call.parent
        if let is not None and let.type == "let_declaration":
            name, kind = (let.child_by_field_name(f) for f in ("pattern", "type"))
            if name is not None and kind is not None:
                yield call, name, kind


def _unknown_target_type(source: Source) -> Iterator[Site]:
    """`let x: Vec<_> = ....collect()` -> `let x = ....collect()`."""
    for call, name, kind in _annotated(source):
        slots = {"methode": method(call), "nom": text(name), "type": text(kind)}
        yield Site((Edit(name.end_byte, kind.end_byte, ""),), slots)


def _wrong_item_type(source: Source) -> Iterator[Site]:
    """`let x: Vec<String>` -> `let x: Vec<&str>`, where the items are no `&str`."""
    for call, name, kind in _annotated(source):
        for right, wrong in _CONFUSED.items():
            if re.search(rf"(?<![\w&]){right}(?!\w)", text(kind)):
                new = text(kind).replace(right, wrong)
                slots = {"methode": method(call), "nom": text(name), "faux": new}
                yield Site((replace(kind, new),), {**slots, "type": text(kind)})


def _missing_consumer(source: Source) -> Iterator[Site]:
    """A chain without the call that asks for its items."""
    names = ("collect", "sum", "product", "count", "position", "find", "max", "min")
    for call, owner in method_calls(source, *names):
        if _STARTS.search(text(owner)):
            yield Site((Edit(owner.end_byte, call.end_byte, ""),), {"methode": method(call)})


def _missing_iter(source: Source) -> Iterator[Site]:
    """`v.iter().map(...)` -> `v.map(...)`, but for arrays, which have a map of their own."""
    arrays = {
        text(let.child_by_field_name("pattern"))
        for let in source.walk("let_declaration")
        if text(let.child_by_field_name("value")).startswith("[")
    }
    for call, owner in method_calls(source, "iter", "iter_mut"):
        above = call.parent.parent if call.parent is not None else None
        named = owner.type in ("identifier", "field_expression") and text(owner) not in arrays
        if above is not None and method(above) and named:
            slots = {"nom": text(owner), "depart": method(call), "methode": method(above)}
            yield Site((Edit(owner.end_byte, call.end_byte, ""),), slots)


def _into_iter_then_use(source: Source) -> Iterator[Site]:
    """`v.iter()` -> `v.into_iter()`."""
    for call, owner in method_calls(source, "iter"):
        name = method_node(call)
        if name is not None and owner.type == "identifier":
            slots = {"nom": text(owner), "conteneur": container(source, text(owner))}
            yield Site((replace(name, "into_iter"),), slots)


def _not_iterable(source: Source) -> Iterator[Site]:
    """`for i in 0..n` -> `for i in n`."""
    for node in source.walk("for_expression"):
        value, pattern = (node.child_by_field_name(f) for f in ("value", "pattern"))
        if value is None or pattern is None or pattern.type != "identifier":
            continue
        if value.type != "range_expression" or len(value.named_children) != 2:
            continue
        new = text(value.named_children[1])
        if not new.startswith("'"):  # a character
            slots = {"valeur": new, "juste": text(value)}
            yield Site((replace(value, new),), slots)


MUTATIONS = (
    Mutation(
        "unknown_target_type",
        Topic.ITERATORS,
        Difficulty.DEBUTANT,
        frozenset({"E0282", "E0283"}),
        _unknown_target_type,
    ),
    Mutation(
        "wrong_item_type",
        Topic.ITERATORS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0277"}),
        _wrong_item_type,
    ),
    Mutation(
        "missing_consumer",
        Topic.ITERATORS,
        Difficulty.DEBUTANT,
        frozenset({"E0308"}),
        _missing_consumer,
        frozenset({"sur_place"}),
    ),
    Mutation(
        "missing_iter",
        Topic.ITERATORS,
        Difficulty.DEBUTANT,
        frozenset({"E0599"}),
        _missing_iter,
    ),
    Mutation(
        "into_iter_then_use",
        Topic.ITERATORS,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0382"}),
        _into_iter_then_use,
    ),
    Mutation(
        "not_iterable",
        Topic.ITERATORS,
        Difficulty.DEBUTANT,
        frozenset({"E0277"}),
        _not_iterable,
    ),
)
