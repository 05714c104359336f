"""Errors of a learner who writes tests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import remove_with_comma
from curator.generate.mutate.queries import (
    calls,
    field,
    function_of,
    implements,
    in_tests,
    one_line,
)
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

SHORT = 20  # characters of an argument that could have been left out


def tests_without_super(source: Source) -> Iterator[Site]:
    """A module of tests that imports nothing of its parent."""
    for use in source.walk("use_declaration"):
        if not in_tests(use) or not text(field(use, "argument")).startswith("super::"):
            continue
        edit = remove_with_comma(source, use)
        raw = source.code.encode("utf-8")
        more = raw[edit.end : edit.end + 1] == b"\n"
        slots = {"import": text(use), "module": text(field(inside(use, "mod_item") or use, "name"))}
        yield Site((Edit(edit.start, edit.end + more, ""),), slots)


def expected_bare(source: Source) -> Iterator[Site]:
    """`assert_eq!(f(x), v)` where `f` gives `Some(v)`, `Ok(v)` or `Err(v)`."""
    for call in calls(source, "assert_eq"):
        arguments = field(call, "arguments")
        given = arguments.named_children if arguments is not None else []
        wrapped = given[1] if len(given) > 1 else None
        if wrapped is None or wrapped.type != "call_expression":
            continue
        wrap, inner = text(field(wrapped, "function")), field(wrapped, "arguments")
        if wrap not in ("Some", "Ok", "Err") or inner is None or given[0].type != "call_expression":
            continue
        slots = {
            "enveloppe": wrap,
            "attendu": one_line(source, inner)[1:-1],
            "obtenu": one_line(source, given[0]),
            "fonction": function_of(call),
        }
        edits = (
            Edit(wrapped.start_byte, inner.start_byte + 1, ""),
            Edit(inner.end_byte - 1, inner.end_byte, ""),
        )
        yield Site(edits, slots)


def _in_test(node: "Node") -> bool:
    """Return whether a node is in a function that is a test itself."""
    function = inside(node, "function_item")
    above = function.prev_named_sibling if function is not None else None
    while above is not None and above.type in ("attribute_item", "line_comment"):
        if text(above) == "#[test]":
            return True
        above = above.prev_named_sibling
    return False


def test_arity(source: Source) -> Iterator[Site]:
    """A test that calls a function with an argument too few."""
    for function in source.walk("function_item"):
        name = text(field(function, "name"))
        if in_tests(function):
            continue
        for call in calls(source, name):
            arguments = field(call, "arguments")
            given = arguments.named_children if arguments is not None else []
            if not _in_test(call) or len(given) < 2 or len(text(given[-1])) > SHORT:
                continue  # an argument that a function has had from the start is not forgotten
            edit = Edit(given[-2].end_byte, given[-1].end_byte, "")
            slots = {
                "nom": name,
                "argument": one_line(source, given[-1]),
                "fonction": function_of(call),
            }
            yield Site((edit,), slots)


def empty_body(source: Source) -> Iterator[Site]:
    """A function that a test calls, whose body of one line is still to be written."""
    for function in source.walk("function_item"):
        name, body = text(field(function, "name")), field(function, "body")
        kind = field(function, "return_type")
        if body is None or kind is None or in_tests(function) or implements(function):
            continue
        if body.end_point[0] - body.start_point[0] != 2 or "unsafe" in text(function):
            continue  # more than one line could not be told from what a test asserts
        if sum(map(_in_test, calls(source, name))) < ENOUGH:
            continue
        slots = {"nom": name, "type": text(kind)}
        empty = "{\n" + " " * function.start_point[1] + "}"
        yield Site((Edit(body.start_byte, body.end_byte, empty),), slots)


ENOUGH = 3  # calls in tests: fewer values do not tell what a function computes
MUTATIONS = (
    Mutation(
        "tests_without_super",
        Topic.TESTING,
        Difficulty.DEBUTANT,
        frozenset({"E0412", "E0422", "E0425", "E0433"}),
        tests_without_super,
    ),
    Mutation(
        "expected_bare", Topic.TESTING, Difficulty.DEBUTANT, frozenset({"E0308"}), expected_bare
    ),
    Mutation("test_arity", Topic.TESTING, Difficulty.DEBUTANT, frozenset({"E0061"}), test_arity),
    Mutation("empty_body", Topic.TESTING, Difficulty.DEBUTANT, frozenset({"E0308"}), empty_body),
)
