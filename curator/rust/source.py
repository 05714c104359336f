"""What can be seen in Rust text without compiling it: comments, names, shape, and dangers.

Comments and literals are found by one regular expression; the syntax tree (tree-sitter) is only
made where items or nesting are asked for.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

_ITEMS = {
    "function_item", "struct_item", "enum_item", "union_item", "type_item", "trait_item",
    "const_item", "static_item", "mod_item", "macro_definition", "impl_item", "use_declaration",
}  # fmt: skip
_ALSO_ITEMS = {
    "extern_crate_declaration", "foreign_mod_item", "attribute_item", "inner_attribute_item",
    "line_comment", "block_comment", "function_signature_item", "macro_invocation",
    "empty_statement",
}  # fmt: skip
_TOP = _ITEMS | _ALSO_ITEMS
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
_IMPL = re.compile(r"\bimpl\b\s*(<[^{;]*?>\s*)?([^{;]*?)\bfor\s+([^{;]*?)\s*(?:\bwhere\b|\{|$)")
_GLOB = re.compile(r"\buse\s+(?:::)?(\w+)[^;]*\*")
# What these names mean without a `use`, some other place of a text may have changed.
_KNOWN = {
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "f32", "f64", "bool", "char", "str", "String", "Vec", "Box", "Option", "Result", "Clone",
    "Copy", "Send", "Sync", "Sized", "Drop", "Fn", "FnMut", "FnOnce", "Eq", "PartialEq",
    "Ord", "PartialOrd", "Default", "Iterator", "IntoIterator", "DoubleEndedIterator",
    "ExactSizeIterator", "Extend", "FromIterator", "AsRef", "AsMut", "From", "Into",
    "TryFrom", "TryInto", "ToOwned", "ToString", "Debug", "Hash",
}  # fmt: skip

# Names that read files or the environment, however they are called.
_READERS = r"\b(?:include|include_str|include_bytes|option_env|asm|global_asm|naked_asm)\b"
# What only means the same at the root of a crate, or could touch another text of the same crate;
# before each pattern what every match of it holds, which is looked for first.
_ALONE = tuple(
    (needed, re.compile(pattern))
    for needed, pattern in (
        ('"', '"'),  # not closed: rustc gives up a whole crate for one such file
        ("/*", r"/\*"),
        ("!", r"#\s*!\s*\["),
        ("macro_", r"\bmacro_(?:export|rules)\b"),
        ("extern", r"\bextern\s+crate\b"),
        ("mod", r"\bmod\s+(?:[\w#]+\s*;|(?:std|core|alloc)\b)"),
        ("path", r"\bpath\s*="),
        ("no_mangle", r"\bno_mangle\b"),
        ("export_name", r"\bexport_name\b"),
        ("global_allocator", r"\bglobal_allocator\b"),
        ("panic_handler", r"\bpanic_handler\b"),
        ("link", r"\blink(?:_name)?\b"),
        ("lang", r"\blang\b"),
        ("include", _READERS),
        ("_env", _READERS),
        ("asm", _READERS),
        ("crate", r"\$\s*crate"),
        ("super", r"\bsuper\s*::\s*(?:\{[^;]*)?\bsuper\b"),
        ("pub", r"\bpub\s*\(\s*in\b"),
        ("r#", r"\br#"),
        ("const", r"\bconst\s+fn\b|\bconst\b[^;]*\b(?:loop|while)\b"),
        ("main", r"\bfn\s+main\s*(?:<|\(\s*\w|\(\s*\)\s*where)"),
        ("main", r"\b(?:async|unsafe|const|extern|pub(?:\s*\([^)]*\))?)\s+fn\s+main\b"),
    )
)
_CRATE_PATH = re.compile(r"\bcrate\b(?!\s*(?:\)|::))|(?<!pub\()(?<!pub \()\bcrate\s*\)")
_ROOT = re.compile(r"(?<![\w:$])crate(?=\s*::)")
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
class _Shape:
    """What the syntax tree shows; the tree itself would take too much memory to keep."""

    broken: bool
    only_items: bool
    statements: bool
    leaves: bool


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
        return "main" in self.bare and any(
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
        found = r"#\s*\[\s*(?:test\b|cfg\s*\(\s*test\b|tokio::test)"
        return "test" in self.bare and re.search(found, self.bare) is not None

    @cached_property
    def has_ellipsis(self) -> bool:
        """Whether something is left out ("..." or "…") in the code itself."""
        return "…" in self.bare or "..." in self.bare

    @cached_property
    def asks(self) -> bool:
        """Whether the operator `?` occurs."""
        asked = r"[)\]\w]\s*\?(?!\s*Sized)"
        return "?" in self.bare and re.search(asked, self.bare) is not None

    @property
    def awaits(self) -> bool:
        """Whether `.await` occurs."""
        return ".await" in self.bare

    @cached_property
    def hidden(self) -> bool:
        """Whether it may be left out of compilation as a whole."""
        return "cfg" in self.bare and re.search(r"#\s*!\s*\[\s*cfg", self.bare) is not None

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
        bare = self.bare
        if any(needed in bare and pattern.search(bare) for needed, pattern in _ALONE):
            return True
        if _UNSEEN.search(bare) or ("crate" in bare and _CRATE_PATH.search(bare)):
            return True
        if not self.balanced or self._shape.leaves:  # rustc gives up a crate for a loose brace
            return True
        return "impl" in bare and not self._own_impls

    @property
    def _own_impls(self) -> bool:
        """Whether each impl is of a trait or for a type that can only be one of the text's own.

        An impl for another type, sound or not, could leave rustc a choice in another text.
        """
        types = set(_TYPE_NAME.findall(self.bare))
        used = {name for path in _USE.findall(self.bare) for name in _NAME.findall(path)}
        if any(first not in types | {"super", "self"} for first in _GLOB.findall(self.bare)):
            used |= types
        own = types - _KNOWN - used
        return all(
            {_head(of), _head(on)} & (own - set(_NAME.findall(over)))
            for over, of, on in _IMPL.findall(self.bare)
            if of
        )

    @cached_property
    def names_root(self) -> bool:
        """Whether there is a path from the root of the crate."""
        return "crate" in self.bare and _ROOT.search(self.bare) is not None

    def rooted_at(self, module: str) -> str:
        """The text with its paths from the root going through `module`, where it stands for it."""
        if not self.names_root:
            return self.code
        starts = [0, *(m.start() for m in _ROOT.finditer(self.bare))]
        pieces = [self.code[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
        return pieces[0] + "".join(module + piece[len("crate") :] for piece in pieces[1:])

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items at the top level, with the attributes above them."""
        return tuple(_items(_tree(self.code)))

    @cached_property
    def _shape(self) -> "_Shape":
        root = _tree(self.code)
        return _Shape(
            broken=root.has_error,
            only_items=all(n.type in _TOP for n in root.children),
            statements=any(_is_statement(n) for n in root.children),
            leaves="super" in self.bare and _leaves(root),
        )

    @property
    def broken(self) -> bool:
        """Whether its syntax looks wrong."""
        return self._shape.broken

    @property
    def only_items(self) -> bool:
        """Whether there is nothing but items at the top level."""
        return self._shape.only_items

    @property
    def has_statements(self) -> bool:
        """Whether a statement stands at the top level of sound syntax: it is no crate as it is."""
        return self._shape.statements and not self._shape.broken


@lru_cache(maxsize=8192)
def analyse(code: str) -> Source:
    """What can be seen in a text; never fails, whatever the text is."""
    return Source(code)


@cache
def _language() -> "Language":
    import tree_sitter_rust
    from tree_sitter import Language

    return Language(tree_sitter_rust.language())


_OF_THREAD = threading.local()  # a parser serves one thread at a time


def _tree(code: str) -> "Node":
    if not hasattr(_OF_THREAD, "parser"):
        from tree_sitter import Parser

        _OF_THREAD.parser = Parser(_language())
    root: Node = _OF_THREAD.parser.parse(code.encode("utf-8", "replace")).root_node
    return root


def _text(node: "Node | None") -> str:
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _is_statement(node: "Node") -> bool:
    if node.type == "expression_statement":
        return not any(child.type == "macro_invocation" for child in node.children)
    return node.type in _STATEMENTS


def _head(path: str) -> str:
    """A plain name, without reference and parameters: "&A<B>" -> "A"; "" for a longer path."""
    plain = re.match(r"[&\s]*(?:'\w+\s+)?(?:(?:mut|dyn)\s+)?([\w:]+)", path)
    return plain.group(1) if plain and ":" not in plain.group(1) else ""


@cache
def _supers() -> "Query":
    from tree_sitter import Query

    return Query(_language(), "(super) @super")


def _leaves(root: "Node") -> bool:
    """Whether some `super` stands in no module, and leaves the text."""
    from tree_sitter import QueryCursor

    for node in QueryCursor(_supers()).captures(root).get("super", ()):
        above = node.parent
        while above is not None and above.type != "mod_item":
            above = above.parent
        if above is None:
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
