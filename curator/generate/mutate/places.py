"""Where a mutation may cut: whole items with what belongs to them, derives, parameters, calls."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit
from curator.generate.mutate.syntax import Source, inside, text

if TYPE_CHECKING:
    from tree_sitter import Node

_LEADING = ("attribute_item", "line_comment", "block_comment")


def replace(node: "Node", new: str) -> Edit:
    """`node` written as `new`."""
    return Edit(node.start_byte, node.end_byte, new)


def insert(place: int, new: str) -> Edit:
    """`new` put in at a byte."""
    return Edit(place, place, new)


def remove_item(source: Source, node: "Node") -> Edit:
    """The item or statement gone, with its attributes and comments, and one blank line."""
    start, above = node.start_byte, node.prev_sibling
    while above is not None and above.type in _LEADING:
        start, above = above.start_byte, above.prev_sibling
    raw = source.code.encode("utf-8")
    before = len(raw[:start].rstrip())
    if before and raw[before - 1 : before] != b"{":
        return Edit(before, node.end_byte, "")
    after = len(raw) - len(raw[node.end_byte :].lstrip())
    return Edit(start, after, "")


def derives(source: Source) -> Iterator[tuple["Node", list[str], "Node"]]:
    """Every derive: its attribute, the traits that it names, and the type that it is on."""
    for node in source.walk("attribute_item"):
        found = re.fullmatch(r"#\[derive\(([^)]*)\)\]", text(node))
        owner = node.next_named_sibling
        while owner is not None and owner.type in _LEADING:
            owner = owner.next_named_sibling
        if found and owner is not None and owner.type in ("struct_item", "enum_item"):
            yield node, [n.strip() for n in found[1].split(",") if n.strip()], owner


def without_derive(source: Source, attribute: "Node", names: list[str], name: str) -> Edit:
    """The derive without one of its traits; the whole attribute goes with the last one."""
    rest = [n for n in names if n != name]
    if rest:
        return replace(attribute, f"#[derive({', '.join(rest)})]")
    after = source.code.encode("utf-8")[attribute.end_byte :]
    return Edit(attribute.start_byte, attribute.end_byte + len(after) - len(after.lstrip()), "")


def functions(source: Source) -> Iterator["Node"]:
    """Every function with a body."""
    return source.walk("function_item")


def name_of(node: "Node | None") -> str:
    """The name of an item; "" for none."""
    return "" if node is None else text(node.child_by_field_name("name"))


def enclosing(node: "Node") -> str:
    """The name of the function around a node; "" outside of any."""
    return name_of(inside(node, "function_item"))


def method(call: "Node") -> str:
    """The name of the method that a call calls, without a turbofish; "" for another call."""
    callee = call.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    if callee is None or callee.type != "field_expression":
        return ""
    return text(callee.child_by_field_name("field"))


def receiver(call: "Node") -> "Node | None":
    """What a method is called on."""
    callee = call.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    return callee.child_by_field_name("value") if callee is not None else None


def arguments(call: "Node") -> list["Node"]:
    """The arguments of a call."""
    found = call.child_by_field_name("arguments")
    return [] if found is None else list(found.named_children)


def drop_call(call: "Node", spoken: "Node | None" = None) -> Edit:
    """`a.b().c()` without its last call: `a.b()`, and the line that it stood on."""
    start = receiver(call)
    assert start is not None
    return Edit(start.end_byte, call.end_byte, "")


def is_test(node: "Node") -> bool:
    """Whether a node stands in a module of tests."""
    module = inside(node, "mod_item")
    while module is not None:
        above = module.prev_sibling
        if above is not None and "cfg(test)" in text(above):
            return True
        module = inside(module, "mod_item")
    return False
