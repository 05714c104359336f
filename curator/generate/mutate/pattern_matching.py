"""Errors of a learner with `match` and patterns."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import remove_with_comma
from curator.generate.mutate.queries import field, function_of, one_line, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

_VALUES = ("block", "let_declaration", "expression_statement")
_TEXTS = ("call_expression", "string_literal", "integer_literal")  # macros are opened to calls
_VARIANTS = ("scoped_identifier", "tuple_struct_pattern", "struct_pattern")


def _arms(match: "Node") -> list["Node"]:
    body = field(match, "body")
    return [n for n in body.named_children if n.type == "match_arm"] if body else []


def _variant(arm: "Node") -> "Node | None":
    """Return the pattern of an arm, where it is one variant of an enum without a guard."""
    pattern = field(arm, "pattern")
    if pattern is None or field(pattern, "condition") or not pattern.named_children:
        return None
    first = pattern.named_children[0]
    return first if first.type in _VARIANTS or text(first) == "None" else None


def missing_arm(source: Source) -> Iterator[Site]:
    """One variant's arm of a `match` left out."""
    for match in opened(source).walk("match_expression"):
        arms = _arms(match)
        for arm in arms:
            pattern = _variant(arm)
            if pattern is not None and len(arms) > 1:
                slots = {
                    "motif": one_line(source, pattern),
                    "valeur": one_line(source, field(match, "value")),
                    "fonction": function_of(match),
                }
                yield Site((remove_with_comma(source, arm),), slots)


def _bindings(pattern: "Node") -> set[str]:
    """Return the variables that a pattern binds."""
    names = set()
    todo = [pattern]
    while todo:
        node = todo.pop()
        owner = node.parent
        head = owner is not None and field(owner, "type") == node
        if node.type in ("identifier", "shorthand_field_identifier") and not head:
            if text(node)[:1].islower():
                names.add(text(node))
        elif node.type not in ("scoped_identifier", "scoped_type_identifier"):
            todo.extend(node.named_children)
    return names


def or_binding(source: Source) -> Iterator[Site]:
    """Two neighbouring arms joined by `|`, though one of them binds a variable: the other's value.

    The value that uses the variable is the one given up; with it rustc would say more than E0408.
    """
    for match in opened(source).walk("match_expression"):
        for arms in pairwise(_arms(match)):
            patterns = [p for p in map(_variant, arms) if p is not None and _flat(p)]
            bound = [_bindings(p) for p in patterns]
            if len(bound) == 2 and sorted(map(len, bound)) == [0, 1] and _alike(arms, patterns):
                plain = bound.index(set())
                slots = {
                    "nom": next(iter(bound[1 - plain])),
                    "motif": one_line(source, patterns[plain]),
                    "autre": one_line(source, patterns[1 - plain]),
                    "fonction": function_of(match),
                }
                yield Site((_joined(source, arms, plain),), slots)


def _alike(arms: tuple["Node", "Node"], patterns: list["Node"]) -> bool:
    """Tell whether two arms of an enum's variants give values that one could think to unite."""
    values = [field(arm, "value") for arm in arms]
    flat = all(v is not None and _flat(v) and v.type in _TEXTS for v in values)
    return flat and all("::" in text(p).split("(")[0] for p in patterns)


def _flat(node: "Node") -> bool:
    """Return whether a node is on one line."""
    return node.start_point[0] == node.end_point[0]


def _joined(source: Source, arms: tuple["Node", "Node"], kept: int) -> Edit:
    """Both patterns in one arm, with the value of the one that is kept."""
    raw = source.code.encode("utf-8")
    either = " | ".join(text(_variant(arm)) for arm in arms)
    value = field(arms[kept], "value") or arms[kept]
    body = raw[value.start_byte : arms[kept].end_byte].decode("utf-8")
    return Edit(arms[0].start_byte, arms[1].end_byte, f"{either} => {body}")


def refutable_let(source: Source) -> Iterator[Site]:
    """An `if let` without `else` written as a plain `let`."""
    raw = source.code.encode("utf-8")
    for choice in opened(source).walk("if_expression"):
        condition, body = field(choice, "condition"), field(choice, "consequence")
        statement = choice.parent
        if condition is None or condition.type != "let_condition" or body is None:
            continue
        if field(choice, "alternative") or not statement or statement.type == "let_declaration":
            continue
        pattern, value = field(condition, "pattern"), field(condition, "value")
        if pattern is None or value is None or not _bindings(pattern):
            continue
        if text(pattern).startswith("Err("):  # nobody takes a failure for granted
            continue
        inner = raw[body.start_byte + 1 : body.end_byte - 1].decode("utf-8").rstrip()
        lines = [line.removeprefix("    ") for line in inner.strip("\n").split("\n")]
        declared = raw[condition.start_byte : condition.end_byte].decode("utf-8")
        edit = Edit(choice.start_byte, choice.end_byte, declared + ";\n" + "\n".join(lines))
        slots = {"motif": one_line(source, pattern), "valeur": one_line(source, value)}
        yield Site((edit,), {**slots, "fonction": function_of(choice)})


def arm_semicolon(source: Source) -> Iterator[Site]:
    """The value of an arm put in braces with a semicolon: the arm then gives `()`."""
    raw = source.code.encode("utf-8")
    for match in opened(source).walk("match_expression"):
        if match.parent is None or match.parent.type not in _VALUES:
            continue
        for arm in _arms(match):
            pattern, value = field(arm, "pattern"), field(arm, "value")
            if pattern is None or value is None or value.type in ("block", "match_expression"):
                continue
            if inside(arm, "match_expression") != match or not _flat(value):
                continue
            if value.type not in ("call_expression", "binary_expression", "string_literal"):
                continue  # a semicolon after a mere name or number is no habit of anyone
            held = raw[value.start_byte : value.end_byte].decode("utf-8")
            column = arm.start_point[1]
            new = f"{{\n{' ' * (column + 4)}{held};\n{' ' * column}}}"
            end = value.end_byte + (raw[value.end_byte : value.end_byte + 1] == b",")
            slots = {
                "motif": one_line(source, pattern),
                "resultat": held,
                "fonction": function_of(match),
            }
            yield Site((Edit(value.start_byte, end, new),), slots)


MUTATIONS = (
    Mutation(
        "missing_arm",
        Topic.PATTERN_MATCHING,
        Difficulty.DEBUTANT,
        frozenset({"E0004"}),
        missing_arm,
    ),
    Mutation(
        "or_binding",
        Topic.PATTERN_MATCHING,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0408"}),
        or_binding,
    ),
    Mutation(
        "refutable_let",
        Topic.PATTERN_MATCHING,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0005"}),
        refutable_let,
    ),
    Mutation(
        "arm_semicolon",
        Topic.PATTERN_MATCHING,
        Difficulty.DEBUTANT,
        frozenset({"E0308"}),
        arm_semicolon,
    ),
)
