"""Errors of learners with who owns a value, and where it has gone."""

import re
from collections.abc import Iterator

from curator.generate.mutate.base import Edit, Finder, Mutation, Site
from curator.generate.mutate.edits import insert_after, insert_before
from curator.generate.mutate.queries import function_of, unused, uses, variables
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

_FIRST = ("premier", "debut", "tete", "choix")
_TAKEN = ("pris", "extrait", "part", "recu")


def _shown(source: Source, value: str, name: str) -> str:
    """How a learner would print a variable: a field of it, or the whole."""
    field = re.search(rf"\b{name}\.(\w+)\b(?!\s*\()", source.code)
    first = re.match(r"[\w:]+\s*\{\s*(\w+)\s*:", value)
    if field or first:
        match = field or first
        return f'println!("{{}}", {name}.{match.group(1) if match else ""});'
    return f'println!("{{{name}:?}}");'


def _use_after_move(source: Source) -> Iterator[Site]:
    """A line that prints a variable after the last statement that uses it."""
    for let, name in variables(source):
        for last in uses(source, let, name)[-1:]:
            line = _shown(source, text(let.child_by_field_name("value")), name)
            edits = (insert_after(source, last, line),)
            yield Site(
                edits, {"nom": name, "ajout": line}, repair=(insert_before(source, last, line),)
            )


def _for_by_value(source: Source) -> Iterator[Site]:
    """`for x in &v` -> `for x in v`."""
    for loop in source.walk("for_expression"):
        value = loop.child_by_field_name("value")
        if value and value.type == "reference_expression" and text(value)[1:].isidentifier():
            edit = Edit(value.start_byte, value.start_byte + 1, "")
            yield Site((edit,), {"nom": text(value)[1:]})


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
    """`let pris = x.champ;` below the declaration of a struct's value."""
    for let, name in variables(source):
        value = let.child_by_field_name("value")
        if value is None or value.type != "struct_expression":
            continue
        for field in re.findall(r"[{,]\s*(\w+)\s*:", text(value)):
            taken = unused(source, _TAKEN)
            show = f'println!("{{{taken}:?}}");'
            edits, repair = (
                (insert_after(source, let, f"let {taken} = {mark}{name}.{field};", show),)
                for mark in ("", "&")
            )
            yield Site(edits, {"nom": name, "champ": field, "copie": taken}, repair=repair)


def _consume_self(source: Source) -> Iterator[Site]:
    """`&self` -> `self` in a method that is not a trait's."""
    for own in source.walk("self_parameter"):
        block = inside(own, "impl_item")
        if block and not block.child_by_field_name("trait") and text(own) == "&self":
            edit = Edit(own.start_byte, own.end_byte, "self")
            names = {"fonction": function_of(own), "type": text(block.child_by_field_name("type"))}
            yield Site((edit,), names)


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
