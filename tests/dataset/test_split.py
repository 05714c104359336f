"""Splits: nothing is lost, nothing leaks, shares and labels are kept, the seed decides."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.dataset.select import prose_of
from curator.dataset.split import SPLITS, groups, links, split
from curator.records.example import Example, Origin
from curator.text.shingles import jaccard
from tests.conftest import first_49, make_example

SHARES = {"train": 0.8, "valid": 0.1, "test": 0.1}


def child(text: str, *parents: str) -> Example:
    facts = make_example().provenance.model_dump()
    facts |= {"origin": Origin.MUTATED, "parents": parents, "seed": 1}
    return make_example(text, text, provenance=facts)


@st.composite
def families(draw: st.DrawFn) -> list[Example]:
    """Examples of which some come from others, or from ones that are not in the set."""
    found: list[Example] = []
    for number in range(draw(st.integers(0, 25))):
        known = [e.id for e in found] + ["0" * 16, "1" * 16]
        parents = draw(st.lists(st.sampled_from(known), max_size=2, unique=True))
        text = f"mot{number} " * 5
        found.append(child(text, *parents) if parents else make_example(text, text))
    return found


@settings(max_examples=60, deadline=None)
@given(families(), st.integers(0, 5))
def test_relatives_stay_on_one_side(examples: list[Example], seed: int) -> None:
    related = groups(examples, (), 0.4)
    dealt = split(related, SHARES, seed)
    assert dealt == split(related[::-1], SHARES, seed)
    side = {e.id: name for name, found in dealt.items() for e in found}
    assert sorted(side) == sorted(e.id for e in examples)
    for example in examples:
        for parent in example.provenance.parents:
            assert side.get(parent, side[example.id]) == side[example.id]
    orphans: dict[str, set[str]] = {}
    for example in examples:
        for parent in example.provenance.parents:
            orphans.setdefault(parent, set()).add(side[example.id])
    assert all(len(sides) == 1 for sides in orphans.values())


def test_relations_go_through_examples_that_are_not_in_the_set() -> None:
    first = make_example("premier", "premier")
    middle = child("milieu", first.id)
    last = child("dernier", middle.id)
    assert len(groups([first, last], links([first, middle, last]), 0.4)) == 1
    assert len(groups([first, last], [], 0.4)) == 2


def test_near_duplicates_stay_on_one_side() -> None:
    examples = first_49()
    near = [make_example(e.question, f"{e.answer}\nUn mot de plus.") for e in examples[:9]]
    dealt = split(groups([*examples, *near], (), 0.4), SHARES, 3)
    sides = [[prose_of(e) for e in dealt[name]] for name in SPLITS]
    for one in range(len(SPLITS)):
        for other in range(one + 1, len(SPLITS)):
            assert all(jaccard(a, b) < 0.4 for a in sides[one] for b in sides[other])


@pytest.mark.parametrize("seed", range(3))
def test_shares_and_labels_are_kept(seed: int) -> None:
    examples = first_49()
    dealt = split(groups(examples, (), 0.4), SHARES, seed)
    for name, share in SHARES.items():
        assert abs(len(dealt[name]) - share * len(examples)) <= 2
    whole = Counter(e.category for e in examples)
    for category, count in Counter(e.category for e in dealt["train"]).items():
        assert abs(count - 0.8 * whole[category]) <= 3


def test_a_split_without_a_share_stays_empty() -> None:
    dealt = split(groups(first_49(), (), 0.4), {"train": 0.9, "valid": 0.1, "test": 0.0}, 0)
    assert dealt["test"] == []


def test_seeds_differ() -> None:
    related = groups(first_49(), (), 0.4)
    assert split(related, SHARES, 0) != split(related, SHARES, 1)
