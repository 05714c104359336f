"""List what could be cut from a program: items, statements, arms, fields, with what names them.

A cut is offered only where no name that it takes away is left standing, which spares the compiler
most of the hopeless ones. Whether the rest still does what it should is for rustc to say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit
from curator.generate.mutate.edits import LEADING
from curator.generate.mutate.queries import name_of
from curator.generate.mutate.syntax import Source, inside, text

if TYPE_CHECKING:
    from tree_sitter import Node

Cut = tuple[tuple[int, int], ...]  # ranges of bytes, in order, that go together

_ITEMS = {
    *("function_item", "struct_item", "enum_item", "impl_item", "trait_item", "const_item"),
    *("static_item", "use_declaration", "mod_item", "type_item", "macro_definition"),
    *("function_signature_item",),
}
_STATEMENTS = {"let_declaration", "expression_statement", "empty_statement"}
_HOLDERS = {"source_file", "declaration_list"}


def lines_of(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Widen a range to its whole lines, where nothing else is on them."""
    head, tail = raw.rfind(b"\n", 0, start) + 1, raw.find(b"\n", end)
    tail = len(raw) if tail < 0 else tail
    if raw[head:start].strip() or raw[end:tail].strip():
        return start, end
    return head, min(tail + 1, len(raw))


def _with_leading(node: "Node") -> int:
    """Return where a node starts with its attributes and comments."""
    start, above = node.start_byte, node.prev_sibling
    while above is not None and above.type in LEADING:
        start, above = above.start_byte, above.prev_sibling
    return start


def _listed(raw: bytes, node: "Node") -> tuple[int, int]:
    """Return the range of an element of a list, with one comma."""
    start, end = _with_leading(node), node.end_byte
    after = len(raw) - len(raw[end:].lstrip())
    if raw[after : after + 1] == b",":
        end = after + 1
        wide = lines_of(raw, start, end)
        return wide if wide != (start, end) else (start, end + (raw[end : end + 1] == b" "))
    before = len(raw[:start].rstrip())
    if raw[before - 1 : before] == b",":
        return before - 1, end
    return lines_of(raw, start, end)


def _names(node: "Node") -> set[str]:
    """Return the names that would be gone with a node: of an item, of variables."""
    if node.type == "let_declaration":
        pattern = text(node.child_by_field_name("pattern"))
        return set(re.findall(r"\b[a-z_]\w*\b", pattern)) - {"mut", "ref", "_"}
    name = node.child_by_field_name("name")
    return {text(name)} if name is not None else set()


def _without(raw: bytes, cut: Cut) -> str:
    parts, place = [], 0
    for start, end in cut:
        parts.append(raw[place:start])
        place = end
    return b" ".join([*parts, raw[place:]]).decode("utf-8", "replace")


def _mentioned(names: Iterable[str], code: str) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", code) for name in names)


def _nodes(source: Source, raw: bytes) -> Iterator[tuple[Cut, set[str], str]]:
    """Yield the cuts of one item, statement, attribute or impl, their names, where to look."""
    for node in source.walk(*_ITEMS, *_STATEMENTS, "attribute_item"):
        parent = node.parent
        cut = (lines_of(raw, _with_leading(node), node.end_byte),)
        if node.type == "attribute_item":
            if text(node).startswith("#[derive") or "allow" in text(node):
                yield (lines_of(raw, node.start_byte, node.end_byte),), set(), ""
        elif node.type in _STATEMENTS and parent is not None and parent.type == "block":
            if _holds_up(node):
                continue
            scope = raw[cut[0][1] : parent.end_byte].decode("utf-8", "replace")
            names = _names(node)
            yield cut, names, scope
            if names:
                yield _with_uses(raw, node, names), set(), ""
        elif parent is not None and parent.type == "block":
            yield cut, _names(node), _without(raw, cut)
        elif parent is not None and parent.type in _HOLDERS and "fn main(" not in text(node)[:40]:
            whole = node.type not in ("impl_item", "use_declaration")
            names = _names(node) if whole and parent.type == "source_file" else set()
            yield cut, names, _without(raw, cut)


def _holds_up(node: "Node") -> bool:
    """Tell whether a statement keeps a promise that rustc does not check.

    Without one of its steps a function would not do what its name says, so that it goes as a whole
    or stays, and so does a test. `main` may show less, but waits for the threads that it starts.
    """
    function = inside(node, "function_item")
    if function is None or re.search(r"\bunsafe\b", text(function)):
        return True
    if name_of(function) != "main":
        return not re.match(r"e?print(?:ln)?!", text(node))
    return ".join(" in text(node)


def _imports(source: Source, raw: bytes) -> Iterator[Cut]:
    """Yield the cuts of one name in a `use a::{b, c}`."""
    for listed in source.walk("use_list"):
        for name in listed.named_children if len(listed.named_children) > 1 else ():
            yield (_listed(raw, name),)


def _with_uses(raw: bytes, let: "Node", names: set[str]) -> Cut:
    """Return the cut of a declaration and of the later statements of its block that use it."""
    nodes, after = [let], let.next_named_sibling
    while after is not None:
        if after.type in _STATEMENTS and _mentioned(names, text(after)):
            nodes.append(after)
        after = after.next_named_sibling
    return tuple(lines_of(raw, _with_leading(n), n.end_byte) for n in nodes)


def _initial(source: Source, name: str, owner: str) -> Iterator["Node"]:
    """Yield the initializers and patterns of a field."""
    kinds = ("field_initializer", "shorthand_field_initializer", "field_pattern")
    for node in source.walk(*kinds):
        label = node.child_by_field_name("field") or node.child_by_field_name("name")
        if (text(label) or text(node)) == name and _holder(node) in (owner, "Self"):
            yield node


def _holder(node: "Node") -> str:
    above = inside(node, "struct_expression", "struct_pattern")
    if above is None:
        return ""
    named = above.child_by_field_name("name") or above.child_by_field_name("type")
    return text(named).split("::")[-1].split("<")[0]


def _fields(source: Source, raw: bytes) -> Iterator[Cut]:
    """Yield the cuts of a field with all that gives it a value or reads it in a pattern."""
    for node in source.walk("field_declaration"):
        name = text(node.child_by_field_name("name"))
        above = inside(node, "struct_item", "enum_variant")
        if node.parent is not None and len(node.parent.named_children) < 2:
            continue
        owner = text(above.child_by_field_name("name")) if above is not None else ""
        nodes = [node, *_initial(source, name, owner)]
        cut = tuple(sorted(_listed(raw, n) for n in nodes))
        left = _without(raw, cut)
        if not re.search(rf"\.{name}\b(?!\s*\()", left):
            yield cut


def _variants(source: Source, raw: bytes) -> Iterator[Cut]:
    """Yield the cuts of a variant with its arms.

    An arm alone stays: what it took would go to another one, and the program do something odd.
    """
    arms = list(source.walk("match_arm"))
    for node in source.walk("enum_variant"):
        name = text(node.child_by_field_name("name"))
        if node.parent is not None and len(node.parent.named_children) < 3:
            continue
        own = [a for a in arms if _mentioned([name], text(a.child_by_field_name("pattern")))]
        left = ([n for n in a.parent.named_children if n not in own] for a in own if a.parent)
        if any(len(rest) < 2 or any(map(_catches, rest)) for rest in left):
            continue
        cut = tuple(sorted(_listed(raw, n) for n in [node, *own]))
        if not _mentioned([name], _without(raw, cut)):
            yield cut


def _catches(arm: "Node") -> bool:
    """Tell whether an arm takes all that is left, so that a variant without its own goes there."""
    pattern = text(arm.child_by_field_name("pattern"))
    return re.match(r"(?:_|[a-z]\w*)(?: if |$)", pattern) is not None


def _promised(source: Source, raw: bytes) -> Iterator[Cut]:
    """Yield the cuts of a trait's method with its implementations."""
    for node in source.walk("function_signature_item"):
        name = text(node.child_by_field_name("name"))
        named = (n for n in source.walk("function_item") if inside(n, "impl_item"))
        same = [n for n in named if text(n.child_by_field_name("name")) == name]
        nodes = [node, *same]
        cut = tuple(sorted(lines_of(raw, _with_leading(n), n.end_byte) for n in nodes))
        if same and not _mentioned([name], _without(raw, cut)):
            yield cut


def _apart(cut: Cut) -> bool:
    return all(a[1] <= b[0] for a, b in pairwise(cut))


def touches(cut: Cut, edits: Sequence[Edit]) -> bool:
    """Tell whether an edit lies in what would be cut."""
    return any(
        (e.start < end and e.end > start) or (e.start == e.end and start < e.start < end)
        for start, end in cut
        for e in edits
    )


def cuts(code: str, edits: Sequence[Edit]) -> list[Cut]:
    """List the cuts of a program that leave its edits alone, the largest first."""
    source, raw = Source(code), code.encode("utf-8")
    plain = [c for c, names, scope in _nodes(source, raw) if not _mentioned(names, scope)]
    offered = [
        *plain,
        *_imports(source, raw),
        *_fields(source, raw),
        *_variants(source, raw),
        *_promised(source, raw),
    ]
    sound = [c for c in dict.fromkeys(offered) if _apart(c) and not touches(c, edits)]
    return sorted(sound, key=lambda c: sum(a - b for a, b in c))


def joined(some: Iterable[Cut]) -> Cut:
    """Join cuts into one: ranges within others, and neighbours, become one range."""
    ranges: list[tuple[int, int]] = []
    for start, end in sorted(r for cut in some for r in cut):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
        else:
            ranges.append((start, end))
    return tuple(ranges)


def shifted(edits: Sequence[Edit], cut: Cut) -> tuple[Edit, ...]:
    """Move edits to where their places are once a cut is made."""

    def place(at: int) -> int:
        return at - sum(min(at, end) - start for start, end in cut if start < at)

    return tuple(Edit(place(e.start), place(e.end), e.new) for e in edits)


def comments(code: str) -> Cut:
    """Return the comments of a program, but for those that justify `unsafe` code.

    What they say of the program holds no more once something is cut.
    """
    source, raw = Source(code), code.encode("utf-8")
    ranges = []
    kept = -1  # the line of a justification, which may go on below
    for node in source.walk("line_comment", "block_comment"):
        head = raw[raw.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte]
        goes_on = node.start_point[0] == kept + 1 > 0 and not head.strip()
        if "SAFETY" in text(node).upper() or goes_on:
            # A doc comment ends at the start of the line below it.
            kept = node.end_point[0] - (node.end_point[1] == 0)
            continue
        # A doc comment ends with its line.
        end = node.end_byte - text(node).endswith("\n")
        start, end = lines_of(raw, node.start_byte, end)
        if raw[start:end].lstrip().startswith(b"/") and raw[end - 1 : end] != b"\n":
            start = len(raw[:start].rstrip(b" \t"))
        ranges.append((start, end))
    return joined([tuple(ranges)])


def blank_lines(code: str) -> Cut:
    """Return the blank lines that a tidy program has not: doubled, and beside a brace."""
    raw = code.encode("utf-8")
    wanted: list[tuple[int, int]] = []
    spaced = re.compile(
        rb"(?<=\n)\n+(?=\n)|(?<=\{\n)\n+|(?<=\n)\n+(?=[ \t]*[)}\]])|\A\n+|\n+(?=\n\Z)"
    )
    strings = [(n.start_byte, n.end_byte) for n in Source(code).walk("string_literal",
               "raw_string_literal")]  # fmt: skip
    for match in spaced.finditer(raw):
        if not any(a < match.end() and match.start() < b for a, b in strings):
            wanted.append(match.span())
    return joined([tuple(wanted)])
