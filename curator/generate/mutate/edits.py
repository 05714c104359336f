"""Make the edits that mutations need: replace, insert and remove code, with what belongs to it."""

from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit
from curator.generate.mutate.syntax import Source, indent, line_end

if TYPE_CHECKING:
    from tree_sitter import Node

LEADING = ("attribute_item", "line_comment", "block_comment")


def replace(node: "Node", new: str) -> Edit:
    """Replace a node by `new`."""
    return Edit(node.start_byte, node.end_byte, new)


def insert(place: int, new: str) -> Edit:
    """Insert `new` at a byte offset."""
    return Edit(place, place, new)


def insert_before(source: Source, node: "Node", *lines: str) -> Edit:
    """Insert lines above a statement, indented like it."""
    margin = indent(source, node)
    return Edit(node.start_byte, node.start_byte, "".join(f"{x}\n{margin}" for x in lines))


def insert_after(source: Source, node: "Node", *lines: str) -> Edit:
    """Insert lines below a statement, indented like it."""
    end, margin = line_end(source, node), indent(source, node)
    return Edit(end, end, "".join(f"\n{margin}{x}" for x in lines))


def remove_item(source: Source, node: "Node") -> Edit:
    """Remove an item with its attributes, its comments and one blank line."""
    start, above = node.start_byte, node.prev_sibling
    while above is not None and above.type in LEADING:
        start, above = above.start_byte, above.prev_sibling
    raw = source.code.encode("utf-8")
    before = len(raw[:start].rstrip())
    after = len(raw) - len(raw[node.end_byte :].lstrip())
    first = before == 0 or raw[before - 1 : before] == b"{"
    if first and raw[after : after + 1] == b"}":
        return Edit(before, after, "")
    return Edit(start, after, "") if first else Edit(before, node.end_byte, "")


def without_derive(source: Source, attribute: "Node", names: list[str], name: str) -> Edit:
    """Remove one trait from a derive; the whole attribute goes with the last one."""
    rest = [n for n in names if n != name]
    if rest:
        return replace(attribute, f"#[derive({', '.join(rest)})]")
    after = source.code.encode("utf-8")[attribute.end_byte :]
    return Edit(attribute.start_byte, attribute.end_byte + len(after) - len(after.lstrip()), "")


def remove_with_comma(source: Source, node: "Node") -> Edit:
    """Remove a node with the comma after it, and its lines where nothing else is on them.

    Where something else is, the blank after the comma goes too.
    """
    raw = source.code.encode("utf-8")
    start, end = node.start_byte, node.end_byte
    if raw[end : end + 1] == b",":
        end += 1
    head = raw.rfind(b"\n", 0, start) + 1
    tail = raw.find(b"\n", end)
    tail = len(raw) if tail < 0 else tail
    if not raw[head:start].strip() and not _without_comment(raw[end:tail]):
        return Edit(head, min(tail + 1, len(raw)), "")
    if raw[end : end + 1] == b" ":
        end += 1
    return Edit(start, end, "")


def _without_comment(rest: bytes) -> bytes:
    """Return the code in the rest of a line, without a comment."""
    return rest.split(b"//")[0].strip()
