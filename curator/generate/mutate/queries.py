"""Ask a program what mutations need to know: its names, calls, derives, functions and uses."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from curator.generate.mutate.edits import LEADING
from curator.generate.mutate.syntax import Source, indent, inside, statements, text

if TYPE_CHECKING:
    from tree_sitter import Node

_OWNED = re.compile(
    r"^(?:String::|vec!|format!)|\.(?:to_string|to_owned|collect)(?:::<[^;]*>)?\(\)$"
)


@lru_cache(maxsize=64)
def _opened(code: str) -> Source:
    code = re.sub(r"\bvec!\[", "   &[", code)
    return Source(re.sub(r"(\w)!\(", r"\1 (", code))


def opened(source: Source) -> Source:
    """Return a program whose macro calls are plain calls, whose arguments tree-sitter then parses.

    Every byte keeps its offset: edits found in it hold for `source`.
    """
    return _opened(source.code)


def field(node: "Node", name: str) -> "Node | None":
    """Return the child of a node in a named field, such as "value"."""
    return node.child_by_field_name(name)


def one_line(source: Source, node: "Node | None") -> str:
    """Return the text of a node of `source`, or of it opened, on one line for prose."""
    if node is None:
        return ""
    words = source.code.encode("utf-8")[node.start_byte : node.end_byte].decode("utf-8").split()
    line = " ".join(words).replace(" ,", ",").replace(", }", " }")
    return f"vec{line}" if line.startswith("![") else line  # a list of an opened program


def named(source: Source, kind: str) -> frozenset[str]:
    """Return the names of all items of a kind ("enum_item", "function_item", ...)."""
    return frozenset(text(field(node, "name")) for node in source.walk(kind))


def name_of(node: "Node | None") -> str:
    """Return the name of an item; "" for none."""
    return "" if node is None else text(node.child_by_field_name("name"))


def function_of(node: "Node") -> str:
    """Return the name of the function with a body around a node; "" outside of any."""
    around = inside(node, "function_item")
    return text(field(around, "name")) if around else ""


def enclosing(node: "Node") -> str:
    """Return the name of the function or signature around a node; "" outside of any."""
    return name_of(inside(node, "function_item", "function_signature_item"))


def implements(node: "Node") -> bool:
    """Return whether a node is in a trait or in an implementation of one."""
    around = inside(node, "impl_item", "trait_item")
    return around is not None and (around.type == "trait_item" or bool(field(around, "trait")))


def in_tests(node: "Node") -> bool:
    """Return whether a node is in a module that is named like a test module."""
    around = inside(node, "mod_item")
    return around is not None and text(field(around, "name")).startswith("test")


def is_test(node: "Node") -> bool:
    """Return whether a node is in a module with `#[cfg(test)]`."""
    module = inside(node, "mod_item")
    while module is not None:
        if module.prev_sibling is not None and "cfg(test)" in text(module.prev_sibling):
            return True
        module = inside(module, "mod_item")
    return False


def derives(source: Source) -> Iterator[tuple["Node", list[str], "Node"]]:
    """Yield every derive: its attribute, the traits that it names, and the type that it is on."""
    for node in source.walk("attribute_item"):
        match = re.fullmatch(r"#\[derive\(([^)]*)\)\]", text(node))
        owner = node.next_named_sibling
        while owner is not None and owner.type in LEADING:
            owner = owner.next_named_sibling
        if match and owner is not None and owner.type in ("struct_item", "enum_item"):
            yield node, [n.strip() for n in match[1].split(",") if n.strip()], owner


def calls(source: Source, name: str) -> Iterator["Node"]:
    """Yield the calls of a function, by its plain name or as the last part of a path."""
    for call in opened(source).walk("call_expression"):
        called = field(call, "function")
        if called is None:
            continue
        last = field(called, "name") if called.type == "scoped_identifier" else called
        if last is not None and last.type == "identifier" and text(last) == name:
            yield call


def _callee(call: "Node") -> "Node | None":
    """Return the `a.b` of `a.b(...)` and of `a.b::<T>(...)`; None for other calls."""
    callee = call.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    return callee if callee is not None and callee.type == "field_expression" else None


def method(call: "Node") -> str:
    """Return the name of the called method, without a turbofish; "" for other calls."""
    callee = _callee(call)
    return "" if callee is None else text(callee.child_by_field_name("field"))


def method_node(call: "Node") -> "Node | None":
    """Return the node of the called method's name; None for other calls."""
    callee = _callee(call)
    return None if callee is None else callee.child_by_field_name("field")


def receiver(call: "Node") -> "Node | None":
    """Return what a method is called on; None for other calls."""
    callee = _callee(call)
    return None if callee is None else callee.child_by_field_name("value")


def method_calls(source: Source, *names: str) -> Iterator[tuple["Node", "Node"]]:
    """Yield every call of a method of these names, and what it is called on."""
    for call in source.walk("call_expression"):
        owner = receiver(call)
        if owner is not None and method(call) in names:
            yield call, owner


def arguments(call: "Node") -> list["Node"]:
    """Return the arguments of a call."""
    listed = call.child_by_field_name("arguments")
    return [] if listed is None else list(listed.named_children)


def mentions(name: str, code: str) -> bool:
    """Return whether a name occurs in code, format strings included."""
    return re.search(rf"\b{re.escape(name)}\b", code) is not None


def unused(source: Source, names: Sequence[str]) -> str:
    """Return a name that a program does not use; the program's size decides which comes first."""
    start = len(source.code) % len(names)
    rotated = [*names[start:], *names[:start]]
    return next((n for n in rotated if not mentions(n, source.code)), f"{names[0]}_2")


def variables(source: Source) -> Iterator[tuple["Node", str]]:
    """Yield the declarations of one name with a value, each on a line of its own."""
    for let in source.walk("let_declaration"):
        pattern = let.child_by_field_name("pattern")
        named = pattern is not None and pattern.type == "identifier"
        if named and let.child_by_field_name("value") and indent(source, let):
            yield let, text(pattern)


def owned(let: "Node") -> bool:
    """Return whether a declaration's value is plainly an owned String or Vec."""
    return _OWNED.search(text(let.child_by_field_name("value"))) is not None


def format_of(let: "Node") -> str:
    """Return how a declaration's own value is printed ("{}"), "" where it is none worth printing.

    That is a text, a list that is not empty, or a number.
    """
    value = text(let.child_by_field_name("value"))
    if re.match(r"(?:String::from|format!)\(", value) or value.endswith(
        (".to_string()", ".to_owned()")
    ):
        return "" if value == 'String::from("")' else "{}"
    if re.fullmatch(r"-?\d[\d_.]*", value):
        return "{}"
    return "{:?}" if re.match(r"vec!\[\s*[^\]\s]", value) or value.endswith(".to_vec()") else ""


def container(source: Source, name: str) -> str:
    """Return "Vec", "tableau", or another type that a variable's declaration shows; "" for none."""
    for let, variable in variables(source):
        if variable == name:
            kind = text(let.child_by_field_name("type"))
            value = text(let.child_by_field_name("value"))
            if kind.startswith("[") or (not kind and value.startswith("[")):
                return "tableau"
            shown = re.match(r"(?:[a-z]\w*::)*([A-Z]\w*)", kind or value)
            return "Vec" if value.startswith("vec!") else (shown[1] if shown else "")
    return ""


def uses(source: Source, let: "Node", name: str) -> list["Node"]:
    """Return the later statements of the same block that mention a variable."""
    return [s for s in statements(source, let) if mentions(name, text(s))]
