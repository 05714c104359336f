"""Errors of a learner with `unsafe`: where it is needed, and where it is not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.queries import (
    calls,
    field,
    function_of,
    implements,
    is_test,
    one_line,
    opened,
)
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node


def unsafe_block(source: Source) -> Iterator[Site]:
    """An `unsafe` block of one expression without its `unsafe { }`."""
    raw = source.code.encode("utf-8")
    for block in opened(source).walk("unsafe_block"):
        body = block.named_children[-1]
        if len(body.named_children) != 1 or "\n" in text(body):
            continue
        held = raw[body.start_byte + 1 : body.end_byte - 1].decode("utf-8").strip()
        edit = Edit(block.start_byte, block.end_byte, held)
        yield Site((edit,), {"operation": held, "fonction": function_of(block)})


def unsafe_fn(source: Source) -> Iterator[Site]:
    """A safe function marked `unsafe` without need."""
    for function in opened(source).walk("function_item"):
        name, modifiers = text(field(function, "name")), text(function).split("fn ")[0]
        if name == "main" or "unsafe" in text(function) or implements(function):
            continue
        if not any(True for _ in calls(source, name)) or "const" in modifiers:
            continue
        if any(inside(n, "function_item") is None for n in calls(source, name)):
            continue
        keyword = next(n for n in function.children if n.type == "fn")
        edit = Edit(keyword.start_byte, keyword.start_byte, "unsafe ")
        yield Site((edit,), {"nom": name})


def _unchecked(source: Source, index: "Node") -> Edit:
    raw = source.code.encode("utf-8")
    held, place = (raw[n.start_byte : n.end_byte].decode() for n in index.named_children)
    call = f"{held}.get_unchecked({place})"
    above = index.parent
    if above is not None and above.type == "reference_expression":
        return Edit(above.start_byte, above.end_byte, call)
    reads = above is not None and above.type == "field_expression"
    return Edit(index.start_byte, index.end_byte, call if reads else f"*{call}")


def get_unchecked(source: Source) -> Iterator[Site]:
    """An index replaced by `get_unchecked`, in the hope of speed."""
    for index in opened(source).walk("index_expression"):
        if len(index.named_children) != 2 or is_test(index):
            continue
        if index.named_children[1].type not in ("identifier", "integer_literal"):
            continue  # a range, or what is to be computed first
        above = index.parent
        if above is not None and text(above).startswith("&mut"):
            continue
        held, place = index.named_children
        slots = {"valeur": one_line(source, held), "indice": one_line(source, place)}
        edit = _unchecked(source, index)
        yield Site((edit,), {**slots, "fonction": function_of(index)})


MUTATIONS = (
    Mutation(
        "unsafe_block",
        Topic.UNSAFE,
        Difficulty.AVANCE,
        frozenset({"E0133"}),
        unsafe_block,
    ),
    Mutation("unsafe_fn", Topic.UNSAFE, Difficulty.INTERMEDIAIRE, frozenset({"E0133"}), unsafe_fn),
    Mutation("get_unchecked", Topic.UNSAFE, Difficulty.AVANCE, frozenset({"E0133"}), get_unchecked),
)
