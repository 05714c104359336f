"""Take out of earlier blocks what a later one defines again: a skeleton, then its solution.

What stands in a later block stands for the same in an earlier one: items of the same name, methods
of the same name in an impl with the same header, impls of the same trait, imports of the same name.
Only the earlier texts are changed; the block that is judged stays as its author wrote it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from curator.rust.syntax import text_of, tree_of

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = {
    "struct_item": "type", "enum_item": "type", "union_item": "type", "trait_item": "type",
    "type_item": "type", "mod_item": "type", "function_item": "value", "const_item": "value",
    "static_item": "value",
}  # fmt: skip
_DERIVES = re.compile(r"#\s*\[\s*derive\s*\(([^)]*)\)")
_OWN_ROOT = re.compile(r"(?:crate|self|super)\b")

Key = tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """What one item defines, as keys, and the bytes at which it stands with its attributes.

    `members` are the methods and constants of an impl without trait; `derives` are the traits that
    its attributes implement, by their keys; `uses` the paths of an import and the names they bring.
    """

    keys: frozenset[Key]
    first: int
    end: int
    text: str
    members: tuple["Definition", ...] = ()
    derives: tuple[tuple[str, Key], ...] = ()
    uses: tuple[tuple[str, str], ...] = ()


@dataclass
class Later:
    """What later texts define: keys, and the names of their items and imports."""

    keys: set[Key] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, code: str) -> None:
        """Take in all that a text defines."""
        for one in definitions(code):
            self.keys |= one.keys
            self.keys.update(key for _, key in one.derives)
            self.keys.update(key for member in one.members for key in member.keys)
            brought = {name for path, name in one.uses if not _OWN_ROOT.match(path)} - {"*", "_"}
            self.keys |= {(kind, name) for name in brought for kind in ("type", "value")}
            self.names |= brought | {key[1] for key in one.keys if key[0] in ("type", "value")}

    def impls(self) -> "Later":
        """Return the impls alone, of types that the later texts do not define anew."""
        anew = {key[1] for key in self.keys if key[0] == "type"}
        kept = {key for key in self.keys if key[0] in ("impl", "member")}
        return Later({k for k in kept if not anew & set(re.findall(r"\w+", " ".join(k[1:3])))})


def _normal(text: str, parameters: Sequence[str]) -> str:
    """Reduce a type to what decides whether two are the same: without paths and chosen names."""
    plain = re.sub(r"\b\w+\s*::\s*", "", text)
    plain = re.sub(r"'\w+", "'", plain)
    order = [n for n in dict.fromkeys(re.findall(r"\w+", plain)) if n in parameters]
    plain = re.sub(r"\w+", lambda m: f"#{order.index(m[0])}" if m[0] in order else m[0], plain)
    return re.sub(r"\s+(?!\w)|(?<!\w)\s+", "", plain)


def _parameters(node: "Node") -> list[str]:
    """List the names of generic parameters, lifetimes too."""
    text = re.sub(r"[<(][^<>()]*[>)]", "", text_of(node.child_by_field_name("type_parameters"))[1:])
    parts = text.rstrip("> ").split(",")
    found = (re.match(r"\s*(?:const\s+)?('?\w+)", part) for part in parts)
    return [m[1] for m in found if m]


def _leaves(tree: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each path that a `use` brings, and the name that it brings it by."""
    head, brace, rest = tree.strip().partition("{")
    if brace:
        depth, part = 0, ""
        for mark in rest.strip().removesuffix("}") + ",":
            depth += {"{": 1, "}": -1}.get(mark, 0)
            if mark == "," and not depth:
                yield from _leaves(part, prefix + head.strip())
                part = ""
            else:
                part += mark
    elif head:
        path, *alias = re.split(r"\s+as\s+", prefix + head.strip())
        path = path.removesuffix("::self")
        yield " as ".join([path, *alias]), (alias or [path])[0].rsplit("::", 1)[-1].strip()


def _members(body: "Node | None", on: str) -> Iterator[Definition]:
    first = -1
    for node in body.children if body else ():
        if node.type == "attribute_item":
            first = node.start_byte if first < 0 else first
        elif not node.type.endswith("comment"):
            name = text_of(node.child_by_field_name("name"))
            if name:
                start = node.start_byte if first < 0 else first
                keys = frozenset({("member", on, name)})
                yield Definition(keys, start, node.end_byte, text_of(node))
            first = -1


def _definition(node: "Node", above: Sequence["Node"]) -> Definition:
    name = text_of(node.child_by_field_name("name"))
    place = ((above or [node])[0].start_byte, node.end_byte, text_of(node))
    if node.type == "use_declaration":
        tree = text_of(node.child_by_field_name("argument"))
        return Definition(frozenset(), *place, uses=() if "//" in tree else tuple(_leaves(tree)))
    parameters = _parameters(node)
    if node.type == "impl_item":
        on = _normal(text_of(node.child_by_field_name("type")), parameters)
        trait = node.child_by_field_name("trait")
        if trait:
            key = ("impl", on, _normal(text_of(trait), parameters))
            return Definition(frozenset({key}), *place)
        members = tuple(_members(node.child_by_field_name("body"), on))
        return Definition(frozenset(), *place, members=members)
    kind = _KINDS.get(node.type)
    keys = frozenset({(kind, name)} if kind and name else ())
    listed = [n.strip() for a in above for text in _DERIVES.findall(text_of(a))
              for n in text.split(",")]  # fmt: skip
    on = _normal(f"{name}<{','.join(parameters)}>" if parameters else name, parameters)
    derives = tuple((n, ("impl", on, n.rsplit("::", 1)[-1])) for n in listed if n)
    return Definition(keys, *place, derives=derives)


@lru_cache(maxsize=1024)
def definitions(code: str) -> tuple[Definition, ...]:
    """List what the items at the top level of a text define, in order."""
    found: list[Definition] = []
    above: list[Node] = []
    for node in tree_of(code).children:
        if node.type == "attribute_item":
            above.append(node)
        elif node.type == "inner_attribute_item" or text_of(node)[:3] == "//!":
            # Of the whole crate, and only allowed at its head: of no use to another block.
            found.append(Definition(frozenset({("inner",)}), node.start_byte, node.end_byte, ""))
        elif not node.type.endswith("comment"):
            found.append(_definition(node, above))
            above = []
    return tuple(found)


_Cuts = Iterator[tuple[int, int, str]]


def _cuts_of(one: Definition, later: Later) -> _Cuts:
    """Yield the bytes of an earlier item that go, and what is put there instead."""
    if one.keys & later.keys:
        yield one.first, one.end, ""
    elif one.members:
        gone = [m for m in one.members if m.keys & later.keys]
        if len(gone) == len(one.members):
            yield one.first, one.end, ""
        else:
            yield from ((m.first, m.end, "") for m in gone)
    elif one.uses and any(name in later.names for _, name in one.uses):
        before = one.text.partition("use")[0]
        kept = [path for path, name in one.uses if name not in later.names]
        yield one.first, one.end, " ".join(f"{before}use {path};" for path in kept)


def _without_derives(one: Definition, text: str, later: Later) -> str:
    """Take traits that later texts implement by hand out of the attributes of an item."""
    gone = {name for name, key in one.derives if key in later.keys}
    if not gone:
        return text

    def shorter(match: "re.Match[str]") -> str:
        kept = [n for n in match[1].split(",") if n.strip() not in gone]
        return match[0].replace(match[1], ",".join(kept))

    return _DERIVES.sub(shorter, text, count=len(one.derives))


def _cut(piece: str, later: Later) -> str:
    data = piece.encode("utf-8", "replace")
    parts, at = [], 0
    for one in definitions(piece):
        cuts = list(_cuts_of(one, later))
        parts.append(data[at : one.first].decode())
        at = one.first
        for first, end, instead in cuts:
            parts += [data[at:first].decode(), instead]
            at = end
        if not cuts:
            parts.append(_without_derives(one, data[at : one.end].decode(), later))
            at = one.end
    return "".join(parts) + data[at:].decode()


def side_by_side(earlier: Sequence[str], code: str) -> list[str]:
    """Return earlier texts without what later ones, `code` the last, define again; nor a `main`."""
    kept: list[str] = []
    later = Later({("inner",), ("value", "main")})
    for piece, following in zip(reversed(earlier), (code, *reversed(earlier)), strict=False):
        later.add(following)
        kept.append(_cut(piece, later))
    return kept[::-1]


def in_scopes(earlier: Sequence[str], code: str) -> list[str]:
    """Return earlier texts for scopes around `code`: items shadow there, only impls clash."""
    kept: list[str] = []
    later = Later()
    for piece, following in zip(reversed(earlier), (code, *reversed(earlier)), strict=False):
        later.add(following)
        kept.append(_cut(piece, later.impls()))
    return kept[::-1]
