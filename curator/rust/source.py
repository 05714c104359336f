"""What can be seen in Rust text without compiling it: comments, names, shape, and dangers.

Comments and literals are found by one regular expression; the syntax tree (tree-sitter) is only
made where items or nesting are asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_ITEMS = {
    "function_item", "struct_item", "enum_item", "union_item", "type_item", "trait_item",
    "const_item", "static_item", "mod_item", "macro_definition", "impl_item", "use_declaration",
}  # fmt: skip
_ALSO_ITEMS = {
    "extern_crate_declaration", "foreign_mod_item", "attribute_item", "inner_attribute_item",
    "line_comment", "block_comment", "function_signature_item", "macro_invocation",
    "empty_statement",
}  # fmt: skip
_STATEMENTS = {"let_declaration", "if_expression", "match_expression", "for_expression"}

_QUOTED = re.compile(
    r"""//[^\n]*
    |/\*(?:[^*/]|\*(?!/)|/(?!\*)|/\*(?:[^*]|\*(?!/))*\*/)*\*/
    |\bb?c?r(?P<hash>\#*)"(?s:.*?)"(?P=hash)
    |"(?:[^"\\]|\\(?s:.))*"
    |'(?:[^'\\\n]|\\(?:x[0-9A-Fa-f]{2}|u\{[^}]*\}|.))'""",
    re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z_]\w*")
_ITEM_NAME = re.compile(
    r"\b(?:fn|struct|enum|union|trait|type|mod|const|static|macro_rules\s*!)\s+([A-Za-z_]\w*)"
)
# Where names are bound: let, for, closures and match arms; parameters; type parameters.
_BINDINGS = (
    re.compile(r"\blet\s+([^=;:{]*)"),
    re.compile(r"\bfor\s+([^{;]*?)\s+in\b"),
    re.compile(r"\|([^|\n:]*)[|:]"),
    re.compile(r"([^,;{}\n]*)=>"),
    re.compile(r"(\w+)\s*:(?!:)"),
    re.compile(r"\b(?:fn|struct|enum|trait|type|impl)\s*\w*\s*<([^>]*)>"),
)
_USE = re.compile(r"\buse\s+([^;]*);")
_TYPE_NAME = re.compile(r"\b(?:struct|enum|union|trait)\s+([A-Za-z_]\w*)")
_IMPL = re.compile(r"\bimpl\b\s*(?:<[^{;]*?>\s*)?([^{;]*?)\bfor\s+([^{;]*?)\s*(?:\bwhere\b|\{|$)")

# Names that read files or the environment, however they are called.
_READERS = r"\b(?:include|include_str|include_bytes|option_env|asm|global_asm|naked_asm)\b"
# What only means the same at the root of a crate, or could touch another text of the same crate.
_ALONE = re.compile(
    r"#\s*!\s*\[|\bmacro_export\b|\bmacro_rules\b|\bextern\s+crate\b|\bmod\s+[\w#]+\s*;|\bpath\s*="
    r"|\b(?:no_mangle|export_name|global_allocator|panic_handler|link|link_name|lang)\b"
    rf"|{_READERS}|\$\s*crate|\bpub\s*\(\s*in\b|\br#"
    r"|\bmod\s+(?:std|core|alloc)\b|\bconst\s+fn\b|\bconst\b[^;]*\b(?:loop|while)\b"
    r"|\bfn\s+main\s*(?:<|\(\s*\w|\(\s*\)\s*where)"
    r"|\b(?:async|unsafe|const|extern|pub(?:\s*\([^)]*\))?)\s+fn\s+main\b"
)
_CRATE_PATH = re.compile(r"\bcrate\b(?!\s*\))|(?<!pub\()(?<!pub \()\bcrate\s*\)")
_OUTSIDE = re.compile(
    rf"{_READERS}|(?<!::)\benv\b(?!\s*::)|\benv\s*!|\benv\s+as\b|\bpath\s*="
    r"|#\s*!?\s*\[\s*link\b|\bmod\s+[\w#]+\s*;|\bextern\s+crate\b|#\s*!\s*\[\s*(?P<inner>\w+)"
)
_INNER_ALLOWED = {"allow", "warn", "deny", "forbid", "expect", "doc"}
# Characters that rustc may take for white space or nothing, and a pattern for something else.
_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\xa0\\xad\\u2000-\\u206f\\ufeff\\ufff0-\\uffff]"
)


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
    """What can be seen in a Rust text; each property is found when it is first asked for."""

    code: str

    @cached_property
    def bare(self) -> str:
        """The text with comments and literals blanked out; its lines stay where they are."""
        return _QUOTED.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), self.code)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The comments, in order."""
        found = (m for m in _QUOTED.finditer(self.code) if m.group().startswith(("//", "/*")))
        return tuple(_comment(self.code, m.start(), m.end()) for m in found)

    @cached_property
    def defines(self) -> frozenset[str]:
        """The names that the text defines or binds."""
        names = set(_ITEM_NAME.findall(self.bare))
        for pattern in _BINDINGS:
            names.update(_NAME.findall(" ".join(pattern.findall(self.bare))))
        for path in _USE.findall(self.bare):
            # The last name of each path, or its alias, is what it brings.
            names.update(re.findall(r"[A-Za-z_]\w*\b(?!\s*::)", path))
        return frozenset(names)

    @cached_property
    def declares(self) -> frozenset[str]:
        """The names of its types, traits and functions."""
        return frozenset(_ITEM_NAME.findall(self.bare)) - {"main"}

    @cached_property
    def balanced(self) -> bool:
        """Whether every bracket is closed in its turn."""
        open_: list[str] = []
        for mark in re.findall(r"[()\[\]{}]", self.bare):
            if mark in "([{":
                open_.append(mark)
            elif not open_ or open_.pop() + mark not in ("()", "[]", "{}"):
                return False
        return not open_

    @cached_property
    def has_main(self) -> bool:
        """Whether there is a `fn main` at the top level."""
        return any(
            self.bare[: m.start()].count("{") == self.bare[: m.start()].count("}")
            for m in re.finditer(r"\bfn\s+main\b", self.bare)
        )

    @cached_property
    def main_returns(self) -> bool:
        """Whether its `fn main` gives back a value."""
        return re.search(r"\bfn\s+main\s*\(\s*\)\s*->", self.bare) is not None

    @cached_property
    def has_tests(self) -> bool:
        """Whether it has tests, or code for tests only."""
        return (
            re.search(r"#\s*\[\s*(?:test\b|cfg\s*\(\s*test\b|tokio::test)", self.bare) is not None
        )

    @cached_property
    def has_ellipsis(self) -> bool:
        """Whether something is left out ("..." or "…") in the code itself."""
        return "…" in self.bare or "..." in self.bare

    @cached_property
    def asks(self) -> bool:
        """Whether the operator `?` occurs."""
        return re.search(r"[)\]\w]\s*\?(?!\s*Sized)", self.bare) is not None

    @property
    def awaits(self) -> bool:
        """Whether `.await` occurs."""
        return ".await" in self.bare

    @cached_property
    def hidden(self) -> bool:
        """Whether it may be left out of compilation as a whole."""
        return re.search(r"#\s*!\s*\[\s*cfg", self.bare) is not None

    @cached_property
    def outside(self) -> str:
        """The first construct that reaches out of the text; "" if there is none."""
        if _UNSEEN.search(self.bare):
            return "an invisible character"
        for found in _OUTSIDE.finditer(self.bare):
            inner = found.group("inner")
            if inner is None or inner not in _INNER_ALLOWED:
                return " ".join(found.group().split())
        return ""

    @cached_property
    def alone(self) -> bool:
        """Whether it cannot share a crate: it depends on its root, or could touch other texts."""
        if _ALONE.search(self.bare) or _CRATE_PATH.search(self.bare) or _UNSEEN.search(self.bare):
            return True
        if not self.balanced:  # rustc gives up a whole crate for one such file
            return True
        if "super" in self.bare and _leaves(_tree(self.code)):
            return True
        local = set(_TYPE_NAME.findall(self.bare))
        return any(not {_head(a), _head(b)} & local for a, b in _IMPL.findall(self.bare) if a)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items at the top level, with the attributes above them."""
        return tuple(_items(_tree(self.code)))

    @cached_property
    def only_items(self) -> bool:
        """Whether there is nothing but items at the top level."""
        return all(n.type in _ITEMS | _ALSO_ITEMS for n in _tree(self.code).children)

    @cached_property
    def has_statements(self) -> bool:
        """Whether a statement stands at the top level of sound syntax: it is no crate as it is."""
        root = _tree(self.code)
        return not root.has_error and any(_is_statement(n) for n in root.children)


@lru_cache(maxsize=8192)
def look(code: str) -> Source:
    """What can be seen in a text; never fails, whatever the text is."""
    return Source(code)


@cache
def _parser() -> "Parser":
    import tree_sitter_rust
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_rust.language()))


def _tree(code: str) -> "Node":
    return _parser().parse(code.encode("utf-8", "replace")).root_node


def _text(node: "Node | None") -> str:
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _is_statement(node: "Node") -> bool:
    if node.type == "expression_statement":
        return not _text(node).rstrip(";").endswith(("}", ")", "]")) or "!" not in _text(node)
    return node.type in _STATEMENTS


def _head(path: str) -> str:
    """The last name of a path, without reference and parameters: "&fmt::A<B>" -> "A"."""
    plain = re.match(r"[&\s]*(?:'\w+\s+)?(?:(?:mut|dyn)\s+)?([\w:]+)", path)
    return plain.group(1).rsplit("::", 1)[-1] if plain else ""


def _supers(root: "Node") -> Iterator["Node"]:
    """Every `super`, without recursion: the text may nest without end."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None and node.type == "super":
            yield node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _leaves(root: "Node") -> bool:
    """Whether some `super` leaves the text: it stands in no module, or is followed by another."""
    for node in _supers(root):
        depth, above = 0, node.parent
        while above is not None:
            depth += above.type == "mod_item"
            above = above.parent
        if depth == 0 or "super::super" in _text(node.parent and node.parent.parent):
            return True
    return False


def _items(root: "Node") -> Iterator[Item]:
    above: list[Node] = []
    for node in root.children:
        if node.type == "attribute_item":
            above.append(node)
        elif node.type in _ITEMS:
            text = "\n".join(_text(n) for n in (*above, node))
            name = _text(node.child_by_field_name("name"))
            first = (above or [node])[0].start_point[0] + 1
            yield Item(name, text, first, node.end_point[0] + 1)
            above = []
        elif not node.type.endswith("comment"):
            above = []


def _comment(code: str, start: int, end: int) -> Comment:
    text = code[start:end].lstrip("/!*").rstrip("*/ \n").strip()
    before = code[code.rfind("\n", 0, start) + 1 : start].strip()
    following = code[end:].lstrip("\n").split("\n", 1)[0].strip() if "\n" in code[end:] else ""
    return Comment(text, bool(before) or bool(following and not following.startswith("//")))
