import re
from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.places import *
from curator.generate.mutate.syntax import Source, inside, text
from curator.taxonomy import Difficulty, Topic
def _move(source):
    for c in source.walk("closure_expression"):
        m = next((k for k in c.children if k.type=="move"), None)
        if m: yield Site((Edit(m.start_byte, m.next_sibling.start_byte, ""),), {"fonction": enclosing(c)})
def _extra(source):
    for c in source.walk("closure_expression"):
        p = c.child_by_field_name("parameters")
        if c.parent.type != "arguments": continue
        n = len(p.named_children)
        call = c.parent.parent
        if n == 1 : yield Site((insert(p.start_byte+1, "i, "),), {"methode": method(call)})
        if n == 0 : yield Site((insert(p.start_byte+1, "_"),), {"methode": method(call)})
def _bound(to):
    def find(source):
        for n in source.walk("function_type"):
            t = n.child_by_field_name("trait")
            if t is not None and text(t) != to and text(t) in ("Fn","FnMut","FnOnce"):
                yield Site((replace(t, to),), {"de": text(t), "vers": to, "fonction": enclosing(n)})
    return find
def _ret(source):
    for n in source.walk("function_type"):
        t, r = n.child_by_field_name("parameters"), n.child_by_field_name("return_type")
        if r is not None: yield Site((Edit(t.end_byte, r.end_byte, ""),), {"type": text(r)})
def _captured(source):
    for c in source.walk("closure_expression"):
        fn = inside(c, "function_item")
        st = c
        while st.parent is not None and st.parent.type != "block": st = st.parent
        names = [text(l.child_by_field_name("pattern")) for l in source.walk("let_declaration") if inside(l,"function_item")==fn and l.end_byte <= st.start_byte]
        ids = {text(i) for i in _walk(c.child_by_field_name("body")) if i.type=="identifier"}
        for n in names:
            if n in ids and st.type != "call_expression":
                yield Site((insert(st.end_byte, f'\n{" "*st.start_point[1]}println!("{{{n}:?}}");'),), {"nom": n})
def _addmove(source):
    for c in source.walk("closure_expression"):
        if not any(k.type=="move" for k in c.children):
            yield Site((insert(c.start_byte, "move "),), {"fonction": enclosing(c)})
def _mutp(source):
    for p in source.walk("parameter", "let_declaration"):
        m = next((k for k in p.children if k.type=="mutable_specifier"), None)
        if m and ("Fn" in text(p.child_by_field_name("type")) or p.type == "let_declaration"):
            yield Site((Edit(m.start_byte, m.next_sibling.start_byte, ""),), {"nom": text(p.child_by_field_name("pattern"))})
def _semi(source):
    for c in source.walk("closure_expression"):
        b = c.child_by_field_name("body")
        if b.type == "block" and b.named_children and not b.named_children[-1].type.endswith("statement"):
            yield Site((insert(b.named_children[-1].end_byte, ";"),), {})
def _walk(n):
    yield n
    for c in n.children: yield from _walk(c)
def _m(name, codes, find): return Mutation(name, Topic.CLOSURES, Difficulty.INTERMEDIAIRE, frozenset(codes.split()), find)
MUTATIONS = (
 _m("move_missing", "E0373", _move),
 _m("closure_extra", "E0593", _extra),
 _m("bound_fn", "E0594 E0596 E0507 E0525", _bound("Fn")),
 _m("bound_fnmut", "E0596 E0507 E0525", _bound("FnMut")),
 _m("bound_fnonce", "E0382 E0507 E0525", _bound("FnOnce")),
 _m("fn_return", "E0308 E0369 E0271 E0277", _ret),
 _m("captured_used", "E0382 E0502 E0506 E0505", _captured),
 _m("move_added", "E0382 E0506 E0373 E0507", _addmove),
 _m("closure_mut", "E0596", _mutp),
 _m("closure_semicolon", "E0277 E0308", _semi),
)
