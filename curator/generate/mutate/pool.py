"""Find every mutant of a set of examples, each ready to become an example.

The difficulty of a mutant is that of its program (see levels), and at least that of its mutation.
Places are preferred where the two agree, and a slip in an advanced program is left out: what is
labelled advanced is an error that only advanced code makes.
"""

import hashlib
import importlib
import pkgutil
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from curator.generate import mutate
from curator.generate.mutate.base import Mutation
from curator.generate.mutate.facts import slots
from curator.generate.mutate.levels import CONSTRUCTS, constructs, level, points
from curator.generate.mutate.proof import Program, Proof, as_printed, compile_texts, programs, prove
from curator.generate.mutate.reduce import linted, reduce_proofs
from curator.generate.mutate.render import forms, render
from curator.generate.mutate.running import kind_of, running
from curator.generate.mutate.syntax import Source
from curator.records.example import Example
from curator.records.taxonomy import Category, Difficulty, topics
from curator.records.topic import Topic
from curator.rust.compiler import Compiler
from curator.rust.document import Options
from curator.rust.source import analyse

# Slots that are words of prose, and no names of the program.
PROSE = {
    *("famille", "article", "nature", "quoi", "conteneur", "nombre"),
    *("faute_ici", "remede", "ecart_texte", "ancien"),
}
# Constructs that draw attention from an error of another topic, whatever their points.
ASIDE = {
    *("unsafe", "raw pointer", "foreign code", "macro", "async", "poll", "shared between threads"),
    *("for all lifetimes", "phantom type", "captured lifetimes"),
}
_CLOSE = 4  # points of programs that are about as light as each other
MOST = 6  # mutants of one mutation: each takes tens of cuts to try, and a batch takes a few of each


@cache
def mutations() -> tuple[Mutation, ...]:
    """Return the mutations of all modules of this package, ordered by module name."""
    names = sorted(m.name for m in pkgutil.iter_modules(mutate.__path__))
    modules = (importlib.import_module(f"{mutate.__name__}.{name}") for name in names)
    return tuple(m for module in modules for m in getattr(module, "MUTATIONS", ()))


@dataclass(frozen=True)
class Mutant:
    """A proven mutant: its labels, and its texts in each of `categories`.

    `key` names the same mutant in every run over the same parent.
    """

    key: str
    topic: Topic
    difficulty: Difficulty
    categories: tuple[Category, ...]
    proof: Proof

    @property
    def mutation(self) -> str:
        """Return the name of the mutation."""
        return self.proof.mutation.name

    @property
    def parent(self) -> str:
        """The id of the example that the program is from."""
        return self.proof.program.parent

    def render(self, category: Category, seed: int) -> tuple[str, str]:
        """Write the question and the answer in French Markdown; see render.render."""
        return render(self.proof, category, self.key, category, seed)


def _mutant(proof: Proof) -> Mutant:
    program, site = proof.program, proof.site
    mark = hashlib.sha256(proof.broken.encode("utf-8")).hexdigest()[:8]
    topic = site.topic or proof.mutation.topic
    return Mutant(
        key=f"{program.parent}/{program.place}/{proof.mutation.name}/{mark}",
        topic=topic,
        difficulty=level(proof.fixed, topic, proof.mutation.difficulty),
        categories=forms(proof),
        proof=proof,
    )


def _at_most(proofs: Sequence[Proof], per_program: int) -> list[Proof]:
    """Keep at most `per_program` mutants of one mutation in one program, and MOST of it in all.

    Those come first whose program is of the mutation's own level, or below, and then those with a
    `main`, and the lighter ones; which of these are kept is drawn by their text. A program with
    nothing to run is kept only where a mutation has no other.
    """
    kept: dict[str, list[Proof]] = {}
    counts: dict[tuple[str, str], int] = {}
    for proof in proofs:
        key = proof.mutation.name, proof.program.code
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= per_program:
            kept.setdefault(proof.mutation.name, []).append(proof)
    chosen = set[str]()
    for some in map(_live, kept.values()):
        chosen.update(p.broken for p in sorted(some, key=_rank)[:MOST])
    return [p for p in proofs if p.broken in chosen]


def _rank(proof: Proof) -> tuple[bool, int, bool, int, bytes]:
    topic = proof.site.topic or proof.mutation.topic
    tested = topic is not Topic.TESTING and not analyse(proof.fixed).has_main
    weight = points(constructs(proof.fixed), topic) // _CLOSE
    mark = hashlib.sha256(proof.broken.encode("utf-8")).digest()
    return not _paired(proof), _excess(proof), tested, weight, mark


def _program_level(proof: Proof) -> Difficulty:
    return level(proof.fixed, proof.site.topic or proof.mutation.topic)


def _excess(proof: Proof) -> int:
    """Return by how many levels a program is harder than the error that it shows; 0 where not."""
    order = list(Difficulty)
    return max(0, order.index(_program_level(proof)) - order.index(proof.mutation.difficulty))


def _paired(proof: Proof) -> bool:
    """Tell whether a program asks no more than its error: nothing advanced, nothing beside it."""
    topic = proof.site.topic or proof.mutation.topic
    found = (name for name in constructs(proof.fixed) if CONSTRUCTS[name].home is not topic)
    fits = Difficulty.AVANCE is not _program_level(proof) or not _excess(proof)
    return fits and not ASIDE & set(found)


def _live(proofs: Sequence[Proof]) -> list[Proof]:
    """Return the proofs whose corrected program runs; all, where none does."""
    return [p for p in proofs if kind_of(p.fixed)] or list(proofs)


def _quotable(proof: Proof) -> bool:
    """Tell whether no slot holds a backquote, which would end the inline code that it stands in."""
    return not any("`" in value for name, value in proof.site.slots.items() if name not in PROSE)


def _faithful(proof: Proof) -> bool:
    """Tell whether all names that the site gave are in what the cuts have left."""
    left = set(re.findall(r"\w+", proof.broken + proof.fixed))
    facts = (v for name, v in proof.site.slots.items() if name not in PROSE)
    return all(set(re.findall(r"\w+", value)) <= left for value in facts)


_FEW = ("match_block", "use_list", "enum_variant_list")  # of which one alone looks cut off
_NONE = ("field_declaration_list", "field_initializer_list")
_FILLED = re.compile(r"\.(?:push|push_str|insert|extend|clear)\(")


def _natural(proof: Proof) -> bool:
    """Tell whether the corrected program looks written, and not cut: no list of one, none empty."""
    source = Source(proof.fixed)
    few = any(len(node.named_children) == 1 for node in source.walk(*_FEW))
    empty = any(not node.named_children for node in source.walk(*_NONE))
    return not (few or empty or _never_read(proof.fixed))


def _never_read(code: str) -> bool:
    """Tell whether a variable is only filled, which rustc does not warn of."""
    for name in re.findall(r"\blet mut (\w+)", code):
        uses = re.findall(rf"(?m)^.*?(?<!let mut )\b{name}\b(.*)$", code)
        if uses and all(_FILLED.match(rest) for rest in uses):
            return True
    return False


def _without_idle_code(
    proofs: Sequence[Proof], compiler: Compiler, options: Options
) -> list[Proof]:
    """Return the proofs whose corrected program has nothing that it does not use.

    Of a program with a `main`, that is imports and what no run can reach; of others, imports.
    """
    kept = set[int]()
    for starts in (True, False):
        some = [p for p in proofs if (kind_of(p.fixed) == "bin") is starts]
        texts = [(linted(p.fixed, imports=True, dead=starts), p.program.edition) for p in some]
        # By itself, since `main` is where a program starts only in a crate of its own.
        alone = replace(options, batched=not starts and options.batched)
        said = compile_texts(texts, compiler, alone)
        kept |= {id(proof) for proof, outcome in zip(some, said, strict=True) if outcome.ok}
    return [proof for proof in proofs if id(proof) in kept]


def find_mutants(
    examples: Iterable[Example],
    compiler: Compiler,
    options: Options,
    only: frozenset[str] = frozenset(),
    per_program: int = 1,
) -> list[Mutant]:
    """Find the mutants of the examples' programs, ordered by example, program and mutation.

    Mutations whose topic is not in the project's taxonomy are left out. `only` names mutations, all
    where it is empty. Of the places that one mutation has in one program the first `per_program`
    count: more would give near duplicates. Each is cut to what its error needs.
    """
    return mutants_of(programs(examples, compiler, options), compiler, options, only, per_program)


def mutants_of(
    sources: Sequence[Program],
    compiler: Compiler,
    options: Options,
    only: frozenset[str] = frozenset(),
    per_program: int = 1,
    about: Collection[Topic] = (),
) -> list[Mutant]:
    """Find the mutants of programs that compile; see find_mutants.

    `about` are the topics that they are wanted for, all where it is empty: what is of no use is not
    cut, which is what takes time.
    """
    known = topics()
    chosen = [m for m in mutations() if m.topic in known and (not only or m.name in only)]
    proofs = prove(sources, chosen, compiler, options)
    if about:
        proofs = [p for p in proofs if (p.site.topic or p.mutation.topic) in about]
    some = _at_most([p for p in proofs if _quotable(p)], per_program)
    reduced = running(reduce_proofs(some, compiler, options), options)
    sound = [p for p in reduced if _faithful(p) and _natural(p) and _paired(p)]
    sound = as_printed(_without_idle_code(sound, compiler, options), compiler, options)
    said = (p for p in sound if slots(p).keys() >= p.mutation.needs)
    mutants = map(_mutant, said)
    return [m for m in mutants if m.categories and m.topic in known]
