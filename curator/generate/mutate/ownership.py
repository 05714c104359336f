"""Errors of learners with who owns a value, and where it has gone."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Finder, Mutation, Site
from curator.generate.mutate.edits import insert_after, insert_before
from curator.generate.mutate.queries import function_of, name_of, owned, unused, uses, variables
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

_FIRST = ("premier", "element")
_BUILT = re.compile(r"[A-Z]\w*(?:::<[^(]*>)?::\w+\(|[A-Z]\w*\s*\{")
_HOW = {"argument": "passée en argument", "methode": "consommée par l'appel d'une méthode",
        "affectation": "affectée à une autre variable"}  # fmt: skip


def _shown(source: Source, value: str, name: str) -> str:
    """How a learner would print a variable: a field of it, or the whole."""
    field = re.search(rf"\b{name}\.(\w+)\b(?!\s*\()", source.code)
    first = re.match(r"[\w:]+\s*\{\s*(\w+)\s*:", value)
    if field or first:
        match = field or first
        return f'println!("{{}}", {name}.{match.group(1) if match else ""});'
    return f'println!("{{{name}:?}}");'


def _consuming(source: Source) -> str:
    """Return a pattern of the methods that take `self` by value, the program's own and others."""
    functions = source.walk("function_item")
    heads = ((name_of(f), text(f.child_by_field_name("parameters"))) for f in functions)
    own = [re.escape(name) for name, head in heads if re.match(r"\((?:mut )?self\b", head)]
    return "|".join([r"into_\w+", *own])


def _way(source: Source, statement: str, name: str) -> str:
    """Return how a statement takes a variable's value, as a key of _HOW; "" where unsure."""
    ways = {
        "argument": rf"[(,]\s*{name}\s*[,)]",
        "methode": rf"(?<![\w.&*]){name}\.(?:{_consuming(source)})\(",
        "affectation": rf"=\s*{name};",
    }
    found = [way for way, pattern in ways.items() if re.search(pattern, statement)]
    clear = not re.search(r"\b(?:drop\(|for|move|spawn)\b", statement)
    return found[0] if len(found) == 1 and clear else ""


def _use_after_move(source: Source) -> Iterator[Site]:
    """A line that prints a variable after the last statement that uses it."""
    for let, name in variables(source):
        value = text(let.child_by_field_name("value"))
        if not owned(let) and not _BUILT.match(value):
            continue
        for last in uses(source, let, name)[-1:]:
            line, way = _shown(source, value, name), _way(source, text(last), name)
            if not way:
                continue
            edits, repair = (
                (insert_after(source, last, line),),
                (insert_before(source, last, line),),
            )
            slots = {"nom": name, "ajout": line, "nature": way, "quoi": _HOW[way]}
            yield Site(edits, slots, repair=repair)


def _for_by_value(source: Source) -> Iterator[Site]:
    """A loop over `v` in place of `&v`, above a use of `v`: that of the program, or one more."""
    for loop in source.walk("for_expression"):
        value = loop.child_by_field_name("value")
        if value and value.type == "reference_expression" and text(value)[1:].isidentifier():
            edit = Edit(value.start_byte, value.start_byte + 1, "")
            yield Site((edit,), {"nom": text(value)[1:]})
        elif value and value.type == "identifier" and _is_local(source, loop, text(value)):
            line = f'println!("total : {{}}", {text(value)}.len());'
            more = insert_after(source, loop, line)
            mark = Edit(value.start_byte, value.start_byte, "&")
            yield Site((more,), {"nom": text(value)}, repair=(mark, more))


def _is_local(source: Source, loop: "Node", name: str) -> bool:
    """Tell whether a loop goes over a variable that is declared beside it."""
    statement = loop.parent if loop.parent and loop.parent.type != "block" else loop
    return any(
        text(let.child_by_field_name("pattern")) == name and let.parent == statement.parent
        for let, _ in variables(source)
    )


def _drop_clone(source: Source) -> Iterator[Site]:
    """`x.clone()` -> `x`, but for handles of something shared, whose clone is no second value."""
    if re.search(r"\b(?:A?rc|Weak|\w*(?:Sender|Receiver|Handle|Cell|Waker))\b", source.code, re.I):
        return
    for call in source.walk("call_expression"):
        function = call.child_by_field_name("function")
        if function and text(call).endswith(".clone()"):
            value = function.child_by_field_name("value")
            if value and value.type == "identifier":
                edit = Edit(value.end_byte, call.end_byte, "")
                yield Site((edit,), {"nom": text(value)})


def _literal_for_string(source: Source) -> Iterator[Site]:
    """`String::from("...")` -> `"..."`, and the same for `.to_string()`."""
    for call in source.walk("call_expression"):
        match = re.fullmatch(
            r'String::from\((".*")\)|(".*")\.(?:to_string|to_owned)\(\)', text(call)
        )
        if match:
            literal = match.group(1) or match.group(2)
            edit = Edit(call.start_byte, call.end_byte, literal)
            yield Site((edit,), {"litteral": literal, "valeur": text(call)})


def _move_out_of_index(source: Source) -> Iterator[Site]:
    """`let premier = v[0];` below the declaration of a vector or an array."""
    for let, name in variables(source):
        value = let.child_by_field_name("value")
        if value and text(value).startswith(("vec!", "[")):
            first = unused(source, _FIRST)
            show = f'println!("{{{first}:?}}");'
            edits, repair = (
                (insert_after(source, let, f"let {first} = {mark}{name}[0];", show),)
                for mark in ("", "&")
            )
            yield Site(edits, {"nom": name, "copie": first}, repair=repair)


def _partial_move(source: Source) -> Iterator[Site]:
    """`let champ = x.champ;` below the declaration of a struct that is used whole."""
    for let, name in variables(source):
        value = let.child_by_field_name("value")
        if value is None or value.type != "struct_expression":
            continue
        later = " ".join(map(text, uses(source, let, name)))
        for field in re.findall(r"[{,]\s*(\w+)\s*:", text(value)):
            if re.search(rf"\b{name}\.{field}\b", later):
                continue
            around = text(inside(let, "function_item"))
            if re.search(rf"(?<![.\w]){field}\b(?!\s*[:(])", around):
                continue  # there is a variable of this name
            taken = field
            show = f'println!("{{{taken}:?}}");'
            edits, repair = (
                (insert_after(source, let, f"let {taken} = {mark}{name}.{field};", show),)
                for mark in ("", "&")
            )
            yield Site(edits, {"nom": name, "champ": field, "copie": taken}, repair=repair)


def _consume_self(source: Source) -> Iterator[Site]:
    """`&self` -> `self` in a method that is not a trait's."""
    names = [name_of(n) for n in source.walk("function_item", "function_signature_item")]
    for own in source.walk("self_parameter"):
        block = inside(own, "impl_item")
        if names.count(function_of(own)) > 1:
            continue  # which of them is meant would be a question of its own
        if block and not block.child_by_field_name("trait") and text(own) == "&self":
            edit = Edit(own.start_byte, own.end_byte, "self")
            slots = {"fonction": function_of(own), "type": text(block.child_by_field_name("type"))}
            yield Site((edit,), slots)


def _mutation(name: str, level: Difficulty, codes: str, find: Finder) -> Mutation:
    return Mutation(name, Topic.OWNERSHIP, level, frozenset(codes.split()), find)


MUTATIONS = (
    _mutation("use_after_move", Difficulty.DEBUTANT, "E0382", _use_after_move),
    _mutation("for_by_value", Difficulty.DEBUTANT, "E0382", _for_by_value),
    _mutation("drop_clone", Difficulty.INTERMEDIAIRE, "E0382", _drop_clone),
    _mutation("literal_for_string", Difficulty.DEBUTANT, "E0308", _literal_for_string),
    _mutation("move_out_of_index", Difficulty.DEBUTANT, "E0507 E0508", _move_out_of_index),
    _mutation("partial_move", Difficulty.INTERMEDIAIRE, "E0382", _partial_move),
    _mutation("consume_self", Difficulty.INTERMEDIAIRE, "E0382", _consume_self),
)
