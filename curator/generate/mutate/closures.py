"""Errors about closures: what they capture, how often they are called, what they give back."""

import re
from collections.abc import Iterator

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import insert, replace
from curator.generate.mutate.queries import enclosing, method, receiver
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

# Methods to whose closures other languages pass a rank as well.
_PASSING = ("map", "filter", "for_each")
# What gives an iterator: an Option has a map too, and no rank to pass.
_STARTS = re.compile(r"\.(?:iter|iter_mut|into_iter|chars|lines|split\w*|bytes|copied)\(")
_TRAITS = ("Fn", "FnMut", "FnOnce")


def _missing_move(source: Source) -> Iterator[Site]:
    """`move |x| ...` -> `|x| ...`."""
    for node in source.walk("closure_expression"):
        mark = next((c for c in node.children if c.type == "move"), None)
        outer = inside(node, "closure_expression")  # whose parameters it may capture
        if mark is not None and mark.next_sibling is not None and outer is None:
            edit = Edit(mark.start_byte, mark.next_sibling.start_byte, "")
            yield Site((edit,), {"fonction": enclosing(node)})


def _extra_closure_parameter(source: Source) -> Iterator[Site]:
    """`.map(|x| ...)` -> `.map(|i, x| ...)`, as where map gives an index."""
    for node in source.walk("closure_parameters"):
        closure = node.parent
        given = closure.parent if closure is not None else None
        call = given.parent if given is not None and given.type == "arguments" else None
        called = method(call) if call is not None else ""
        parts = node.named_children
        plain = len(parts) == 1 and parts[0].type in ("identifier", "parameter")
        if (
            call is not None
            and called in _PASSING
            and plain
            and _STARTS.search(text(receiver(call)))
        ):
            edit = insert(node.start_byte + 1, "i, ")
            yield Site((edit,), {"appelee": called, "nom": text(parts[0])})


def _asked(source: Source, wrong: str) -> Iterator[Site]:
    """Another of the three traits asked of a closure."""
    for node in source.walk("function_type"):
        trait = node.child_by_field_name("trait")
        named = enclosing(node)  # the texts speak of a function's signature
        function = inside(node, "function_item", "function_signature_item")
        result = function.child_by_field_name("return_type") if function is not None else None
        if result is not None and result.start_byte <= node.start_byte < result.end_byte:
            continue  # what a function promises, and not what it asks
        if named and trait is not None and text(trait) in _TRAITS and text(trait) != wrong:
            slots = {"juste": text(trait), "fonction": named}
            yield Site((replace(trait, wrong),), slots)


def _fn_too_strict(source: Source) -> Iterator[Site]:
    """`FnMut` or `FnOnce` -> `Fn`."""
    return _asked(source, "Fn")


def _fn_once_too_weak(source: Source) -> Iterator[Site]:
    """`Fn` or `FnMut` -> `FnOnce`."""
    return _asked(source, "FnOnce")


def _missing_impl_keyword(source: Source) -> Iterator[Site]:
    """`impl Fn(A)` -> `Fn(A)`."""
    for node in source.walk("abstract_type"):
        trait = node.child_by_field_name("trait")
        if trait is not None and trait.type == "function_type":
            edit = Edit(node.start_byte, trait.start_byte, "")
            yield Site((edit,), {"trait": text(trait), "fonction": enclosing(node)})


def _closure_semicolon(source: Source) -> Iterator[Site]:
    """A `;` after the last expression of a closure's block."""
    for node in source.walk("closure_expression"):
        body = node.child_by_field_name("body")
        last = body.named_children[-1] if body is not None and body.named_children else None
        if body is None or last is None or body.type != "block":
            continue
        rows = {body.start_point[0], body.end_point[0]}
        alone = last.start_point[0] == last.end_point[0] and last.start_point[0] not in rows
        if alone and not last.type.endswith(("statement", "declaration", "comment")):
            yield Site((insert(last.end_byte, ";"),))


MUTATIONS = (
    Mutation(
        "missing_move",
        Topic.CLOSURES,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0373"}),
        _missing_move,
    ),
    Mutation(
        "extra_closure_parameter",
        Topic.CLOSURES,
        Difficulty.DEBUTANT,
        frozenset({"E0593"}),
        _extra_closure_parameter,
    ),
    Mutation(
        "fn_too_strict",
        Topic.CLOSURES,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0507", "E0594"}),
        _fn_too_strict,
    ),
    Mutation(
        "fn_once_too_weak",
        Topic.CLOSURES,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0382", "E0507"}),
        _fn_once_too_weak,
    ),
    Mutation(
        "missing_impl_keyword",
        Topic.CLOSURES,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0782"}),
        _missing_impl_keyword,
    ),
    Mutation(
        "closure_semicolon",
        Topic.CLOSURES,
        Difficulty.DEBUTANT,
        frozenset({"E0277", "E0308"}),
        _closure_semicolon,
    ),
)
