"""Read the syntax tree of a Rust text (tree-sitter): its items, and the shape of its top level."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

_ITEMS = {
    "function_item", "struct_item", "enum_item", "union_item", "type_item", "trait_item",
    "const_item", "static_item", "mod_item", "macro_definition", "impl_item", "use_declaration",
}  # fmt: skip
_ALSO_ITEMS = {
    "extern_crate_declaration", "foreign_mod_item", "attribute_item", "inner_attribute_item",
    "line_comment", "block_comment", "function_signature_item", "macro_invocation",
}  # fmt: skip
_TOP = _ITEMS | _ALSO_ITEMS
_STATEMENTS = {
    "let_declaration", "if_expression", "match_expression", "for_expression", "empty_statement",
}  # fmt: skip
# Macros of the standard library whose calls are no items.
_STATEMENT_MACROS = {
    "assert", "assert_eq", "assert_ne", "dbg", "debug_assert", "debug_assert_eq", "eprint",
    "eprintln", "panic", "print", "println", "todo", "unimplemented", "unreachable", "write",
    "writeln",
}  # fmt: skip


_SAFE = re.compile(r"\bsafe(?=\s+(?:fn|static)\b)")  # newer than the grammar


@dataclass(frozen=True)
class Item:
    """A top-level item: its name ("" for an impl or a use), its text, its lines from 1."""

    name: str
    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Shape:
    """What a syntax tree shows; the tree itself would take too much memory to keep.

    `broken`: the syntax looks wrong. `only_items`: there is nothing but items at the top level.
    `statements`: a statement is there. `calls`: a macro's call is, an item or a statement.
    `leaves`: a `super` leads out of the text.
    """

    broken: bool
    only_items: bool
    statements: bool
    calls: bool
    leaves: bool


def shape_of(code: str) -> Shape:
    """Look at the top level of a text."""
    root = tree_of(_SAFE.sub("    ", code))
    return Shape(
        broken=root.has_error,
        only_items=all(n.type in _TOP for n in root.children),
        statements=any(_is_statement(n) for n in root.children),
        calls=any(n.type == "macro_invocation" for n in root.children),
        leaves="super" in code and _leaves(root),
    )


def items_of(code: str) -> Iterator[Item]:
    """Yield the items at the top level of a text, with the attributes above them."""
    above: list[Node] = []
    for node in tree_of(code).children:
        if node.type == "attribute_item":
            above.append(node)
        elif node.type in _ITEMS:
            text = "\n".join(text_of(n) for n in (*above, node))
            name = text_of(node.child_by_field_name("name"))
            first = (above or [node])[0].start_point[0] + 1
            yield Item(name, text, first, node.end_point[0] + 1)
            above = []
        elif not node.type.endswith("comment"):
            above = []


@cache
def _language() -> "Language":
    import tree_sitter_rust
    from tree_sitter import Language

    return Language(tree_sitter_rust.language())


_OF_THREAD = threading.local()  # a parser serves one thread at a time


def tree_of(code: str) -> "Node":
    """Return the root of the syntax tree of a text."""
    if not hasattr(_OF_THREAD, "parser"):
        from tree_sitter import Parser

        _OF_THREAD.parser = Parser(_language())
    root: Node = _OF_THREAD.parser.parse(code.encode("utf-8", "replace")).root_node
    return root


def text_of(node: "Node | None") -> str:
    """Return the text of a node; "" for none."""
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _is_statement(node: "Node") -> bool:
    if node.type == "expression_statement":  # a macro's call may be an item
        called = next((n for n in node.children if n.type == "macro_invocation"), None)
        return called is None or text_of(called.child_by_field_name("macro")) in _STATEMENT_MACROS
    return node.type in _STATEMENTS


@cache
def _supers() -> "Query":
    from tree_sitter import Query

    return Query(_language(), "(super) @super")


def _leaves(root: "Node") -> bool:
    """Tell whether some `super` stands in no module, and so leads out of the text."""
    from tree_sitter import QueryCursor

    for node in QueryCursor(_supers()).captures(root).get("super", ()):
        above = node.parent
        while above is not None and above.type != "mod_item":
            above = above.parent
        if above is None:
            return True
    return False
