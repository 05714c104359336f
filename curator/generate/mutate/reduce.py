"""Cut a proven mutant's program to what its error needs.

Cuts are tried for all mutants together, so that a run of rustc serves hundreds of them. A cut stays
if rustc gives the mutant exactly the error that it gave, and the corrected program still compiles,
with nothing in it that has become unused. What is left was proven as a whole.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Site, apply
from curator.generate.mutate.cuts import Cut, blank_lines, cuts, joined, shifted
from curator.generate.mutate.proof import Proof, compile_texts
from curator.generate.mutate.queries import implements, mentions, name_of
from curator.generate.mutate.syntax import Source, text
from curator.rust.compiler import Compilation, Compiler
from curator.rust.document import Options

if TYPE_CHECKING:
    from tree_sitter import Node

ROUNDS = 8
_PRINTS = re.compile(r"\b(?:println|print|assert\w*)!\s*\(")
_EMPTY = re.compile(r"\{\n\s*\}")  # what a cut of all that was in it leaves
_LINTS = "#[deny(unused_variables, unused_mut, unused_assignments, unused_must_use)] "
_IMPORTS, _DEAD = "#[deny(unused_imports)] ", "#[deny(dead_code)] "
_DECLARED = ("function_item", "impl_item", "mod_item", "const_item", "static_item")
_METHOD = "9"  # raise when another cut would be made of the same program


@dataclass(frozen=True)
class _Try:
    """One cut of one mutant."""

    at: int
    cut: Cut


def linted(code: str, imports: bool = False, dead: bool = False) -> str:
    """Return a program in which unused variables and values are errors.

    With `imports`, unused imports are, too, and with `dead` items that nothing leads to. While a
    program is cut, an import may be unused: what named it goes first.
    """
    raw, parts, place = code.encode("utf-8"), [], 0
    for node in Source(code).root.named_children:
        lints = _DEAD if dead and node.type in _DECLARED else ""
        lints += _IMPORTS if imports and node.type == "use_declaration" else ""
        lints += _LINTS if node.type in ("function_item", "impl_item", "mod_item") else ""
        if lints:
            parts += [raw[place : node.start_byte], lints.encode()]
            place = node.start_byte
    return b"".join([*parts, raw[place:]]).decode("utf-8")


def _cut(proof: Proof, cut: Cut) -> Proof:
    """Return a proof of the program that a cut leaves; its errors are those before the cut."""
    code = apply(proof.program.code, [Edit(a, b, "") for a, b in cut])
    edits, repair = (shifted(e, cut) for e in (proof.site.edits, proof.site.repair))
    return replace(
        proof,
        program=replace(proof.program, code=code),
        site=replace(proof.site, edits=edits, repair=repair),
        broken=apply(code, edits),
        fixed=apply(code, repair),
    )


def _tidy(proof: Proof) -> Proof:
    blank = tuple(r for r in blank_lines(proof.program.code))
    edits = [*proof.site.edits, *proof.site.repair]
    free = tuple(r for r in blank if not any(r[0] <= e.start <= r[1] for e in edits))
    return _cut(proof, free) if free else proof


def same_error(proof: Proof, outcome: Compilation) -> bool:
    """Tell whether rustc says of a cut mutant what it said before, lines aside."""
    said = {(e.code, e.message) for e in proof.errors}
    now = [(e.code, e.message) for e in outcome.errors]
    first = proof.errors[0]
    sound = all(e.line > 0 and e.shown for e in outcome.errors) and not outcome.problem
    return sound and bool(now) and set(now) <= said and now[0] == (first.code, first.message)


@dataclass(frozen=True)
class _Item:
    """A top-level item: its place, the names by which others come to it, the words in it."""

    start: int
    end: int
    names: frozenset[str]
    words: frozenset[str]
    root: bool  # main, or what holds tests
    prints: bool
    plain: bool  # needs no other to come to it


def _item(node: "Node") -> _Item:
    code = text(node)
    fields = [node.child_by_field_name(f) for f in ("name", "type", "trait")]
    names = {word for f in fields if f is not None for word in re.findall(r"\w+", text(f))}
    root = code.startswith("fn main") or "fn main()" in code[:60] or "#[test]" in code
    return _Item(
        node.start_byte,
        node.end_byte,
        frozenset(names),
        frozenset(re.findall(r"\w+", code)),
        root,
        root and bool(_PRINTS.search(code)),
        node.type in ("use_declaration", "attribute_item"),
    )


@lru_cache(maxsize=4096)
def _items(code: str) -> tuple[_Item, ...]:
    return tuple(_item(node) for node in Source(code).root.named_children)


def prints(proof: Proof) -> bool:
    """Tell whether `main` prints something itself, or a test asserts something."""
    return any(item.prints for item in _items(proof.program.code))


@lru_cache(maxsize=4096)
def passes_nothing(code: str) -> bool:
    """Tell whether a pattern of a struct ends with `..` although it names every field."""
    if ".." not in code:
        return False
    source = Source(code)
    fields = {
        name_of(item): len(list(item.child_by_field_name("body").named_children))  # type: ignore[union-attr]
        for item in source.walk("struct_item", "enum_variant")
        if item.child_by_field_name("body") is not None
    }
    for rest in source.walk("remaining_field_pattern"):
        pattern = rest.parent
        named = [n for n in pattern.named_children if n.type == "field_pattern"] if pattern else []
        kind = text(pattern.child_by_field_name("type")) if pattern is not None else ""
        if len(named) == fields.get(kind.split("::")[-1], -1):
            return True
    return False


def is_started(proof: Proof) -> bool:
    """Tell whether a program has a `main` or a test."""
    return any(item.root for item in _items(proof.program.code))


def is_reached(proof: Proof) -> bool:
    """Tell whether `main` or a test leads to the item that the mutation changes, name by name."""
    items = _items(proof.program.code)
    places = [e.start for e in (*proof.site.edits, *proof.site.repair)]
    todo = [item for item in items if item.root]
    seen = set(todo)
    while todo:
        words = todo.pop().words
        found = {item for item in items if item not in seen and item.names & words}
        seen |= found
        todo += found
    goals = {i for i in items if any(i.start <= p < i.end for p in places) and not i.plain}
    return goals <= seen and all(map(partial(_is_named, proof.program.code), places))


def _is_named(code: str, place: int) -> bool:
    """Tell whether the function around a place is named elsewhere, where it needs to be."""
    source = Source(code)
    around = [n for n in source.walk("function_item") if n.start_byte <= place < n.end_byte]
    if not around or implements(around[-1]):
        return True
    function, name = around[-1], name_of(around[-1])
    raw = code.encode("utf-8")
    rest = (raw[: function.start_byte] + raw[function.end_byte :]).decode("utf-8")
    above = function.prev_named_sibling
    started = name == "main" or (above is not None and "test" in text(above)[:12])
    return started or mentions(name, rest)


class Reducer:
    """Reduces proofs, all of them together."""

    def __init__(self, proofs: Sequence[Proof], compiler: Compiler, options: Options):
        self._proofs = [_tidy(p) for p in proofs]
        self._compiler = compiler
        self._options = replace(options, cache=None)  # only what comes of it is kept
        self._strict: list[bool] = []

    def _texts(self, made: Sequence[Proof], texts: Sequence[str]) -> list[Compilation]:
        pairs = [(t, p.program.edition) for p, t in zip(made, texts, strict=True)]
        return compile_texts(pairs, self._compiler, self._options)

    def _lint(self, proof: Proof, strict: bool) -> str:
        return linted(proof.fixed) if strict else proof.fixed

    def _hold(self, tries: Sequence[_Try]) -> list[Proof | None]:
        """Return what each try leaves, or None where the error or the program is lost."""
        made = [_cut(self._proofs[t.at], t.cut) for t in tries]
        kept = [i for i, p in enumerate(made) if self._whole(p, tries[i].at)]
        texts = [self._lint(made[i], self._strict[tries[i].at]) for i in kept]
        said = self._texts([made[i] for i in kept], texts)
        kept = [i for i, outcome in zip(kept, said, strict=True) if outcome.ok]
        said = self._texts([made[i] for i in kept], [made[i].broken for i in kept])
        held: list[Proof | None] = [None] * len(tries)
        for i, outcome in zip(kept, said, strict=True):
            if same_error(made[i], outcome):
                held[i] = replace(made[i], errors=outcome.errors)
        return held

    def _whole(self, made: Proof, at: int) -> bool:
        """Tell whether what is left still prints, if it did, and still comes to the error."""
        before = self._proofs[at]
        if _EMPTY.search(made.program.code) or passes_nothing(made.program.code):
            return False
        kept = (prints, is_reached, is_started)
        return all(holds(made) or not holds(before) for holds in kept)

    def _round(self, open_: Sequence[int]) -> list[int]:
        """Make one round of cuts for the mutants that may still shrink; returns these."""
        single = [_Try(at, cut) for at in open_ for cut in self._offered(at)]
        held = self._hold(single)
        good: dict[int, list[Cut]] = {}
        best: dict[int, Proof] = {}
        for one, proof in zip(single, held, strict=True):
            if proof is not None:
                good.setdefault(one.at, []).append(one.cut)
                best.setdefault(one.at, proof)
        several = [_Try(at, joined(some)) for at, found in good.items() if len(found) > 1
                   for some in _unions(found)]  # fmt: skip
        for one, proof in zip(several, self._hold(several), strict=True):
            if proof is not None and len(proof.fixed) < len(best[one.at].fixed):
                best[one.at] = proof
        for at, proof in best.items():
            self._proofs[at] = _tidy(proof)
        return sorted(best)

    def _offered(self, at: int) -> list[Cut]:
        proof = self._proofs[at]
        return cuts(proof.program.code, [*proof.site.edits, *proof.site.repair])

    def run(self) -> list[Proof]:
        """Return the reduced proofs, in order."""
        texts = [linted(p.fixed) for p in self._proofs]
        said = self._texts(self._proofs, texts)
        self._strict = [outcome.ok for outcome in said]
        open_ = list(range(len(self._proofs)))
        for _ in range(ROUNDS):
            open_ = self._round(open_) if open_ else []
        return self._proofs


def _unions(found: Sequence[Cut]) -> list[Sequence[Cut]]:
    """Return all cuts together, each half of them, each quarter, and growing heads."""
    count = len(found)
    sizes = sorted({count, -(-count // 2), -(-count // 4)} - {1}, reverse=True)
    pieces = [found[a : a + size] for size in sizes for a in range(0, count, size)]
    heads = [found[:size] for size in (2, 3, 5, 8) if size < count]
    return [p for p in [*pieces, *heads] if len(p) > 1]


def _key(proof: Proof, version: str) -> str:
    # The same two texts can come from other edits, which then lie elsewhere once something is cut.
    parts = [_METHOD, version, proof.program.edition, proof.broken, proof.fixed, _stored(proof)]
    return "reduced " + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stored(proof: Proof) -> str:
    sides = {"edits": proof.site.edits, "repair": proof.site.repair}
    rows = {name: [(e.start, e.end, e.new) for e in edits] for name, edits in sides.items()}
    return json.dumps({"code": proof.program.code, **rows})


def _restored(proof: Proof, stored: str) -> Proof:
    data = json.loads(stored)
    code = data["code"]
    edits, repair = (tuple(Edit(*e) for e in data[name]) for name in ("edits", "repair"))
    site = Site(edits, proof.site.slots, proof.site.topic, repair)
    program = replace(proof.program, code=code)
    return replace(
        proof, program=program, site=site, broken=apply(code, edits), fixed=apply(code, repair)
    )


def reduce_proofs(proofs: Sequence[Proof], compiler: Compiler, options: Options) -> list[Proof]:
    """Reduce proofs to what their errors need; what was reduced before comes from the cache.

    The errors of the result are those of its own text.
    """
    keys = [_key(p, compiler.version) for p in proofs]
    known = options.cache.get(keys) if options.cache else {}
    new = [p for p, key in zip(proofs, keys, strict=True) if key not in known]
    fresh = {_key(p, compiler.version): r
             for p, r in zip(new, Reducer(new, compiler, options).run(), strict=True)}  # fmt: skip
    if options.cache and fresh:
        options.cache.put({key: _stored(proof) for key, proof in fresh.items()})
    made = [
        fresh[k] if k in fresh else _restored(p, known[k])
        for p, k in zip(proofs, keys, strict=True)
    ]
    texts = [(p.broken, p.program.edition) for p in made]
    said = compile_texts(texts, compiler, options)
    return [
        replace(p, errors=o.errors) for p, o in zip(made, said, strict=True) if same_error(p, o)
    ]
