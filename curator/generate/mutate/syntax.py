"""Parse a program with tree-sitter, and find one's way in its tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True)
class Source:
    """A whole program. Offsets are in bytes of its UTF-8."""

    code: str

    @cached_property
    def root(self) -> "Node":
        """The syntax tree; code that does not parse becomes ERROR nodes."""
        import tree_sitter_rust
        from tree_sitter import Language, Parser

        parser = Parser(Language(tree_sitter_rust.language()))
        return parser.parse(self.code.encode("utf-8")).root_node

    def walk(self, *kinds: str) -> Iterator["Node"]:
        """Yield every node of these kinds, in the order of the text."""
        todo = [self.root]
        while todo:
            node = todo.pop()
            if node.type in kinds:
                yield node
            todo.extend(reversed(node.children))


def text(node: "Node | None") -> str:
    """Return the source text of a node; "" for none."""
    return "" if node is None or node.text is None else node.text.decode("utf-8")


def inside(node: "Node", *kinds: str) -> "Node | None":
    """Return the nearest node of these kinds around a node."""
    above = node.parent
    while above is not None and above.type not in kinds:
        above = above.parent
    return above


def place(code: str, index: int) -> int:
    """Return the byte offset of a character."""
    return len(code[:index].encode("utf-8"))


def indent(source: Source, node: "Node") -> str:
    """Return the white space before a node on its line; "" where something else stands there."""
    raw = source.code.encode("utf-8")
    before = raw[raw.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte].decode("utf-8")
    return before if before.isspace() else ""


def line_end(source: Source, node: "Node") -> int:
    """Return the end of the line on which a node ends, so that a comment stays with it."""
    raw = source.code.encode("utf-8")
    end = raw.find(b"\n", node.end_byte)
    return len(raw) if end < 0 else end


def statements(source: Source, let: "Node") -> Iterator["Node"]:
    """Yield the statements after a declaration in its block that have lines of their own."""
    node = let.next_named_sibling
    while node is not None:
        ended = node.type == "let_declaration" or text(node).endswith((";", "}"))
        tail = node.next_named_sibling is None and not text(node).endswith(";")
        if ended and not tail and not node.type.endswith("comment") and indent(source, node):
            yield node
        node = node.next_named_sibling
