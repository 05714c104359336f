"""Prove mutants: rustc refuses each for exactly the intended reason.

Everything is compiled through the engine's batches and cache: first the blocks as they stand, then
all drafts together.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from curator.filters.length import count_tokens
from curator.generate.mutate.base import Edit, Mutation, Site, apply
from curator.generate.mutate.cuts import blank_lines, comments
from curator.generate.mutate.syntax import Source
from curator.records.example import Example
from curator.records.taxonomy import Category
from curator.rust.block_state import externs_of
from curator.rust.cache import compile_cached
from curator.rust.compiler import Compilation, Compiler, Diagnostic
from curator.rust.document import Options
from curator.rust.expect import STUB, Expectation, Surroundings, expected_outcome
from curator.rust.source import analyse
from curator.rust.unit import Unit
from curator.text.markdown import blocks

_PLANS = re.compile(r"(?:TODO|FIXME|XXX)\b", re.IGNORECASE)
# An answer shows a program, its diff and about 250 tokens of prose, and may have 800 in all.
MAX_LINES = 45
MAX_TOKENS = 400
MAX_ERRORS = 3  # all are shown, and a beginner is lost among more


@dataclass(frozen=True)
class Program:
    """A block that compiles as it is; `place` names it within its example ("answer-0")."""

    parent: str
    place: str
    code: str
    edition: str


@dataclass(frozen=True)
class Proof:
    """A mutant with everything that rustc says of it: errors of one and the same code.

    `fixed` compiles, and is the program itself unless the site has a repair of its own.
    """

    program: Program
    mutation: Mutation
    site: Site
    broken: str
    fixed: str
    errors: tuple[Diagnostic, ...]


def _usable(code: str) -> bool:
    """Return whether a program fits into an answer, and is finished."""
    small = len(code.split("\n")) <= MAX_LINES + 1 and count_tokens(code) <= MAX_TOKENS
    planned = any(_PLANS.match(comment.text.strip()) for comment in analyse(code).comments)
    return small and "```" not in code and not planned and not STUB.search(analyse(code).bare)


def without_comments(code: str) -> str:
    """Return a program without its comments, which say nothing of what becomes of it."""
    plain = apply(code, [Edit(start, end, "") for start, end in comments(code)])
    return apply(plain, [Edit(start, end, "") for start, end in blank_lines(plain)])


def _blocks(examples: Iterable[Example], edition: str) -> Iterator[Program]:
    seen: set[str] = set()
    for example in examples:
        # What a learner asks about compiles at times, and is wrong all the same.
        asked = example.question if example.category is Category.CONCEPTS else ""
        for role, text in (("question", asked), ("answer", example.answer)):
            for block in (b for b in blocks(text) if b.is_rust and _usable(b.code)):
                plain = not set(block.attributes) & {"should_panic", "no_run"}
                sound = (
                    expected_outcome(block, Surroundings(), False).expectation
                    is Expectation.COMPILES
                )
                code = without_comments(block.code)
                if plain and sound and code not in seen:
                    seen.add(code)
                    place = f"{role}-{block.index}"
                    yield Program(example.id, place, code, block.edition or edition)


def compile_texts(
    texts: Sequence[tuple[str, str]], compiler: Compiler, options: Options
) -> list[Compilation]:
    """Compile (text, edition) pairs."""
    units = [Unit(t, e, externs_of(t, options.externs)) for t, e in texts]
    return compile_cached(units, compiler, options.cache, options.batched)


def as_printed(proofs: Sequence[Proof], compiler: Compiler, options: Options) -> list[Proof]:
    """Return proofs with rustc's errors as it prints them for each program by itself.

    In a crate of many programs it writes a name in full that several of them have. Those of which
    it says something else by themselves are left out.
    """
    bare = [replace(p, broken=p.broken.lstrip("\n"), fixed=p.fixed.lstrip("\n")) for p in proofs]
    texts = [(proof.broken, proof.program.edition) for proof in bare]
    said = compile_texts(texts, compiler, replace(options, batched=False))
    pairs = zip(bare, said, strict=True)
    return [replace(p, errors=o.errors) for p, o in pairs if _intended(o, p.mutation)]


def programs(examples: Iterable[Example], compiler: Compiler, options: Options) -> list[Program]:
    """Return the blocks of examples that compile as they are, each text once, in their order."""
    candidates = [
        p for p in _blocks(examples, options.edition) if compiler.knows_edition(p.edition)
    ]
    said = compile_texts([(p.code, p.edition) for p in candidates], compiler, options)
    return [p for p, outcome in zip(candidates, said, strict=True) if outcome.ok]


def _drafts(
    sources: Iterable[Program], mutations: Sequence[Mutation]
) -> Iterator[tuple[Program, Mutation, Site, str, str]]:
    """Yield every site of every mutation, with the broken and the corrected text."""
    for program in sources:
        source = Source(program.code)
        for mutation in mutations:
            for site in mutation.find(source):
                broken, fixed = (apply(program.code, e) for e in (site.edits, site.repair))
                if broken != fixed:
                    yield program, mutation, site, broken, fixed


def _intended(outcome: Compilation, mutation: Mutation) -> bool:
    errors = outcome.errors
    sound = all(e.line > 0 and e.shown for e in errors) and not outcome.problem
    sound = sound and not any("{closure@" in e.message + e.shown for e in errors)
    one = len(outcome.codes) == 1 and outcome.codes <= mutation.codes
    return sound and one and len(errors) <= MAX_ERRORS


def prove(
    sources: Iterable[Program],
    mutations: Sequence[Mutation],
    compiler: Compiler,
    options: Options,
) -> list[Proof]:
    """Return the mutants that fail with one intended code and no other, in a fixed order.

    A text that two mutations give belongs to the first of them, with its first sound repair.
    """
    drafts = list(_drafts(sources, mutations))
    texts = [(draft[3], draft[0].edition) for draft in drafts]
    said = compile_texts(texts, compiler, options)
    owners: dict[str, Mutation] = {}
    proofs = [
        Proof(*draft, outcome.errors)
        for draft, outcome in zip(drafts, said, strict=True)
        if _intended(outcome, draft[1]) and owners.setdefault(draft[3], draft[1]) is draft[1]
    ]
    first: dict[str, Proof] = {}
    for proof in _repaired(proofs, compiler, options):
        first.setdefault(proof.broken, proof)
    return list(first.values())


def _repaired(proofs: Sequence[Proof], compiler: Compiler, options: Options) -> list[Proof]:
    """Return the proofs whose corrected text compiles."""
    texts = [(proof.fixed, proof.program.edition) for proof in proofs]
    said = compile_texts(texts, compiler, options)
    return [proof for proof, outcome in zip(proofs, said, strict=True) if outcome.ok]
