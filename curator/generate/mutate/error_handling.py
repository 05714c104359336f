"""Errors about errors: `?`, Ok and Err forgotten, values not taken out, causes not converted."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import insert, remove_item, replace
from curator.generate.mutate.queries import arguments, enclosing, method_calls
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

# Whose failure is a panic of another thread, or of the machine: no matter for a first lesson.
_RUNTIME = re.compile(r"\b(?:lock|join|borrow_mut)\(|\bRuntime\b")
_FAMILY = {"Ok": "Result", "Err": "Result", "Some": "Option"}
_ARTICLE = {"Result": "un", "Option": "une"}


def _missing_question_mark(source: Source) -> Iterator[Site]:
    """`f()?` -> `f()` in a function that returns a Result, so that `f()` gives one too."""
    for node in source.walk("try_expression"):
        function = inside(node, "function_item", "closure_expression")
        result = function.child_by_field_name("return_type") if function else None
        if re.match(r"Result\b", text(result)) and "\n" not in text(node):
            slots = {"fonction": enclosing(node), "expression": text(node)[:-1]}
            yield Site((Edit(node.end_byte - 1, node.end_byte, ""),), slots)


def _missing_wrapper(source: Source) -> Iterator[Site]:
    """A result without its `Ok(...)`, `Some(...)` or `Err(...)`."""
    for call in source.walk("call_expression"):
        wrapper, given = text(call.child_by_field_name("function")), arguments(call)
        ends = call.parent is not None and call.parent.type in ("block", "return_expression")
        owner = inside(call, "function_item", "closure_expression")
        if wrapper not in _FAMILY or not ends or owner is None or owner.type != "function_item":
            continue
        if len(given) == 1 and "\n" not in text(call) and text(given[0]) != "()":
            family, value = _FAMILY[wrapper], text(given[0])
            named = {
                "famille": family,
                "article": _ARTICLE[family],
                "fonction": enclosing(call),
            }
            slots = {**named, "enveloppe": wrapper, "valeur": value, "type": _result(call)}
            yield Site((replace(call, value),), slots)


def _result(node: "Node") -> str:
    """Return the result type of the function around a node."""
    function = inside(node, "function_item")
    return text(function.child_by_field_name("return_type")) if function is not None else ""


def _missing_error_type(source: Source) -> Iterator[Site]:
    """`Result<T, E>` -> `Result<T>` as what a function returns."""
    for node in source.walk("generic_type"):
        given = node.child_by_field_name("type_arguments")
        function = inside(node, "function_item")  # with a body, which the texts speak of
        result = function.child_by_field_name("return_type") if function is not None else None
        if text(node.child_by_field_name("type")) != "Result" or result != node:
            continue
        if given is not None and len(given.named_children) == 2:
            good, bad = given.named_children
            slots = {
                "fonction": enclosing(node),
                "succes": text(good),
                "echec": text(bad),
            }
            yield Site((Edit(good.end_byte, bad.end_byte, ""),), {**slots, "complet": text(node)})


def _missing_unwrap(source: Source) -> Iterator[Site]:
    """`f().unwrap()` -> `f()`, and so for `expect` and `unwrap_or`."""
    for call, owner in method_calls(source, "unwrap", "expect", "unwrap_or"):
        dropped = text(call)[len(text(owner)) :].strip()
        if "\n" not in dropped and not _RUNTIME.search(text(owner)):
            yield Site((Edit(owner.end_byte, call.end_byte, ""),), {"appel": dropped})


def _error_not_converted(source: Source) -> Iterator[Site]:
    """A `From` deleted, or an error type that nothing converts to."""
    for node in source.walk("impl_item"):
        if text(node.child_by_field_name("trait")).startswith("From<"):
            kind, trait = (text(node.child_by_field_name(f)) for f in ("type", "trait"))
            slots = {"vers": kind, "faute_ici": f"supprime `impl {trait} for {kind}`"}
            slots["remede"] = "bloc"
            yield Site((remove_item(source, node),), slots)
    for node in source.walk("function_item"):
        result = node.child_by_field_name("return_type")
        given = result.child_by_field_name("type_arguments") if result is not None else None
        if given is not None and len(given.named_children) == 2 and "?" in text(node):
            yield from _into_text(node, given.named_children[1])


def _into_text(function: "Node", kind: "Node") -> Iterator[Site]:
    """`String` as the error of a function with one `?`; the repair makes a text of the cause."""
    asked = [n for n in _inner(function) if n.type == "try_expression"]
    if len(asked) != 1 or "map_err" in text(asked[0]) or text(kind) == "String":
        return
    place = asked[0].end_byte - 1
    wrong = "retire l'appel à `map_err`"  # of the corrected program, which returns a String too
    slots = {"vers": "String", "faute_ici": wrong, "remede": "map_err"}
    edit = replace(kind, "String")
    yield Site((edit,), slots, repair=(edit, insert(place, ".map_err(|e| e.to_string())")))


def _inner(node: "Node") -> Iterator["Node"]:
    for child in node.children:
        yield child
        yield from _inner(child)


MUTATIONS = (
    Mutation(
        "missing_question_mark",
        Topic.ERROR_HANDLING,
        Difficulty.DEBUTANT,
        frozenset({"E0277", "E0308", "E0369", "E0599"}),
        _missing_question_mark,
    ),
    Mutation(
        "missing_wrapper",
        Topic.ERROR_HANDLING,
        Difficulty.DEBUTANT,
        frozenset({"E0308"}),
        _missing_wrapper,
    ),
    Mutation(
        "missing_error_type",
        Topic.ERROR_HANDLING,
        Difficulty.DEBUTANT,
        frozenset({"E0107"}),
        _missing_error_type,
    ),
    Mutation(
        "missing_unwrap",
        Topic.ERROR_HANDLING,
        Difficulty.DEBUTANT,
        frozenset({"E0277", "E0308", "E0369", "E0599"}),
        _missing_unwrap,
        frozenset({"famille"}),
    ),
    Mutation(
        "error_not_converted",
        Topic.ERROR_HANDLING,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0277"}),
        _error_not_converted,
    ),
)
