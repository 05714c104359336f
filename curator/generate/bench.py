"""What programs are compiled, run and mutated with in a batch, and the mutants of its examples."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from curator.base.settings import digest
from curator.filters.rust import RustFilter, RustSettings
from curator.generate.mutate.pool import Mutant, find_mutants, mutants_of
from curator.generate.mutate.proof import Program
from curator.generate.mutate.running import find_runner
from curator.generate.programs import Trial, try_programs
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example
from curator.records.taxonomy import topics
from curator.records.topic import Topic
from curator.rust.compiler import Compiler
from curator.rust.document import Options

EDITION = "2021"  # of the programs that a model writes
_found: dict[str, list[Mutant]] = {}  # the last mutants, which two strategies of a recipe want


@dataclass(frozen=True)
class Bench:
    """A compiler, and the options of the recipe's Rust filter."""

    compiler: Compiler
    options: Options

    def try_programs(self, trials: Sequence[Trial]) -> list[Trial]:
        """Compile and run programs; see programs.try_programs."""
        return try_programs(trials, EDITION, self.compiler, self.options)

    def mutants(self, codes: dict[str, str], about: Collection[Topic]) -> list[Mutant]:
        """Find the mutants of named programs that are about some topics."""
        sources = [Program(name, "program", code, EDITION) for name, code in codes.items()]
        return mutants_of(sources, self.compiler, self.options, about=about)


def prepare(recipe: AugmentRecipe, examples: Sequence[Example]) -> tuple[Bench, list[Mutant]]:
    """Return the bench of a recipe and the mutants of examples, as its Rust filter judges them."""
    settings = next((f for f in recipe.filters if isinstance(f, RustSettings)), RustSettings())
    judge = RustFilter(settings)
    options = judge.options(examples)
    options = replace(options, runner=options.runner or find_runner())
    known = sorted(topics())
    key = digest(settings, judge.compiler.version, known, [e.id for e in examples])
    if key not in _found:
        mutants = find_mutants(examples, judge.compiler, options)
        _found.clear()
        _found[key] = mutants
    return Bench(judge.compiler, options), _found[key]
