"""Lines that a learner adds to a program: where they go, and what they are called."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit
from curator.generate.mutate.syntax import Source, indent, inside, line_end, statements, text

if TYPE_CHECKING:
    from tree_sitter import Node

_OWNED = re.compile(
    r"^(?:String::|vec!|format!)|\.(?:to_string|to_owned|collect)(?:::<[^;]*>)?\(\)$"
)


def mentions(name: str, code: str) -> bool:
    """Whether a name occurs in code, be it in a format string."""
    return re.search(rf"\b{re.escape(name)}\b", code) is not None


def unused(source: Source, names: Sequence[str]) -> str:
    """The first of some names that a program does not use; which comes first, its size tells."""
    start = len(source.code) % len(names)
    turned = [*names[start:], *names[:start]]
    return next((n for n in turned if not mentions(n, source.code)), f"{names[0]}_2")


def before(source: Source, node: "Node", *lines: str) -> Edit:
    """Add lines above a statement."""
    margin = indent(source, node)
    return Edit(node.start_byte, node.start_byte, "".join(f"{x}\n{margin}" for x in lines))


def after(source: Source, node: "Node", *lines: str) -> Edit:
    """Add lines below a statement."""
    end, margin = line_end(source, node), indent(source, node)
    return Edit(end, end, "".join(f"\n{margin}{x}" for x in lines))


def variables(source: Source) -> Iterator[tuple["Node", str]]:
    """Declarations of one name with a value, each on a line of a function's body."""
    for let in source.walk("let_declaration"):
        pattern = let.child_by_field_name("pattern")
        named = pattern is not None and pattern.type == "identifier"
        if named and let.child_by_field_name("value") and indent(source, let):
            yield let, text(pattern)


def owned(let: "Node") -> bool:
    """Whether a declaration's value is plainly a String or a Vec of its own."""
    return _OWNED.search(text(let.child_by_field_name("value"))) is not None


def uses(source: Source, let: "Node", name: str) -> list["Node"]:
    """The later statements of the same block that mention a variable."""
    return [s for s in statements(source, let) if mentions(name, text(s))]


def function_of(node: "Node") -> str:
    """The name of the function around a node; "" outside of any."""
    above = inside(node, "function_item")
    return text(above.child_by_field_name("name")) if above else ""
