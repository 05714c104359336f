"""Errors about generics: bounds, parameters and arguments that are absent or not inferred."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.places import enclosing, functions, insert, name_of, replace, method
from curator.generate.mutate.syntax import Source, inside, text
from curator.taxonomy import Difficulty, Topic

if TYPE_CHECKING:
    from tree_sitter import Node

def _bound_missing(source: Source) -> Iterator[Site]:
    for node in source.walk("type_parameter"):
        bounds = node.child_by_field_name("bounds")
        if bounds is not None:
            name = text(node.child_by_field_name("name"))
            yield Site((Edit(bounds.start_byte, bounds.end_byte, ""),), {"nom": name, "borne": text(bounds).removeprefix(":").strip(), "fonction": enclosing(node)})

def _undeclared(source: Source) -> Iterator[Site]:
    for node in source.walk("type_parameters"):
        owner = node.parent
        if owner.type in ("function_item", "impl_item") and "'" not in text(node):
            names = [text(p.child_by_field_name("name")) for p in node.named_children if p.type=="type_parameter"]
            yield Site((replace(node, ""),), {"nom": names[0], "parametres": text(node)})

def _args_missing(source: Source) -> Iterator[Site]:
    for node in source.walk("generic_type"):
        args = node.child_by_field_name("type_arguments")
        if inside(node, "use_declaration") or "'" in text(args): continue
        yield Site((replace(args, ""),), {"type": text(node.child_by_field_name("type")), "complet": text(node)})

def _unused(source: Source) -> Iterator[Site]:
    for node in functions(source):
        if node.child_by_field_name("type_parameters") is None and inside(node, "impl_item","trait_item","mod_item") is None and name_of(node) != "main":
            yield Site((insert(node.child_by_field_name("name").end_byte, "<T>"),), {"fonction": name_of(node)})

def _generalised(source: Source) -> Iterator[Site]:
    for node in functions(source):
        if node.child_by_field_name("type_parameters") is not None: continue
        if inside(node, "impl_item", "trait_item"): continue
        for p in node.child_by_field_name("parameters").named_children:
            if p.type != "parameter": continue
            types = [n for n in _walk(p.child_by_field_name("type")) if n.type in ("primitive_type", "type_identifier")]
            if len(types) == 1 and text(p.child_by_field_name("type")).startswith(("&","[")) is not None:
                yield Site((insert(node.child_by_field_name("name").end_byte, "<T>"), replace(types[0], "T")), {"fonction": name_of(node), "type": text(types[0]), "nom": text(p.child_by_field_name("pattern"))})

def _walk(n):
    yield n
    for c in n.children: yield from _walk(c)

def _parse(source: Source) -> Iterator[Site]:
    for node in source.walk("call_expression"):
        if method(node) != "parse": continue
        callee = node.child_by_field_name("function")
        if callee.type == "generic_function":
            inner = callee.child_by_field_name("function")
            yield Site((Edit(inner.end_byte, callee.end_byte, ""),), {"type": text(callee.child_by_field_name("type_arguments"))[1:-1]})
        else:
            let = inside(node, "let_declaration")
            if let is not None and let.child_by_field_name("type") is not None:
                yield Site((Edit(let.child_by_field_name("pattern").end_byte, let.child_by_field_name("type").end_byte, ""),), {"type": text(let.child_by_field_name("type"))})

def _mutation(name: str, codes: str, find, level: Difficulty) -> Mutation:
    return Mutation(name, Topic.GENERICS, level, frozenset(codes.split()), find)
D = Difficulty.INTERMEDIAIRE
MUTATIONS = (
    _mutation("bound_missing", "E0369 E0277 E0599", _bound_missing, D),
    _mutation("parameter_undeclared", "E0425 E0412", _undeclared, D),
    _mutation("arguments_missing", "E0107", _args_missing, D),
    _mutation("parameter_unused", "E0282 E0283", _unused, D),
    _mutation("generalised", "E0369 E0277 E0599 E0600 E0608", _generalised, D),
    _mutation("parse_type", "E0284 E0282 E0283", _parse, D),
)
