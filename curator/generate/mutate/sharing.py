"""Advanced errors: what leaves a thread or a place of which others know, and what has no size."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Finder, Mutation, Site
from curator.generate.mutate.edits import insert_after, replace
from curator.generate.mutate.queries import (
    arguments,
    enclosing,
    field,
    format_of,
    function_of,
    mentions,
    name_of,
    uses,
    variables,
)
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node


def spawn_outside_scope(source: Source) -> Iterator[Site]:
    """`portee.spawn(...)` -> `thread::spawn(...)` within `thread::scope`."""
    for call in source.walk("call_expression"):
        if not text(field(call, "function")).endswith("thread::scope"):
            continue
        closure = arguments(call)[0] if arguments(call) else None
        given = field(closure, "parameters") if closure is not None else None
        name = text(given).strip("|") if given is not None else ""
        callees = [n for n in source.walk("field_expression") if text(n) == f"{name}.spawn"]
        path = text(field(call, "function")).replace("scope", "spawn")
        if name and callees:
            edits = tuple(replace(n, path) for n in callees)
            yield Site(edits, {"portee": name, "fonction": enclosing(call)})


def taken_field(source: Source) -> Iterator[Site]:
    """`mem::take(&mut x.f)` -> `x.f`, where x is borrowed or has a destructor."""
    for call in source.walk("call_expression"):
        given = arguments(call)
        taken = re.fullmatch(r"&mut (\w+(?:\.\w+)+)", text(given[0])) if given else None
        if text(field(call, "function")).endswith("mem::take") and taken:
            slots = {"champ": taken[1], "fonction": enclosing(call)}
            yield Site((replace(call, taken[1]),), {**slots, "appel": text(call)})


def missing_as_ref(source: Source) -> Iterator[Site]:
    """`x.f.as_ref()` -> `x.f` before a method that takes an Option by value."""
    for call in source.walk("call_expression"):
        callee = field(call, "function")
        if callee is None or callee.type != "field_expression" or arguments(call):
            continue
        name, owner = text(field(callee, "field")), field(callee, "value")
        if name in ("as_ref", "as_mut", "as_deref", "as_deref_mut") and owner is not None:
            edit = Edit(owner.end_byte, call.end_byte, "")
            slots = {"champ": text(owner), "methode": name, "fonction": enclosing(call)}
            if re.fullmatch(r"\w+(?:\.\w+)+", text(owner)):
                yield Site((edit,), slots)


def two_halves(source: Source) -> Iterator[Site]:
    """`let (a, b) = v.split_at_mut(n);` -> two exclusive slices of v."""
    for let in source.walk("let_declaration"):
        pattern, value = field(let, "pattern"), field(let, "value")
        names = re.fullmatch(r"\((\w+), (\w+)\)", text(pattern))
        made = re.fullmatch(r"(\w+)\.split_at_mut\(([^()]+)\)", text(value))
        if names and made:
            margin = " " * let.start_point[1]
            new = f"let {names[1]} = &mut {made[1]}[..{made[2]}];\n"
            new += f"{margin}let {names[2]} = &mut {made[1]}[{made[2]}..];"
            slots = {"debut": names[1], "fin": names[2], "nom": made[1], "rang": made[2]}
            yield Site((replace(let, new),), slots)


def missing_unsized(source: Source) -> Iterator[Site]:
    """`T: Trait + ?Sized` -> `T: Trait`."""
    for node in source.walk("type_parameter"):
        bounds, name = field(node, "bounds"), name_of(node)
        if bounds is None or "?Sized" not in text(bounds):
            continue
        left = re.sub(r" \+ \?Sized|\?Sized \+ |: \?Sized", "", text(bounds))
        yield Site((replace(bounds, left),), {"nom": name, "bornes": text(bounds)[1:].strip()})


def missing_static(source: Source) -> Iterator[Site]:
    """`T: Trait + 'static` -> `T: Trait` where a value of T goes into a Box or an Rc."""
    for node in source.walk("trait_bounds", "bounded_type"):
        new = text(node).replace(" + 'static", "")
        if new != text(node) and "dyn" not in new:
            yield Site((replace(node, new),), {"fonction": enclosing(node)})


def unused_parameter(source: Source) -> Iterator[Site]:
    """A PhantomData field left out, and with it the only use of a type parameter."""
    for item in source.walk("field_declaration"):
        kind = text(field(item, "type"))
        if not kind.startswith("PhantomData"):
            continue
        name, raw = text(field(item, "name")), source.code.encode("utf-8")
        uses = [n for n in source.walk("field_initializer") if text(n).startswith(f"{name}:")]
        edits = [_without_comma(raw, n) for n in [item, *uses]]
        for use in source.walk("use_declaration"):
            if text(use) == "use std::marker::PhantomData;":
                edits.append(Edit(use.start_byte, use.end_byte + 1, ""))
        owner = name_of(inside(item, "struct_item"))
        slots = {"type": owner, "champ": name, "fantome": kind}
        yield Site(tuple(sorted(edits, key=lambda e: e.start)), slots)


def _without_comma(raw: bytes, node: "Node") -> Edit:
    """Remove an element with the comma and the blanks before it, or the line that it stands on."""
    start, end = node.start_byte, node.end_byte
    head = raw.rfind(b"\n", 0, start) + 1
    if not raw[head:start].strip():
        return Edit(head, raw.find(b"\n", end) + 1, "")
    before = len(raw[:start].rstrip())
    return Edit(before - 1 if raw[before - 1 : before] == b"," else start, end, "")


def recursive_type(source: Source) -> Iterator[Site]:
    """`Box<Self>` -> the type itself, in its own definition; its values lose their boxes."""
    for item in source.walk("struct_item", "enum_item"):
        name = name_of(item)
        boxes = [
            n for n in source.walk("generic_type")
            if text(n) == f"Box<{name}>" and inside(n, "struct_item", "enum_item") == item
        ]  # fmt: skip
        if len(boxes) != 1:
            continue
        topic = Topic.STRUCTS if item.type == "struct_item" else Topic.ENUMS
        yield Site((replace(boxes[0], name),), {"type": name}, topic)


def _lists(source: Source) -> Iterator[tuple["Node", str]]:
    """Yield the declarations of lists in `main` that the program uses later."""
    for let, name in variables(source):
        if function_of(let) == "main" and format_of(let) == "{:?}" and uses(source, let, name):
            yield let, name


def thread_borrows(source: Source) -> Iterator[Site]:
    """A thread that reads a list which its function still needs; the repair gives it a scope."""
    for let, name in _lists(source):
        told = f'println!("{{}} éléments", {name}.len())'
        wrong = f"let fil = std::thread::spawn(|| {told});", "fil.join().unwrap();"
        right = "std::thread::scope(|portee| {", f"    portee.spawn(|| {told});", "});"
        if "thread" not in source.code and not mentions("fil", source.code):
            edits, repair = (insert_after(source, let, *lines) for lines in (wrong, right))
            yield Site((edits,), {"nom": name}, repair=(repair,))


def two_iterators(source: Source) -> Iterator[Site]:
    """An iterator or another, by a condition; the repair puts both into a box."""
    for let, name in _lists(source):
        back, forth = f"{name}.iter().rev()", f"{name}.iter()"
        kind = "Box<dyn Iterator<Item = _>>"
        wrong = f"let parcours = if a_rebours {{ {back} }} else {{ {forth} }};"
        right = (
            f"let parcours: {kind} =",
            (f"    if a_rebours {{ Box::new({back}) }} else {{ Box::new({forth}) }};"),
        )
        loop = "for element in parcours {", '    println!("{element:?}");', "}"
        start = "let a_rebours = true;"
        if not mentions("parcours", source.code):
            edits = insert_after(source, let, start, wrong, *loop)
            repair = insert_after(source, let, start, *right, *loop)
            yield Site((edits,), {"nom": name}, repair=(repair,))


def _mutation(name: str, topic: Topic, level: Difficulty, codes: str, find: Finder) -> Mutation:
    return Mutation(name, topic, level, frozenset(codes.split()), find)


A, B = Difficulty.AVANCE, Difficulty.INTERMEDIAIRE
MUTATIONS = (
    _mutation("spawn_outside_scope", Topic.LIFETIMES, A, "E0373 E0597 E0521", spawn_outside_scope),
    _mutation("taken_field", Topic.OWNERSHIP, B, "E0507 E0509", taken_field),
    _mutation("missing_as_ref", Topic.OWNERSHIP, B, "E0507", missing_as_ref),
    _mutation("two_halves", Topic.BORROWING, B, "E0499", two_halves),
    _mutation("missing_unsized", Topic.GENERICS, A, "E0277", missing_unsized),
    _mutation("missing_static", Topic.LIFETIMES, A, "E0310", missing_static),
    _mutation("unused_parameter", Topic.GENERICS, A, "E0392", unused_parameter),
    _mutation("thread_borrows", Topic.CLOSURES, A, "E0373", thread_borrows),
    _mutation("two_iterators", Topic.ITERATORS, A, "E0308", two_iterators),
    _mutation("recursive_type", Topic.ENUMS, B, "E0072", recursive_type),
)
