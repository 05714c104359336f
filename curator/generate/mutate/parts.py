"""Questions that several mutations ask of a program: its names, its macros, a node's whole line."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit
from curator.generate.mutate.syntax import Source, inside, text

if TYPE_CHECKING:
    from tree_sitter import Node


@lru_cache(maxsize=64)
def _opened(code: str) -> Source:
    code = re.sub(r"\bvec!\[", "   &[", code)
    return Source(re.sub(r"(\w)!\(", r"\1 (", code))


def opened(source: Source) -> Source:
    """`source` with macro calls as plain calls, so that their arguments are parsed as expressions.

    Every other byte stays where it is: edits found in it hold for `source`.
    """
    return _opened(source.code)


def field(node: "Node", name: str) -> "Node | None":
    """The child of a node that plays this part."""
    return node.child_by_field_name(name)


def one_line(source: Source, node: "Node | None") -> str:
    """The source text of a node, found in `source` or in it opened, on one line for prose."""
    if node is None:
        return ""
    words = source.code.encode("utf-8")[node.start_byte : node.end_byte].decode("utf-8").split()
    return " ".join(words).replace(" ,", ",").replace(", }", " }")


def named(source: Source, kind: str) -> frozenset[str]:
    """The names that items of this kind give ("enum_item", "function_item", ...)."""
    return frozenset(text(field(node, "name")) for node in source.walk(kind))


def function_of(node: "Node") -> str:
    """The name of the function around a node; "" where there is none."""
    around = inside(node, "function_item")
    return text(field(around, "name")) if around else ""


def implements(node: "Node") -> bool:
    """Whether a node stands in a trait or in the implementation of one."""
    around = inside(node, "impl_item", "trait_item")
    return around is not None and (around.type == "trait_item" or bool(field(around, "trait")))


def in_tests(node: "Node") -> bool:
    """Whether a node stands in a module named as test modules are."""
    around = inside(node, "mod_item")
    return around is not None and text(field(around, "name")).startswith("test")


def cut(source: Source, node: "Node") -> Edit:
    """Remove a node with the comma after it and the rest of its lines where nothing else is there.

    Where others share its lines, the blank after it goes too.
    """
    raw = source.code.encode("utf-8")
    start, end = node.start_byte, node.end_byte
    if raw[end : end + 1] == b",":
        end += 1
    head = raw.rfind(b"\n", 0, start) + 1
    tail = raw.find(b"\n", end)
    tail = len(raw) if tail < 0 else tail
    if not raw[head:start].strip() and not _code(raw[end:tail]):
        return Edit(head, min(tail + 1, len(raw)), "")
    if raw[end : end + 1] == b" ":
        end += 1
    return Edit(start, end, "")


def _code(rest: bytes) -> bytes:
    """What is left of a line but for a comment."""
    return rest.split(b"//")[0].strip()


def calls(source: Source, name: str) -> Iterator["Node"]:
    """The calls of a function by its plain name or as the last part of a path."""
    for call in opened(source).walk("call_expression"):
        called = field(call, "function")
        if called is None:
            continue
        last = field(called, "name") if called.type == "scoped_identifier" else called
        if last is not None and last.type == "identifier" and text(last) == name:
            yield call
