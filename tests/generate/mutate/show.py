"""Prints rendered mutants of the authored examples, for people who write wordings.

    python -m tests.generate.mutate.show NAME...   every kept mutant of these mutations, or of all
Environment: SEED (default 1), FORMS (default "debug,concepts,exercises"), LIMIT per mutation
(default 2), ALL=1 to see the texts that a default filter rejects only.
"""

import os
import sys
from collections import Counter
from pathlib import Path

from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.generate.mutate.pool import Mutant, find_mutants
from curator.generate.recipe import load_recipe
from curator.records.example import Example
from curator.records.taxonomy import Category
from curator.rust.cache import Cache
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from tests.conftest import ROOT, first_49, make_example


def authored() -> list[Example]:
    return first_49()


def pool(*names: str, per_program: int = 1) -> list[Mutant]:
    """The mutants of the authored examples."""
    options = Options(cache=Cache())
    return find_mutants(authored(), Rustc(), options, frozenset(names), per_program)


def example_of(mutant: Mutant, form: Category, seed: int) -> Example:
    question, answer = mutant.render(form, seed)
    labels = {"category": form, "topic": mutant.topic, "difficulty": mutant.difficulty}
    return make_example(question, answer, **labels)


def judged(examples: list[Example]) -> tuple[list[Example], dict[str, int]]:
    """Through the default filters: the rejected, and the counts of reasons.

    Forms of one mutant are near duplicates of each other, of course; a batch uses one of them.
    """
    recipe = load_recipe(Path(ROOT / "pipelines" / "augment.yaml"))
    settings = [f for f in recipe.filters if f.name != "near_duplicates"]
    outcome = run_filters(examples, make_filters(settings), judge="all")
    return outcome.rejected, outcome.faults()


def _print(mutant: Mutant, example: Example) -> None:
    print(f"\n{'=' * 100}\n{mutant.key} {example.category} {mutant.topic}/{mutant.difficulty}\n")
    print(example.question, "\n" + "-" * 100)
    print(example.answer)


def main() -> None:
    seed, limit = int(os.environ.get("SEED", "1")), int(os.environ.get("LIMIT", "2"))
    forms = [Category(f) for f in os.environ.get("FORMS", ",".join(Category)).split(",")]
    mutants = pool(*sys.argv[1:])
    made = [(m, example_of(m, f, seed)) for m in mutants for f in forms if f in m.categories]
    rejected, faults = judged([example for _, example in made])
    seen: Counter[str] = Counter()
    wrong = {e.id for e in rejected}
    for mutant, example in made:
        seen[mutant.mutation] += 1
        if (example.id in wrong) if os.environ.get("ALL") else seen[mutant.mutation] <= limit:
            _print(mutant, example)
    print(f"\n{len(mutants)} mutants", dict(Counter(m.mutation for m in mutants)))
    print(dict(Counter(str(m.topic) for m in mutants)))
    print(dict(Counter(str(m.difficulty) for m in mutants)))
    print(f"{len(rejected)} of {len(made)} rejected by the filters", faults)
    for example in rejected[:20]:
        reason = example.rejection
        print(example.id, reason and (reason.filter, reason.reason, reason.detail[:150]))


if __name__ == "__main__":
    main()
