"""Everyday errors with calls: too few arguments, a call of what is no function, one name twice."""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import insert, replace
from curator.generate.mutate.queries import calls, field, function_of, in_tests, one_line, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

ALIKE = 4  # letters that two names begin with, where a learner would give both the same


def _owner(function: "Node") -> str:
    """Return the type whose own function it is; "" for a trait's or a free one."""
    around = inside(function, "impl_item")
    if around is None or field(around, "trait") is not None:
        return ""
    return text(field(around, "type")).split("<")[0]


def call_arity(source: Source) -> Iterator[Site]:
    """A function of a type with several parameters called with an argument too few."""
    for function in source.walk("function_item"):
        name, owner = text(field(function, "name")), _owner(function)
        for call in calls(source, name) if owner else ():
            arguments = field(call, "arguments")
            given = arguments.named_children if arguments is not None else []
            if (
                in_tests(call)
                or len(given) < 2
                or not text(field(call, "function")).startswith(owner)
            ):
                continue
            slots = {"nom": name, "type": owner, "argument": one_line(source, given[-1])}
            edit = Edit(given[-2].end_byte, given[-1].end_byte, "")
            yield Site((edit,), {**slots, "fonction": function_of(call)})


def unit_variant_call(source: Source) -> Iterator[Site]:
    """A variant without data built with parentheses."""
    plain = {
        (text(field(inside(n, "enum_item") or n, "name")), text(field(n, "name")))
        for n in source.walk("enum_variant")
        if field(n, "body") is None
    }
    for path in opened(source).walk("scoped_identifier"):
        owner, name = text(field(path, "path")), text(field(path, "name"))
        above = path.parent
        patterns = ("match_pattern", "or_pattern", "let_condition", "scoped_identifier")
        if (owner, name) in plain and above is not None and above.type not in patterns:
            yield Site((insert(path.end_byte, "()"),), {"type": owner, "nom": name})


def same_name(source: Source) -> Iterator[Site]:
    """Two functions with one name, as where functions can be overloaded."""
    free = [n for n in source.walk("function_item") if n.parent == source.root]
    for one, other in combinations(free, 2):
        first, second = text(field(one, "name")), text(field(other, "name"))
        alike = first[:ALIKE] == second[:ALIKE] and len(first) >= ALIKE
        if not alike or first == second:
            continue
        named = [field(other, "name"), *(field(c, "function") for c in calls(source, second))]
        edits = sorted((replace(n, first) for n in named if n is not None), key=lambda e: e.start)
        yield Site(tuple(edits), {"nom": first, "second": second})


MUTATIONS = (
    Mutation("call_arity", Topic.STRUCTS, Difficulty.DEBUTANT, frozenset({"E0061"}), call_arity),
    Mutation(
        "unit_variant_call",
        Topic.ENUMS,
        Difficulty.DEBUTANT,
        frozenset({"E0618"}),
        unit_variant_call,
    ),
    Mutation("same_name", Topic.MODULES, Difficulty.DEBUTANT, frozenset({"E0428"}), same_name),
)
