"""Colour Rust by its grammar: lines of HTML with the classes of highlight.js.

The page's own highlighter takes the lifetimes `'a` and `'_` for the start of a string, and shows
half of a program in one colour; the grammar does not.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.review.cards.markup import element, escaped
from curator.rust.syntax import tree_of

if TYPE_CHECKING:
    from tree_sitter import Node

_WHOLE = {
    "line_comment": "comment",
    "block_comment": "comment",
    "string_literal": "string",
    "raw_string_literal": "string",
    "char_literal": "string",
    "lifetime": "symbol",
    "label": "symbol",
    "attribute_item": "meta",
    "inner_attribute_item": "meta",
    "integer_literal": "number",
    "float_literal": "number",
    "boolean_literal": "literal",
    "primitive_type": "type",
    "type_identifier": "type",
    "self": "keyword",
    "crate": "keyword",
    "super": "keyword",
    "mutable_specifier": "keyword",
}
_KEYWORDS = {
    "as", "async", "await", "break", "const", "continue", "default", "dyn", "else", "enum",
    "extern", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro_rules!", "match", "mod",
    "move", "mut", "pub", "raw", "ref", "return", "static", "struct", "trait", "type", "union",
    "unsafe", "use", "where", "while", "yield",
}  # fmt: skip
_DEFINED = {"function_item", "function_signature_item"}
_PARTS_OF_CALLED = {"field_expression", "scoped_identifier", "generic_function"}
Span = tuple[int, int, str]


def _name_of(node: "Node") -> str:
    """Tell what a name is: one that is called or defined as a function, a macro, or nothing."""
    above = node.parent
    if above is None:
        return ""
    if above.type in _DEFINED and above.child_by_field_name("name") == node:
        return "title"
    if above.type == "macro_invocation" and above.child_by_field_name("macro") == node:
        return "built_in"
    return "title" if _is_called(node) else ""


def _is_called(name: "Node") -> bool:
    """Tell whether a name is what a call calls: `f()`, `x.f()`, `m::f()`, `x.f::<T>()`."""
    node, above = name, name.parent
    while above is not None and above.type in _PARTS_OF_CALLED:
        if above.type != "generic_function" and above.children[-1] != node:
            return False
        node, above = above, above.parent
    is_call = above is not None and above.type == "call_expression"
    return is_call and above is not None and above.child_by_field_name("function") == node


def _kind(node: "Node") -> str:
    """Return the class of a piece of syntax, "" where it has no colour of its own."""
    if node.type in _WHOLE:
        return _WHOLE[node.type]
    if node.type in _KEYWORDS and not node.is_named:
        return "keyword"
    return _name_of(node) if node.type in {"identifier", "field_identifier"} else ""


def _spans(root: "Node") -> Iterator[Span]:
    """Yield what has a colour, by bytes: where it begins and ends, and its class.

    Without recursion: what a model wrote may nest deeper than Python's stack.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        kind = _kind(node)
        if kind:
            yield node.start_byte, node.end_byte, kind
        else:
            waiting.extend(reversed(node.children))


def _written(text: bytes, kind: str) -> str:
    shown = escaped(text.decode("utf-8", "replace"))
    return element("span", shown, **{"class": f"hljs-{kind}"}) if kind and shown else shown


def highlighted(code: str, is_rust: bool) -> list[str]:
    """Return the lines of a code as HTML, coloured where it is Rust; as many as it has."""
    if not is_rust:
        return [escaped(line) for line in code.split("\n")]
    text = code.encode("utf-8", "replace")
    ends = _line_ends(text)
    lines, at = [""] * len(ends), 0
    for start, end, kind in [*_spans(tree_of(code)), (len(text), len(text), "")]:
        _write(lines, ends, text, (at, max(at, start), ""))
        _write(lines, ends, text, (max(at, start), end, kind))
        at = max(at, end)
    return lines


def _line_ends(text: bytes) -> list[int]:
    ends = [at for at, byte in enumerate(text) if byte == 10]
    return [*ends, len(text)]


def _write(lines: list[str], ends: list[int], text: bytes, span: Span) -> None:
    """Add a span to the lines that it goes over."""
    start, end, kind = span
    number = bisect_left(ends, start)
    while start < end and number < len(ends):
        until = min(end, ends[number])
        lines[number] += _written(text[start:until], kind)
        start, number = until + 1, number + 1
