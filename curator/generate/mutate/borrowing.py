"""Errors of learners with references and mutability."""

import re
from collections.abc import Callable, Iterator

from curator.generate.mutate.base import Edit, Finder, Mutation, Site
from curator.generate.mutate.edits import insert_after, insert_before
from curator.generate.mutate.queries import format_of, function_of, is_test, unused, uses, variables
from curator.generate.mutate.syntax import Source, inside, place, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic
from curator.rust.source import analyse

_READERS = ("vue", "apercu", "lecture", "etat")
_WRITERS = ("acces", "editeur", "ecriture", "prise")
_Taken = Callable[[str, str, str], tuple[str, str]]
_ARGUMENT = re.compile(r"(?<=[(,])(\s*)&(mut )?(\w+)(?=\s*[,)])")


def _drop_mut(source: Source) -> Iterator[Site]:
    """`let mut x` -> `let x`."""
    for let in source.walk("let_declaration"):
        pattern = let.child_by_field_name("pattern")
        mark = next((c for c in let.children if c.type == "mutable_specifier"), None)
        if mark and pattern and pattern.type == "identifier":
            edit = Edit(mark.start_byte, pattern.start_byte, "")
            yield Site((edit,), {"nom": text(pattern)})


def _drop_mut_parameter(source: Source) -> Iterator[Site]:
    """`fn f(mut x: T)` -> `fn f(x: T)`."""
    for parameter in source.walk("parameter"):
        if parameter.parent is None or parameter.parent.type == "closure_parameters":
            continue
        pattern = parameter.child_by_field_name("pattern")
        mark = next((c for c in parameter.children if c.type == "mutable_specifier"), None)
        if mark and pattern and pattern.type == "identifier":
            edit = Edit(mark.start_byte, pattern.start_byte, "")
            yield Site((edit,), {"nom": text(pattern), "fonction": function_of(parameter)})


def _shared_self(source: Source) -> Iterator[Site]:
    """`&mut self` -> `&self` in a method that is not a trait's."""
    for own in source.walk("self_parameter"):
        block = inside(own, "impl_item")
        if block and not block.child_by_field_name("trait") and text(own) == "&mut self":
            edit = Edit(own.start_byte, own.end_byte, "&self")
            names = {"fonction": function_of(own), "type": text(block.child_by_field_name("type"))}
            yield Site((edit,), names)


def _shared_parameter(source: Source) -> Iterator[Site]:
    """`x: &mut T` -> `x: &T`."""
    for parameter in source.walk("parameter"):
        if parameter.parent is None or parameter.parent.type == "closure_parameters":
            continue
        kind = parameter.child_by_field_name("type")
        if kind and kind.type == "reference_type" and text(kind).startswith("&mut "):
            edit = Edit(kind.start_byte, kind.start_byte + len("&mut "), "&")
            name = text(parameter.child_by_field_name("pattern"))
            names = {"nom": name, "fonction": function_of(parameter), "type": text(kind)}
            yield Site((edit,), names)


def _called(bare: str, end: int) -> str:
    """Return the function in whose arguments a place is; "" for a macro or no call."""
    depth = 0
    for index in range(end - 1, -1, -1):
        depth += (bare[index] in ")]}") - (bare[index] in "([{")
        if depth < 0:
            match = re.search(r"(\w+)$", bare[:index])
            return match.group(1) if match and bare[index] == "(" else ""
    return ""


def _arguments(source: Source, exclusive: bool) -> Iterator[tuple[int, str, str]]:
    """References to variables that are passed to a function: byte offset, variable, function."""
    bare = analyse(source.code).bare
    for match in _ARGUMENT.finditer(bare):
        function = _called(bare, match.end(1))
        if function and bool(match.group(2)) is exclusive:
            yield place(source.code, match.end(1)), match.group(3), function


def _forget_borrow(source: Source) -> Iterator[Site]:
    """`f(&x)` -> `f(x)`."""
    for start, name, function in _arguments(source, exclusive=False):
        yield Site((Edit(start, start + 1, ""),), {"nom": name, "fonction": function})


def _shared_argument(source: Source) -> Iterator[Site]:
    """`f(&mut x)` -> `f(&x)`."""
    for start, name, function in _arguments(source, exclusive=True):
        edit = Edit(start, start + len("&mut "), "&")
        yield Site((edit,), {"nom": name, "fonction": function})


def _across(source: Source, names: tuple[str, ...], taken: _Taken) -> Iterator[Site]:
    """A reference taken before a statement and used after it; the repair takes it after.

    `taken` says for a value, by the way in which it is printed, what is taken of it and how that is
    used.
    """
    for let, name in variables(source):
        shown = "" if is_test(let) else format_of(let)
        for one in uses(source, let, name) if shown else ():
            held = unused(source, names)
            value, use = taken(name, held, shown)
            take = f"let {held} = {value};"
            edits = insert_before(source, one, take), insert_after(source, one, use)
            facts = {"nom": name, "reference": held, "emprunt": value}
            yield Site(edits, facts, repair=(insert_after(source, one, take, use),))


def _read(name: str, held: str, shown: str) -> tuple[str, str]:
    """Return a shared reference to a value, or to the first of a list, and its output."""
    value = f"&{name}[0]" if shown == "{:?}" else f"&{name}"
    return value, f'println!("{{{held}{shown[1:]}");'


def _whole(name: str, held: str, shown: str) -> tuple[str, str]:
    return f"&{name}", f'println!("{{{held}{shown[1:]}");'


def _written(name: str, held: str, shown: str) -> tuple[str, str]:
    """Return an exclusive reference to a list, and a change that it makes."""
    return f"&mut {name}", f"{held}.reverse();" if shown == "{:?}" else f"*{held} += 1;"


def _read_across(source: Source) -> Iterator[Site]:
    """`let vue = &x;`, a change of x, then a use of `vue`."""
    yield from _across(source, _READERS, _read)


def _write_across(source: Source) -> Iterator[Site]:
    """`let acces = &mut x;`, another exclusive use of x, then a change by `acces`."""
    yield from _across(source, _WRITERS, _written)


def _move_across(source: Source) -> Iterator[Site]:
    """`let vue = &x;`, a move of x, then a use of `vue`; the repair uses it before."""
    for site in _across(source, _READERS, _whole):
        take, use = site.edits
        margin = take.new.split("\n", 1)[1]
        early = Edit(take.start, take.end, f"{take.new}{use.new.strip()}\n{margin}")
        yield Site(site.edits, site.slots, repair=(early,))


def _swap_elements(source: Source) -> Iterator[Site]:
    """Two elements exchanged by `mem::swap`, which borrows the list twice; `swap` does it once."""
    for let, name in variables(source):
        value = text(let.child_by_field_name("value"))
        mutable = any(c.type == "mutable_specifier" for c in let.children)
        if not mutable or not re.match(r"(?:vec!)?\[[^;\]]+,[^;\]]+", value):
            continue
        for one in uses(source, let, name)[-1:]:
            wrong = f"std::mem::swap(&mut {name}[0], &mut {name}[1]);"
            right = f"{name}.swap(0, 1);"
            edits = (insert_before(source, one, wrong),)
            yield Site(edits, {"nom": name}, repair=(insert_before(source, one, right),))


def _mutation(name: str, level: Difficulty, codes: str, find: Finder) -> Mutation:
    return Mutation(name, Topic.BORROWING, level, frozenset(codes.split()), find)


MUTATIONS = (
    _mutation("drop_mut", Difficulty.DEBUTANT, "E0596 E0384", _drop_mut),
    _mutation("drop_mut_parameter", Difficulty.DEBUTANT, "E0596 E0384", _drop_mut_parameter),
    _mutation("shared_self", Difficulty.DEBUTANT, "E0594 E0596", _shared_self),
    _mutation("shared_parameter", Difficulty.INTERMEDIAIRE, "E0594 E0596", _shared_parameter),
    _mutation("forget_borrow", Difficulty.DEBUTANT, "E0308", _forget_borrow),
    _mutation("shared_argument", Difficulty.DEBUTANT, "E0308", _shared_argument),
    _mutation("read_across_change", Difficulty.INTERMEDIAIRE, "E0502 E0506", _read_across),
    _mutation("write_across_write", Difficulty.INTERMEDIAIRE, "E0499", _write_across),
    _mutation("swap_elements", Difficulty.INTERMEDIAIRE, "E0499", _swap_elements),
    _mutation("move_while_borrowed", Difficulty.INTERMEDIAIRE, "E0505", _move_across),
)
