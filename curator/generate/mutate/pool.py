"""Find every mutant of a set of examples, each ready to become an example.

The difficulty of a mutant is that of its mutation, one step up where its program uses something
that takes more Rust to read (see `_HARDER`), two steps where it uses three such things.
"""

import hashlib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from curator.generate import mutate
from curator.generate.mutate.base import Mutation
from curator.generate.mutate.proof import Proof, programs, prove
from curator.generate.mutate.render import forms, render, slots
from curator.records.example import Example
from curator.records.taxonomy import Category, Difficulty, topics
from curator.records.topic import Topic
from curator.rust.compiler import Compiler
from curator.rust.document import Options
from curator.rust.source import analyse

# What makes a program harder to read, and the topic that it belongs to: there it is expected.
_HARDER: tuple[tuple[str, Topic | None], ...] = (
    (r"(?<!\w)'(?!static\b)[a-z]\w*\b(?!')", Topic.LIFETIMES),
    (r"[<,]\s*[A-Z]\w*\s*:(?!:)|\bwhere\b|\bimpl\s+Fn", Topic.GENERICS),
    (r"\bdyn\b", Topic.TRAITS),
    (r"\basync\b|\bFuture\b", Topic.ASYNC),
    (r"\bunsafe\b", Topic.UNSAFE),
    (r"\bthread::|\bArc\b|\bMutex\b|\bRefCell\b|\bRc\b", None),
)


@cache
def mutations() -> tuple[Mutation, ...]:
    """Return the mutations of all modules of this package, ordered by module name."""
    names = sorted(m.name for m in pkgutil.iter_modules(mutate.__path__))
    modules = (importlib.import_module(f"{mutate.__name__}.{name}") for name in names)
    return tuple(m for module in modules for m in getattr(module, "MUTATIONS", ()))


def difficulty(base: Difficulty, topic: Topic, code: str) -> Difficulty:
    """Return the difficulty of a mutation, by itself `base`, in a program."""
    bare = analyse(code).bare
    harder = sum(home is not topic and re.search(p, bare) is not None for p, home in _HARDER)
    steps = 2 if harder >= 3 else min(harder, 1)
    order = list(Difficulty)
    return order[min(order.index(base) + steps, len(order) - 1)]


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
        difficulty=difficulty(proof.mutation.difficulty, topic, program.code),
        categories=forms(proof),
        proof=proof,
    )


def _at_most(mutants: Sequence[Mutant], per_program: int) -> list[Mutant]:
    """Keep at most `per_program` mutants of one mutation in one program."""
    counts: dict[tuple[str, str], int] = {}
    kept = []
    for mutant in mutants:
        key = mutant.mutation, mutant.proof.program.code
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= per_program:
            kept.append(mutant)
    return kept


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
    count: more would give near duplicates.
    """
    known = topics()
    chosen = [m for m in mutations() if m.topic in known and (not only or m.name in only)]
    proofs = prove(programs(examples, compiler, options), chosen, compiler, options)
    # A backquote would end the inline code in which a slot stands.
    quotable = (p for p in proofs if not any("`" in v for k, v in slots(p).items() if k != "rustc"))
    mutants = (_mutant(p) for p in quotable)
    return _at_most([m for m in mutants if m.categories and m.topic in known], per_program)
