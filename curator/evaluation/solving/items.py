"""The items of a Rust text by name (tree-sitter), and a text completed with another one's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curator.rust.syntax import shape_of, text_of, tree_of

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = {
    "function_item": "fn", "struct_item": "struct", "enum_item": "enum", "union_item": "union",
    "trait_item": "trait", "const_item": "const", "static_item": "static", "mod_item": "mod",
    "type_item": "type", "macro_definition": "macro", "impl_item": "impl",
    "function_signature_item": "fn",
}  # fmt: skip
_ABOVE = ("attribute_item", "line_comment", "block_comment")
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Item:
    """An item at the top level: how it is called ("fn total"), its whole text, its methods."""

    name: str
    text: str
    brings: frozenset[str] = frozenset()
    methods: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_impl(self) -> bool:
        """Whether it is an impl, of which there may be several."""
        return self.name.startswith("impl ")


def names_in(code: str) -> frozenset[str]:
    """Return what a text has, at any depth: "fn total", "struct Panier", "impl Drop for Panier"."""
    return frozenset(name for node in walk(tree_of(code)) if (name := _name(node)))


def items_in(code: str) -> list[Item]:
    """Return the items at the top level, each with the attributes and comments above it."""
    items, above = list[Item](), list["Node"]()
    for node in tree_of(code).children:
        if node.type in _ABOVE:
            above.append(node)
            continue
        if node.type == "use_declaration" and not node.has_error:
            items += _uses(node)
        name = _name(node)
        if name and not node.has_error:
            items.append(_item(node, name, above))
        above = []
    return items


def is_statements(code: str) -> bool:
    """Tell whether statements stand at the top level, as in the body of a function."""
    return not shape_of(code).only_items and "fn main" not in names_in(code)


def _item(node: "Node", name: str, above: Sequence["Node"]) -> Item:
    text = "\n".join(text_of(one) for one in (*above, node))
    if name.startswith("impl "):
        return Item(name, text_of(node), methods=dict(_methods(node)))
    return Item(name, text, frozenset(_NAME.findall(name.split(" ", 1)[1])))


def _uses(node: "Node") -> Iterator[Item]:
    """Yield each import of a `use` as one of its own: "use std::{fmt, io};" brings two."""
    argument = node.child_by_field_name("argument")
    for path, name in _paths(argument, "") if argument else ():
        yield Item("use", f"use {path};", frozenset(name.split()))


def _paths(node: "Node", above: str) -> Iterator[tuple[str, str]]:
    """Yield the whole path of each import of a tree, and the name that it brings ("" for `*`)."""
    if node.type in ("scoped_use_list", "use_list"):
        path = text_of(node.child_by_field_name("path"))
        below = f"{above}{path}::" if path else above
        inner = node.child_by_field_name("list") or node
        for one in inner.named_children:
            yield from _paths(one, below)
    elif node.type == "use_as_clause":
        yield above + text_of(node), text_of(node.child_by_field_name("alias"))
    elif node.type == "self":
        whole = above.removesuffix("::")
        yield whole, whole.rpartition("::")[2]
    elif not node.type.endswith("comment"):
        text = above + text_of(node)
        yield text, text.rpartition("::")[2].strip("*")


def _methods(node: "Node") -> Iterator[tuple[str, str]]:
    body = node.child_by_field_name("body")
    for one in body.children if body else ():
        if (name := _name(one)) and not one.has_error:
            yield name, text_of(one)


def _name(node: "Node") -> str:
    """Return how an item is called; "" for what is none."""
    kind = _KINDS.get(node.type, "")
    if kind != "impl":
        return f"{kind} {text_of(node.child_by_field_name('name'))}" if kind else ""
    on = _head(node.child_by_field_name("type"))
    of = _head(node.child_by_field_name("trait"))
    return f"impl {of} for {on}" if of else f"impl {on}"


def _head(node: "Node | None") -> str:
    """Return the last plain name of a type: "Display" of "fmt::Display", "Pile" of "Pile<T>"."""
    while node is not None:
        inner = node.child_by_field_name("type") or node.child_by_field_name("name")
        if inner is None:
            return text_of(node)
        node = inner
    return ""


def walk(node: "Node") -> Iterator["Node"]:
    """Yield a node of a tree, and all below it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(one.children)


def completed(code: str, others: Sequence[Item]) -> str:
    """Add to a text those of `others` that it lacks: what it has itself stands for theirs.

    An impl that both have gets the methods that it lacks.
    """
    own = items_in(code)
    brought = {name for item in own for name in item.brings}
    impls = {item.name: item for item in own if item.is_impl}
    added = [item.text for item in others if item.name not in impls and not item.brings & brought]
    for item in others:
        if mine := impls.get(item.name):
            missing = [text for name, text in item.methods.items() if name not in mine.methods]
            if missing:
                longer = mine.text.rstrip().removesuffix("}") + "\n".join(missing) + "\n}"
                code = code.replace(mine.text, longer)
    return "\n\n".join([code, *added])


def with_impls(code: str, theirs: Sequence[Item]) -> str:
    """Put the methods at a text's top level into the impl of `theirs` that has them.

    Answers often show a method alone. One that no impl of `theirs` has stays as it is.
    """
    homes = {method: item for item in theirs if item.is_impl for method in item.methods}
    shown: dict[str, list[str]] = {}
    for node in tree_of(code).children:
        if _takes_self(node) and (home := homes.get(_name(node))):
            head = home.text[: home.text.index("{")].rstrip()
            shown.setdefault(head, []).append(text_of(node))
    for head, methods in shown.items():
        for method in methods[1:]:
            code = code.replace(method, "", 1)
        code = code.replace(methods[0], "\n".join([f"{head} {{", *methods, "}"]), 1)
    return code


def _takes_self(node: "Node") -> bool:
    parameters = node.child_by_field_name("parameters")
    return parameters is not None and any(
        one.type == "self_parameter" for one in parameters.children
    )


def renamed_main(code: str, name: str) -> str:
    """Give the `fn main` of a text another name."""
    for node in tree_of(code).children:
        if _name(node) == "fn main":
            place = node.child_by_field_name("name")
            if place is not None:
                data = code.encode("utf-8", "replace")
                changed = data[: place.start_byte] + name.encode() + data[place.end_byte :]
                return changed.decode()
    return code
