"""Selection: quotas hold, people's examples come first, and what is kept is least alike."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.cli.views.build import accepted_and_full
from curator.dataset.select import OverQuota, farthest_first, prose_of, quotas, select
from curator.filters.base import failing
from curator.records.example import Example, Origin
from curator.records.spool import Spool
from curator.records.targets import Targets
from curator.records.taxonomy import taxonomy
from curator.text.shingles import jaccard
from tests.conftest import ANSWER, make_example
from tests.generate.test_strategies import rejected
from tests.review.conftest import review

WORDS = ("le", "code", "emprunte", "une", "valeur", "puis", "la", "rend", "à", "qui", "possède")


def example(seed: int, **labels: object) -> Example:
    draw = random.Random(seed)
    prose = " ".join(draw.choices(WORDS, k=30))
    return make_example(f"Question {seed} {prose} ?", f"{ANSWER}\n{prose}", **labels)


slots = st.sampled_from(taxonomy().slots[:9])
sets = st.lists(st.tuples(st.integers(0, 500), slots), max_size=40, unique_by=lambda t: t[0])


def made(found: list[tuple[int, tuple[str, str, str]]]) -> list[Example]:
    names = ("topic", "difficulty", "category")
    return [example(seed, **dict(zip(names, slot, strict=True))) for seed, slot in found]


@settings(max_examples=40, deadline=None)
@given(sets, st.integers(1, 3), st.randoms(use_true_random=False))
def test_quotas_hold_and_order_does_not_matter(
    found: list[tuple[int, tuple[str, str, str]]], excess: int, draw: random.Random
) -> None:
    examples, targets = made(found), Targets(per_cell=2, topics={})
    one = select(examples, targets, excess)
    limits = quotas(targets, excess)
    for slot in taxonomy().slots:
        offered = sum(e.slot == slot for e in examples)
        assert sum(e.slot == slot for e in one.chosen) == min(offered, limits[slot])
    assert {e.id for e in [*one.chosen, *one.over_quota]} == {e.id for e in examples}
    draw.shuffle(examples)
    assert select(examples, targets, excess) == one


def test_what_people_wrote_comes_first() -> None:
    machine = rejected(failing("rust", "does_not_compile", "x"), "par un modèle")
    assert farthest_first([machine, make_example()], [], 1) == [make_example()]


def test_what_people_accepted_is_told_from_what_they_never_saw() -> None:
    known = [example(seed) for seed in range(4)]
    known[2:] = [e.model_copy(update={"reviews": (review("anna", "accepter"),)}) for e in known[2:]]
    [slot] = {e.slot for e in known}
    left_out = select(known, Targets(per_cell=1, topics={}), 1.0).over_quota
    assert len(left_out) == 3 and {one.slot for one in left_out} == {slot}
    seen = {e.id for e in known[2:]}
    assert {one.id for one in left_out if one.accepted} == seen & {one.id for one in left_out}
    assert any(one.accepted for one in left_out)


@pytest.mark.parametrize(("count", "named"), [(0, 0), (5, 5), (7, 5)])
def test_accepted_ones_without_room_are_named_with_what_to_do(count: int, named: int) -> None:
    slot = example(0).slot
    over = [OverQuota(f"{n:016x}", slot, n < count) for n in range(9)]
    said = "\n".join(accepted_and_full(over, "own.yaml"))
    assert said.count(f" ({slot})") == named
    assert (" and 2 more." in said) == (count == 7)
    assert ("raise targets.per_cell (or targets.topics) in pipelines/own.yaml" in said) == (
        count > 0
    )


def test_the_least_alike_is_taken() -> None:
    first = make_example("Pourquoi emprunter une valeur plutôt que la déplacer ?")
    twin = make_example("Pourquoi emprunter une valeur plutôt que de la déplacer ?")
    other = make_example("Comment tester une fonction ?", ANSWER.replace("Une référence", "Elle"))
    assert farthest_first([twin, other], [first], 1) == [other]


def plainly(candidates: list[Example], taken: list[Example], count: int) -> list[Example]:
    """Farthest-first traversal by its definition."""

    def rank(one: Example) -> int:
        order = [Origin.AUTHORED, Origin.CORRECTED, Origin.IMPORTED]
        origin = one.provenance.origin
        return order.index(origin) if origin in order else len(order)

    def nearness(one: Example) -> float:
        near = (jaccard(prose_of(one), prose_of(o)) for o in [*taken, *chosen])
        return max(near, default=0)

    chosen: list[Example] = []
    left = list(candidates)
    while left and len(chosen) < count:
        best = min(left, key=lambda e: (rank(e), nearness(e), e.id))
        chosen.append(best)
        left.remove(best)
    return chosen


def imported(one: Example) -> Example:
    facts = one.provenance.model_dump() | {"origin": Origin.IMPORTED, "source": "a:1"}
    return make_example(one.question, one.answer, provenance=facts)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 500), unique=True, max_size=24),
    st.integers(0, 5),
    st.integers(0, 12),
    st.integers(2, 5),
)
def test_the_traversal_is_what_its_definition_says(
    seeds: list[int], near: int, count: int, every: int
) -> None:
    made = [example(s) if s % every else imported(example(s)) for s in seeds]
    taken = [example(s) for s in range(1000, 1000 + near)]
    assert farthest_first(Spool(made), taken, count) == plainly(made, taken, count)
    assert farthest_first(made, taken, count) == plainly(made, taken, count)
