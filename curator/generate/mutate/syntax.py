"""One program as tree-sitter reads it, with the questions that mutations ask of it."""

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
        """The syntax tree; places that do not parse are ERROR nodes."""
        import tree_sitter_rust
        from tree_sitter import Language, Parser

        parser = Parser(Language(tree_sitter_rust.language()))
        return parser.parse(self.code.encode("utf-8")).root_node

    def walk(self, *kinds: str) -> Iterator["Node"]:
        """Every node of these kinds, in the order of the text."""
        todo = [self.root]
        while todo:
            node = todo.pop()
            if node.type in kinds:
                yield node
            todo.extend(reversed(node.children))


def text(node: "Node | None") -> str:
    """The source text of a node; "" for none."""
    return "" if node is None or node.text is None else node.text.decode("utf-8")


def inside(node: "Node", *kinds: str) -> "Node | None":
    """The nearest node of these kinds around a node."""
    above = node.parent
    while above is not None and above.type not in kinds:
        above = above.parent
    return above
