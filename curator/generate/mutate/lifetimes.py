"""Errors of learners with how long a value lives, and with what says so."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Finder, Mutation, Site
from curator.generate.mutate.queries import variables
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

_NEW_TEXT = re.compile(r"^(?:format!|String::)|\.(?:to_string|to_owned|collect|join|repeat)\(")
_LIFETIME = re.compile(r"'[a-z]\w*\s?")


def _functions(source: Source) -> Iterator[tuple["Node", str, str]]:
    """Functions with a body: the node, its name, its signature up to the body."""
    for item in source.walk("function_item"):
        body = item.child_by_field_name("body")
        if body:
            end = body.start_byte - item.start_byte
            head = text(item).encode("utf-8")[:end].decode("utf-8")
            yield item, text(item.child_by_field_name("name")), head


def _parameters(item: "Node") -> list["Node"]:
    """Return the types of a function's parameters that are references, `&self` among them."""
    listed = item.child_by_field_name("parameters")
    types = []
    for child in listed.named_children if listed else ():
        kind = child if child.type == "self_parameter" else child.child_by_field_name("type")
        if kind and text(kind).startswith("&"):
            types.append(kind)
    return types


def _made(item: "Node") -> "Node | None":
    """Return a function's last expression, where it is plainly a value made in its body."""
    body = item.child_by_field_name("body")
    last = body.named_children[-1] if body and body.named_children else None
    if last is None or last.type not in ("identifier", "macro_invocation", "call_expression"):
        return None
    local = re.search(rf"\blet\s+(?:mut\s+)?{re.escape(text(last))}\b", text(body))
    return last if local or _NEW_TEXT.search(text(last)) else None


def _undeclared(source: Source) -> Iterator[Site]:
    """`x: &T` -> `x: &'a T` in a function that declares no lifetime."""
    for item, name, head in _functions(source):
        kinds = [k for k in _parameters(item) if k.type == "reference_type"]
        if kinds and "'" not in head and "'a" not in source.code:
            spot = kinds[0].start_byte + 1
            yield Site((Edit(spot, spot, "'a "),), {"fonction": name, "type": text(kinds[0])})


def _drop_declaration(source: Source) -> Iterator[Site]:
    """`fn f<'a>(...)` -> `fn f(...)`, and the same for `impl<'a>`."""
    for item in source.walk("function_item", "impl_item"):
        declared = item.child_by_field_name("type_parameters")
        if declared and re.fullmatch(r"<'\w+>", text(declared)):
            edit = Edit(declared.start_byte, declared.end_byte, "")
            named = item.child_by_field_name("name")
            start = f"fn {text(named)}" if named else "impl"
            yield Site((edit,), {"fonction": start, "vie": text(declared)[1:-1]})


def _unnamed(source: Source) -> Iterator[Site]:
    """A function's signature without any of its lifetimes."""
    for item, name, head in _functions(source):
        declared = item.child_by_field_name("type_parameters")
        if not declared or not re.fullmatch(r"<'\w+>", text(declared)):
            continue
        bare = _LIFETIME.sub("", head.replace(text(declared), "", 1))
        edit = Edit(item.start_byte, item.start_byte + len(head.encode("utf-8")), bare)
        yield Site((edit,), {"fonction": name, "vie": text(declared)[1:-1]})


def _one_missing(source: Source) -> Iterator[Site]:
    """One parameter's `&'a T` -> `&T`, where the result keeps its `'a`."""
    for item, name, head in _functions(source):
        for kind in _parameters(item):
            match = re.match(r"&('\w+ )", text(kind))
            if match and "->" in head and kind.type == "reference_type" and kind.parent:
                start = kind.start_byte + 1
                edit = Edit(start, start + len(match.group(1)), "")
                parameter = text(kind.parent.child_by_field_name("pattern"))
                names = {"fonction": name, "nom": parameter, "vie": match.group(1).strip()}
                yield Site((edit,), names)


def _borrowed_field(source: Source) -> Iterator[Site]:
    """A field's `String` -> `&str`, `Vec<T>` -> `&[T]`, without a lifetime."""
    for field in source.walk("field_declaration"):
        kind = field.child_by_field_name("type")
        match = re.fullmatch(r"String|Vec<(\w+)>", text(kind))
        above = field.parent.parent if field.parent else None
        if kind and match and above and above.type in ("struct_item", "enum_variant"):
            new = f"&[{match.group(1)}]" if match.group(1) else "&str"
            name = text(field.child_by_field_name("name"))
            enum = inside(above, "enum_item")
            owner = text((enum or above).child_by_field_name("name"))
            facts = {"champ": name, "type": owner, "avant_type": new, "apres_type": text(kind)}
            yield Site((Edit(kind.start_byte, kind.end_byte, new),), facts)


def _borrowed_result(source: Source) -> Iterator[Site]:
    """`-> String` -> `-> &str` where no single parameter could lend it."""
    for item, name, _ in _functions(source):
        result = item.child_by_field_name("return_type")
        if result and text(result) == "String" and _made(item) and not _parameters(item):
            edit = Edit(result.start_byte, result.end_byte, "&str")
            yield Site((edit,), {"fonction": name})


def _reference_to_local(source: Source) -> Iterator[Site]:
    """`-> String { ... s }` -> `-> &str { ... &s }`."""
    for item, name, _ in _functions(source):
        result, last = item.child_by_field_name("return_type"), _made(item)
        if result and last and text(result) == "String":
            new = "&str" if len(_parameters(item)) == 1 else "&'static str"
            back = Edit(result.start_byte, result.end_byte, new)
            lend = Edit(last.start_byte, last.start_byte, "&")
            yield Site((back, lend), {"fonction": name, "type": new})


def _dropped_temporary(source: Source) -> Iterator[Site]:
    """`let x = String::from("...");` -> `let x = String::from("...").as_str();`."""
    for let, name in variables(source):
        value = let.child_by_field_name("value")
        match = re.match(r"(String::from|vec!|format!)\s*[(\[]", text(value))
        changes = any(c.type == "mutable_specifier" for c in let.children)
        typed = let.child_by_field_name("type")
        if value and match and not changes and not typed and text(value).endswith((")", "]")):
            method = ".as_slice()" if match.group(1) == "vec!" else ".as_str()"
            edit = Edit(value.end_byte, value.end_byte, method)
            yield Site((edit,), {"nom": name, "methode": method[1:-2]})


def _mutation(name: str, level: Difficulty, codes: str, find: Finder) -> Mutation:
    return Mutation(name, Topic.LIFETIMES, level, frozenset(codes.split()), find)


MUTATIONS = (
    _mutation("undeclared_lifetime", Difficulty.DEBUTANT, "E0261", _undeclared),
    _mutation("drop_lifetime_declaration", Difficulty.INTERMEDIAIRE, "E0261", _drop_declaration),
    _mutation("unnamed_lifetimes", Difficulty.INTERMEDIAIRE, "E0106", _unnamed),
    _mutation("one_lifetime_missing", Difficulty.INTERMEDIAIRE, "E0621", _one_missing),
    _mutation("borrowed_field", Difficulty.INTERMEDIAIRE, "E0106", _borrowed_field),
    _mutation("borrowed_result", Difficulty.DEBUTANT, "E0106", _borrowed_result),
    _mutation("reference_to_local", Difficulty.INTERMEDIAIRE, "E0515", _reference_to_local),
    _mutation("dropped_temporary", Difficulty.INTERMEDIAIRE, "E0716", _dropped_temporary),
)
