import re
from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.places import *
from curator.generate.mutate.syntax import Source, inside, text
from curator.taxonomy import Difficulty, Topic
CONS=("collect","sum","product","count","max","min","rev","position","find")
def _type(source):
    for c in source.walk("call_expression"):
        if method(c) in ("collect", "sum"):
            f = c.child_by_field_name("function")
            if f.type == "generic_function":
                yield Site((Edit(f.child_by_field_name("function").end_byte, f.end_byte, ""),), {"m": method(c)})
            elif c.parent.type == "let_declaration" and c.parent.child_by_field_name("type"):
                l = c.parent
                yield Site((Edit(l.child_by_field_name("pattern").end_byte, l.child_by_field_name("type").end_byte, ""),), {"m": method(c)})
def _consumer(source):
    for c in source.walk("call_expression"):
        if method(c) in CONS: yield Site((drop_call(c),), {"m": method(c), "fonction": enclosing(c)})
def _iter(source):
    for c in source.walk("call_expression"):
        if method(c) in ("iter","iter_mut","into_iter","chars","lines"): yield Site((drop_call(c),), {"m": method(c), "recv": text(receiver(c))})
def _into(source):
    for c in source.walk("call_expression"):
        if method(c) == "iter":
            f = c.child_by_field_name("function").child_by_field_name("field")
            yield Site((replace(f, "into_iter"),), {"recv": text(receiver(c))})
def _for(source):
    for n in source.walk("for_expression"):
        v = n.child_by_field_name("value")
        if v.type == "range_expression": yield Site((replace(v, text(v.named_children[-1])),), {"k": "range"})
        if v.type == "reference_expression":
            x = v.child_by_field_name("value")
            yield Site((replace(v, text(x)+".len()"),), {"k":"len"})
            if x.type == "field_expression": yield Site((replace(v, "&"+text(x.child_by_field_name("value"))),), {"k":"struct"})
            if x.type == "field_expression": yield Site((replace(v, text(x.child_by_field_name("value"))),), {"k":"struct"})
def _item(source):
    for c in source.walk("call_expression"):
        if method(c) in ("collect", "sum") and c.parent.type == "let_declaration":
            t = c.parent.child_by_field_name("type")
            if t is None: continue
            s = text(t)
            for a,b in (("f64","i32"),("u32","f64"),("usize","u32"),("usize","i32"),("String","&str"),("&str","String"),("_","String")):
                if re.search(rf"(?<!\w){a}\b", s): yield Site((replace(t, s.replace(a,b)),), {"de":a,"vers":b})
def _deref(source):
    for u in source.walk("unary_expression"):
        c = inside(u, "closure_expression")
        if text(u).startswith("*") and c is not None: yield Site((Edit(u.start_byte,u.start_byte+1,""),), {"nom": text(u)[1:]})
def _adapter(source):
    for c in source.walk("call_expression"):
        if method(c) in ("copied","cloned","rev","map", "filter","filter_map"): yield Site((drop_call(c),), {"m": method(c)})
def _reference(source):
    for n in source.walk("closure_parameters"):
        if len(n.named_children)==1 and n.parent.parent.type=="arguments" and n.named_children[0].type=="identifier":
            yield Site((insert(n.start_byte+1, "&"),), {"m": method(n.parent.parent.parent)})
def _m(name, codes, find): return Mutation(name, Topic.ITERATORS, Difficulty.INTERMEDIAIRE, frozenset(codes.split()), find)
MUTATIONS = (
 _m("target_type", "E0282 E0283", _type),
 _m("consumer_missing", "E0308 E0277 E0369 E0599", _consumer),
 _m("iter_missing", "E0599", _iter),
 _m("into_iter", "E0382 E0507", _into),
 _m("for_iterable", "E0277", _for),
 _m("item_type", "E0277", _item),
 _m("deref_missing", "E0308 E0277 E0369", _deref),
 _m("adapter_missing", "E0308 E0277 E0631 E0271 E0599", _adapter),
 _m("pattern_ref", "E0308 E0507 E0277", _reference),
)
