"""Every mutation on real authored code: it fires, and its texts pass every default filter."""

from collections import Counter
from functools import cache
from string import Template

import pytest

from curator.filters.rust import RustFilter, RustSettings
from curator.generate.mutate.base import Mutation
from curator.generate.mutate.facts import slots
from curator.generate.mutate.pool import Mutant, find_mutants, mutations
from curator.generate.mutate.texts import fitting, texts
from tests.generate.mutate import show
from tests.generate.mutate.programs import PROGRAMS, example_with

SEEDS = 3


@cache
def by_name() -> dict[str, list[Mutant]]:
    """The mutants of the authored examples and of the tests' own programs, by mutation."""
    own = [example_with(code) for code in PROGRAMS]
    examples = [*show.authored(), *own]
    judge = RustFilter(RustSettings())
    options = judge.options(examples)  # with the crates of asynchronous programs
    found: dict[str, list[Mutant]] = {m.name: [] for m in mutations()}
    for mutant in find_mutants(examples, judge.compiler, options):
        found[mutant.mutation].append(mutant)
    return found


FENCES = {"code", "message", "original"}


def wordings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [w for part in value for w in wordings(part)]  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("mutation", mutations(), ids=lambda m: m.name)
def test_every_site_gives_every_slot_that_a_wording_names(mutation: Mutation) -> None:
    said = texts(mutation.name).model_dump()
    for mutant in by_name()[mutation.name]:
        given = slots(mutant.proof)
        for section, value in said.items():
            fit = "".join(fitting(tuple(wordings(value)), given))
            named = set(Template(fit).get_identifiers())
            assert named <= set(given) | FENCES, (mutant.key, section)
            assert fit or not value or section == "tldr_concepts", (mutant.key, section)


def test_names_are_unique() -> None:
    counts = Counter(m.name for m in mutations())
    assert max(counts.values()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("mutation", mutations(), ids=lambda m: m.name)
def test_a_mutation_fires_and_its_texts_pass(mutation: Mutation) -> None:
    found = by_name()[mutation.name]
    assert found, "no site: add a small program to tests/generate/mutate/programs.py"
    texts(mutation.name)
    made = [
        show.example_of(mutant, form, seed)
        for mutant in found
        for form in mutant.categories
        for seed in range(SEEDS)
    ]
    assert {e.category for e in made} == mutation.forms
    different = list({e.question: e for e in made}.values())
    answers = {e.answer: e for e in different}
    rejected, faults = show.judged(list(answers.values()))
    assert not rejected, (faults, [(e.rejection, e.question, e.answer) for e in rejected[:2]])
