"""Everyday errors of first weeks: patterns that miss fields, constants, bounds, module files."""

from collections.abc import Iterator
from dataclasses import replace as replace_of

from curator.generate.mutate.base import Edit, Finder, Mutation, Site
from curator.generate.mutate.edits import insert, replace
from curator.generate.mutate.queries import enclosing, field, named, one_line, opened
from curator.generate.mutate.syntax import Source, indent, inside, line_end, text
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic


def pattern_arity(source: Source) -> Iterator[Site]:
    """`V(a, b)` -> `V(a)` in a pattern, and `V(a)` -> `V(a, _)`."""
    for pattern in opened(source).walk("tuple_struct_pattern"):
        kind, *parts = pattern.named_children
        if not parts or text(kind) in ("Some", "Ok", "Err") or ".." in text(pattern):
            continue
        slots = {"motif": one_line(source, pattern), "variante": text(kind)}
        more = {"ecart_texte": "de trop", "faute_ici": "ajoute `, _` à la fin de ce motif"}
        less = {"ecart_texte": "de moins", "faute_ici": "oublie le `_` à la fin de ce motif"}
        if len(parts) == 1:
            yield Site((insert(parts[0].end_byte, ", _"),), {**slots, **more})
        elif text(parts[-1]) == "_":
            edit = Edit(parts[-2].end_byte, parts[-1].end_byte, "")
            yield Site((edit,), {**slots, **less})


def pattern_field(source: Source) -> Iterator[Site]:
    """`P { champ: nom, .. }` -> `P { nom, .. }`: the variable in the field's place."""
    for part in opened(source).walk("field_pattern"):
        above, binding = inside(part, "struct_pattern"), field(part, "pattern")
        if above is None or ".." not in text(above) or binding is None:
            continue
        name, wrong = text(field(part, "name")), text(binding)
        if binding.type == "identifier" and name != wrong:
            slots = {"nom": name, "faux": wrong, "type": text(field(above, "type"))}
            yield Site((replace(part, wrong),), slots)


def pattern_rest(source: Source) -> Iterator[Site]:
    """`P { nom, .. }` -> `P { nom }`: a pattern that leaves fields out without saying so."""
    for rest in opened(source).walk("remaining_field_pattern"):
        above, before = inside(rest, "struct_pattern"), rest.prev_named_sibling
        if above is None or before is None or before.type != "field_pattern":
            continue
        slots = {"motif": one_line(source, above), "type": text(field(above, "type"))}
        yield Site((Edit(before.end_byte, rest.end_byte, ""),), slots)


def text_in_constant(source: Source) -> Iterator[Site]:
    """`const N: &str = "..."` -> `const N: String = String::from("...")`."""
    for item in source.walk("const_item", "static_item"):
        kind, value = field(item, "type"), field(item, "value")
        if kind is None or value is None or value.type != "string_literal":
            continue
        new = f"String::from({text(value)})"
        slots = {"nom": text(field(item, "name")), "litteral": text(value)}
        yield Site((replace(kind, "String"), replace(value, new)), slots)


def struct_as_bound(source: Source) -> Iterator[Site]:
    """`&P` -> `&impl P` as a parameter: a struct where a trait belongs."""
    structs = named(source, "struct_item")
    for kind in source.walk("type_identifier"):
        parameter, above = inside(kind, "parameter"), kind.parent
        plain = above is not None and above.type in ("reference_type", "parameter")
        if text(kind) in structs and parameter is not None and plain:
            slots = {"type": text(kind), "parametre": text(field(parameter, "pattern"))}
            yield Site((insert(kind.start_byte, "impl "),), {**slots, "fonction": enclosing(kind)})


def module_file(source: Source) -> Iterator[Site]:
    """`mod m { ... }` -> `mod m;`, without a file of that name."""
    for item in source.walk("mod_item"):
        body = field(item, "body")
        if body is not None and item.parent == source.root:
            name = text(field(item, "name"))
            if not name.startswith("test"):
                yield Site((Edit(body.start_byte - 1, body.end_byte, ";"),), {"nom": name})


def assign_twice(source: Source) -> Iterator[Site]:
    """`let x = ...;` and then `x = ...` a line below; the repair declares it with `mut`."""
    for let in source.walk("let_declaration"):
        pattern, value = field(let, "pattern"), field(let, "value")
        plain = pattern is not None and pattern.type == "identifier" and indent(source, let)
        if pattern is None or value is None or not plain or value.type != "integer_literal":
            continue
        name, end, margin = text(pattern), line_end(source, let), indent(source, let)
        show = f'\n{margin}println!("{{{name}}}");\n{margin}{name} += 1;'
        edits = (insert(end, show),)
        repair = (insert(pattern.start_byte, "mut "), insert(end, show))
        yield Site(edits, {"nom": name}, repair=repair)


def missing_ok(source: Source) -> Iterator[Site]:
    """The `Ok(())` at the end of a function left out."""
    for function in source.walk("function_item"):
        body = field(function, "body")
        last = body.named_children[-1] if body is not None and body.named_children else None
        if last is not None and text(last) == "Ok(())" and indent(source, last):
            kind = text(field(function, "return_type"))
            before = last.start_byte - len(indent(source, last).encode()) - 1
            slots = {"fonction": text(field(function, "name")), "type": kind}
            yield Site((Edit(before, last.end_byte, ""),), slots)


def _everyday(name: str, topic: Topic, codes: str, find: Finder) -> Mutation:
    return Mutation(name, topic, Difficulty.DEBUTANT, frozenset(codes.split()), find)


# Who sees `mod m;` alone cannot know what the module held.
_CONCEPTS = frozenset({Category.CONCEPTS})


MUTATIONS = (
    _everyday("pattern_arity", Topic.PATTERN_MATCHING, "E0023", pattern_arity),
    _everyday("pattern_field", Topic.PATTERN_MATCHING, "E0026", pattern_field),
    _everyday("pattern_rest", Topic.PATTERN_MATCHING, "E0027", pattern_rest),
    _everyday("text_in_constant", Topic.OWNERSHIP, "E0015", text_in_constant),
    _everyday("struct_as_bound", Topic.TRAITS, "E0404", struct_as_bound),
    replace_of(_everyday("module_file", Topic.MODULES, "E0583", module_file), forms=_CONCEPTS),
    _everyday("assign_twice", Topic.BORROWING, "E0384", assign_twice),
    _everyday("missing_ok", Topic.ERROR_HANDLING, "E0308", missing_ok),
)
