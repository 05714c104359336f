import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.places import *
from curator.generate.mutate.syntax import Source, inside, text
from curator.taxonomy import Difficulty, Topic

def _unwrap_to_q(source):
    for c in source.walk("call_expression"):
        if method(c) in ("unwrap", "expect") and "#[test]" not in text(inside(c,"function_item").prev_named_sibling):
            yield Site((Edit(receiver(c).end_byte, c.end_byte, "?"),), {"nom": method(c), "fonction": enclosing(c)})
def _q_forgotten(source):
    for n in source.walk("try_expression"):
        yield Site((Edit(n.end_byte-1, n.end_byte, ""),), {"fonction": enclosing(n), "expr": text(n)})
def _wrapper(*names):
    def find(source):
        for c in source.walk("call_expression"):
            f = text(c.child_by_field_name("function"))
            if f in names and len(arguments(c)) == 1 and inside(c, "macro_invocation") is None:
                tail = c.parent.type in ("block", "return_expression","match_arm")
                if tail:
                    yield Site((replace(c, text(arguments(c)[0])),), {"fonction": enclosing(c), "enveloppe": f, "valeur": text(arguments(c)[0])})
    return find
def _err_type(source):
    for n in source.walk("generic_type"):
        if text(n.child_by_field_name("type")) == "Result":
            args = n.child_by_field_name("type_arguments").named_children
            if len(args) == 2:
                yield Site((Edit(args[0].end_byte, args[1].end_byte, ""),), {"fonction": enclosing(n), "erreur_type": text(args[1]), "ok": text(args[0])})
def _err_string(source):
    for n in source.walk("generic_type"):
        if text(n.child_by_field_name("type")) == "Result":
            args = n.child_by_field_name("type_arguments").named_children
            fn = inside(n, "function_item")
            if len(args) == 2 and fn is not None and any(inside(q,"function_item")==fn for q in source.walk("try_expression")):
                for t in ("String", "u32"):
                  if text(args[1]) != t:
                    yield Site((replace(args[1], t),), {"fonction": enclosing(n), "erreur_type": text(args[1]), "ok": text(args[0])})
def _from(source):
    for i in source.walk("impl_item"):
        if text(i.child_by_field_name("trait")).startswith("From<"):
            yield Site((remove_item(source, i),), {})
    for c in source.walk("call_expression"):
        if method(c) in ("map_err","ok_or","ok_or_else"):
            yield Site((drop_call(c),), {"nom": method(c)})
def _unwrap(source):
    for c in source.walk("call_expression"):
        if method(c) in ("unwrap", "expect", "unwrap_or"):
            yield Site((drop_call(c),), {"nom": method(c), "fonction": enclosing(c)})
def _m(name, codes, find): return Mutation(name, Topic.ERROR_HANDLING, Difficulty.INTERMEDIAIRE, frozenset(codes.split()), find)
MUTATIONS = (
 _m("unwrap_to_question", "E0277", _unwrap_to_q),
 _m("question_forgotten", "E0308 E0277 E0599", _q_forgotten),
 _m("ok_forgotten", "E0308", _wrapper("Ok")),
 _m("some_forgotten", "E0308", _wrapper("Some")),
 _m("err_forgotten", "E0308", _wrapper("Err")),
 _m("error_type_missing", "E0107", _err_type),
 _m("error_type_string", "E0277 E0308", _err_string),
 _m("conversion", "E0277 E0308", _from),
 _m("unwrap_forgotten", "E0277 E0308 E0599 E0369", _unwrap),
)
