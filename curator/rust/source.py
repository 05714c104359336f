"""What can be seen in Rust text without compiling it (tree-sitter): names, shape, and dangers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_ITEMS = {
    "function_item", "struct_item", "enum_item", "union_item", "type_item", "trait_item",
    "const_item", "static_item", "mod_item", "macro_definition",
}  # fmt: skip
_TYPES = {"struct_item", "enum_item", "union_item", "type_item", "trait_item"}
_OTHER_ITEMS = {
    "impl_item", "use_declaration", "extern_crate_declaration", "foreign_mod_item",
    "attribute_item", "inner_attribute_item", "line_comment", "block_comment",
    "function_signature_item",
}  # fmt: skip
_NAMING = {"closure_parameters", "type_parameters", "enum_variant"}
_QUOTED = {"line_comment", "block_comment", "string_literal", "raw_string_literal", "char_literal"}

# What only means the same at the root of a crate, or could touch another unit of the same crate.
_ALONE = re.compile(
    r"#!\[|\bmacro_export\b|\bmacro_rules\b|\bextern\s+crate\b|\bmod\s+\w+\s*;|#\s*\[\s*path\b"
    r"|\b(?:no_mangle|export_name|global_allocator|panic_handler|link|link_name|lang)\b"
    r"|\binclude(?:_str|_bytes)?\s*!|\b(?:global_)?asm\s*!|\$crate|\bpub\s*\(\s*in\b"
    r"|\bmod\s+(?:std|core|alloc)\b|\bconst\b[^;]*\b(?:loop|while)\b"
    r"|\bfn\s+main\s*(?:<|\(\s*\w|\(\s*\)\s*(?:->|where))"
    r"|\b(?:async|unsafe|const|extern|pub(?:\s*\([^)]*\))?)\s+fn\s+main\b"
)
_CRATE_PATH = re.compile(r"(?<!\()(?<!\(\s)\bcrate\b")
_OUTSIDE = re.compile(
    r"\b(?:include|include_str|include_bytes|option_env|asm|global_asm|naked_asm)\b"
    r"|(?<!::)\benv\b(?!\s*::)|\benv\s*!|\benv\s+as\b"
    r"|#\s*!?\s*\[\s*(?:path|link)\b"
    r"|\bmod\s+\w+\s*;"
    r"|\bextern\s+crate\b"
    r"|#\s*!\s*\[\s*(?P<inner>\w+)"
)
_INNER_ALLOWED = {"allow", "warn", "deny", "forbid", "expect", "doc", "cfg_attr"}


@dataclass(frozen=True)
class Item:
    """A top-level item: its name ("" for an impl or a use), its text, its lines from 1."""

    name: str
    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Comment:
    """A comment without its marks; `code_follows` when the next line, or its own, has code."""

    text: str
    code_follows: bool


@dataclass(frozen=True)
class Source:
    """What can be seen in a Rust text.

    `bare` is the text with comments and literals blanked out, line by line the same. `defines`
    are all names that it defines or binds. `only_items` says that it has no statement of its own.
    `alone` says that it cannot share a crate with others. `outside` names the first construct that
    reaches out of the text, "" if there is none.
    """

    bare: str
    comments: tuple[Comment, ...]
    items: tuple[Item, ...]
    defines: frozenset[str]
    has_main: bool
    has_tests: bool
    only_items: bool
    alone: bool
    outside: str

    @property
    def has_ellipsis(self) -> bool:
        """Whether something is left out ("..." or "…") in the code itself."""
        return "…" in self.bare or re.search(r"\.\.\.(?!\s*[,)]\s*->)", self.bare) is not None

    @property
    def asks(self) -> bool:
        """Whether the operator `?` occurs."""
        return re.search(r"[)\]\w]\s*\?(?!\s*Sized)", self.bare) is not None

    @property
    def awaits(self) -> bool:
        """Whether `.await` occurs."""
        return ".await" in self.bare


@cache
def _parser() -> "Parser":
    import tree_sitter_rust
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_rust.language()))


def _walk(root: "Node") -> Iterator["Node"]:
    """Every node, parents first, without recursion: the text may nest without end."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None:
            yield node
        quoted = node is not None and node.type in _QUOTED
        if not quoted and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _text(node: "Node | None") -> str:
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _blank(data: bytearray, node: "Node") -> None:
    for i in range(node.start_byte, node.end_byte):
        if data[i] not in b"\r\n":
            data[i] = 32


def _bound(node: "Node") -> Iterator[str]:
    """The names that an item, a `let`, a parameter, a pattern, a `use` or a variant gives."""
    if node.type in _ITEMS:
        yield _text(node.child_by_field_name("name"))
    elif node.type in ("let_declaration", "parameter", "for_expression", "match_pattern"):
        pattern = node.child_by_field_name("pattern") or node
        yield from re.findall(r"[A-Za-z_]\w*", _text(pattern))
    elif node.type == "use_declaration":
        # The last name of each path, or its alias, is what it brings.
        yield from re.findall(r"[A-Za-z_]\w*\b(?!\s*::)", _text(node))
    elif node.type in _NAMING:
        yield from re.findall(r"[A-Za-z_]\w*", _text(node))


def _escapes_module(node: "Node") -> bool:
    """Whether a `super` leaves the text: it stands in no module, or is followed by another."""
    if node.next_sibling is None or node.parent is None:
        return True
    depth, above = 0, node.parent
    while above is not None:
        depth += above.type == "mod_item"
        above = above.parent  # type: ignore[assignment]
    return depth == 0 or "super::super" in _text(node.parent.parent or node.parent)


def _foreign_impl(node: "Node", declared: set[str]) -> bool:
    """Whether an impl is of a trait from elsewhere for a type from elsewhere."""
    trait, target = node.child_by_field_name("trait"), node.child_by_field_name("type")
    if trait is None or target is None:
        return False
    return not {_head(_text(trait)), _head(_text(target))} & declared


def _head(path: str) -> str:
    """The last name of a path, without reference and parameters: "&fmt::A<B>" -> "A"."""
    plain = re.match(r"[&\s]*(?:'\w+\s+)?(?:(?:mut|dyn)\s+)?([\w:]+)", path)
    return plain.group(1).rsplit("::", 1)[-1] if plain else ""


def _outside(bare: str) -> str:
    for found in _OUTSIDE.finditer(bare):
        inner = found.group("inner")
        if inner is None or inner not in _INNER_ALLOWED:
            return " ".join(found.group().split())
    return ""


def _items(root: "Node") -> tuple[Item, ...]:
    found = []
    for node in root.children:
        if node.type in _ITEMS or node.type in ("impl_item", "use_declaration"):
            name = _text(node.child_by_field_name("name"))
            start = node
            while start.prev_sibling is not None and start.prev_sibling.type == "attribute_item":
                start = start.prev_sibling
            data = b"\n".join(_text(n).encode() for n in _between(root, start, node))
            rows = start.start_point[0] + 1, node.end_point[0] + 1
            found.append(Item(name, data.decode("utf-8", "replace"), *rows))
    return tuple(found)


def _between(root: "Node", first: "Node", last: "Node") -> list["Node"]:
    return [n for n in root.children if first.start_byte <= n.start_byte <= last.start_byte]


@lru_cache(maxsize=4096)
def look(code: str) -> Source:
    """Everything that `Source` tells of a text; never fails, whatever the text is."""
    data = code.encode("utf-8", "replace")
    root = _parser().parse(data).root_node
    bare, rows = bytearray(data), code.split("\n")
    comments: list[Comment] = []
    names: set[str] = set()
    declared: set[str] = set()
    supers: list[Node] = []
    impls: list[Node] = []
    for node in _walk(root):
        if node.type in _QUOTED:
            _blank(bare, node)
            if node.type.endswith("comment"):
                comments.append(_comment(node, rows))
        elif node.type == "super":
            supers.append(node)
        elif node.type == "impl_item":
            impls.append(node)
        elif node.type in _TYPES:
            declared.add(_text(node.child_by_field_name("name")))
        names.update(_bound(node))
    text = bare.decode("utf-8", "replace")
    tests = re.search(r"#\s*\[\s*(?:test\b|cfg\s*\(\s*test\b|tokio::test)", text) is not None
    items = _items(root)
    return Source(
        bare=text,
        comments=tuple(comments),
        items=items,
        defines=frozenset(names | declared),
        has_main=any(i.name == "main" and re.search(r"\bfn\s+main\b", i.text) for i in items),
        has_tests=tests,
        only_items=all(n.type in _ITEMS | _OTHER_ITEMS for n in root.children),
        alone=bool(_ALONE.search(text) or _CRATE_PATH.search(text) or not _balanced(text))
        or any(map(_escapes_module, supers))
        or any(_foreign_impl(n, declared) for n in impls),
        outside=_outside(text),
    )


def _balanced(bare: str) -> bool:
    """Whether every bracket is closed in its turn; rustc gives up a crate where one is not."""
    open_: list[str] = []
    for mark in re.findall(r"[()\[\]{}]", bare):
        if mark in "([{":
            open_.append(mark)
        elif not open_ or open_.pop() + mark not in ("()", "[]", "{}"):
            return False
    return not open_


def _comment(node: "Node", rows: list[str]) -> Comment:
    text = _text(node).lstrip("/!*").rstrip("*/ \n").strip()
    own, row = rows[node.start_point[0]], node.end_point[0] + 1
    before = own[: own.find("/")].strip() if "/" in own else ""
    following = rows[row].strip() if row < len(rows) else ""
    return Comment(text, bool(before) or bool(following and not following.startswith("//")))
