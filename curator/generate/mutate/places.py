"""Where a mutation may cut: whole items with what belongs to them, derives, calls, functions."""

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
    """The item gone, with its attributes and comments, and one blank line."""
    start, above = node.start_byte, node.prev_sibling
    while above is not None and above.type in _LEADING:
        start, above = above.start_byte, above.prev_sibling
    raw = source.code.encode("utf-8")
    before = len(raw[:start].rstrip())
    after = len(raw) - len(raw[node.end_byte :].lstrip())
    first = before == 0 or raw[before - 1 : before] == b"{"
    if first and raw[after : after + 1] == b"}":
        return Edit(before, after, "")
    return Edit(start, after, "") if first else Edit(before, node.end_byte, "")


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


def name_of(node: "Node | None") -> str:
    """The name of an item; "" for none."""
    return "" if node is None else text(node.child_by_field_name("name"))


def enclosing(node: "Node") -> str:
    """The name of the function around a node; "" outside of any."""
    return name_of(inside(node, "function_item", "function_signature_item"))


def _callee(call: "Node") -> "Node | None":
    """The `a.b` of `a.b(...)` and of `a.b::<T>(...)`; None for a call of another shape."""
    callee = call.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    return callee if callee is not None and callee.type == "field_expression" else None


def method(call: "Node") -> str:
    """The name of the method that a call calls, without a turbofish; "" for another call."""
    callee = _callee(call)
    return "" if callee is None else text(callee.child_by_field_name("field"))


def method_node(call: "Node") -> "Node | None":
    """The node of that name."""
    callee = _callee(call)
    return None if callee is None else callee.child_by_field_name("field")


def receiver(call: "Node") -> "Node | None":
    """What a method is called on; None for another call."""
    callee = _callee(call)
    return None if callee is None else callee.child_by_field_name("value")


def method_calls(source: Source, *names: str) -> Iterator[tuple["Node", "Node"]]:
    """Every call of a method of these names, and what it is called on."""
    for call in source.walk("call_expression"):
        owner = receiver(call)
        if owner is not None and method(call) in names:
            yield call, owner


def arguments(call: "Node") -> list["Node"]:
    """The arguments of a call."""
    found = call.child_by_field_name("arguments")
    return [] if found is None else list(found.named_children)


def is_test(node: "Node") -> bool:
    """Whether a node stands in a module of tests."""
    module = inside(node, "mod_item")
    while module is not None:
        if module.prev_sibling is not None and "cfg(test)" in text(module.prev_sibling):
            return True
        module = inside(module, "mod_item")
    return False
