"""The planner: what lacks most and what pays most come first; the same arguments, the same plan."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.generate.planner import (
    Offer,
    Pick,
    Planner,
    needs,
    prompt_size,
    reason_to_stop,
    remaining,
)
from curator.generate.recipe import AugmentRecipe, StopSettings
from curator.generate.yields import OVERHEAD, Yields
from curator.records.coverage import coverage
from curator.records.targets import Targets
from curator.records.taxonomy import Category, Cell, Difficulty, Slot, taxonomy
from curator.records.topic import Topic
from tests.conftest import make_example

FULL = Slot(Topic.TRAITS, Difficulty.DEBUTANT, Category.DEBUG)
OTHER = Slot(Topic.ASYNC, Difficulty.AVANCE, Category.CONCEPTS)


def offer(slot: Slot, strategy: str = "few_shot", room: int = 100, group: int = 1) -> Offer:
    return Offer(strategy, slot, room, group, guess=100)


def count(picks: list[Pick], **wanted: object) -> int:
    return sum(p.count for p in picks if all(getattr(p, k) == v for k, v in wanted.items()))


def test_needs_are_what_each_slot_lacks_times_the_surplus() -> None:
    targets = Targets(per_cell=5, topics={}, surplus=2)
    found = needs(coverage([make_example()], targets), targets)
    assert found[Slot(Topic.OWNERSHIP, Difficulty.DEBUTANT, Category.DEBUG)] == 2
    assert found[FULL] == 4
    assert found[Slot(Topic.ASYNC, Difficulty.AVANCE, Category.EXERCISES)] == 2
    assert sum(found.values()) == 2 * (45 * 5 - 1)


@pytest.mark.parametrize("more", [1, 2, 3])
def test_more_comes_on_top_of_what_each_cell_lacks(more: int) -> None:
    met = Targets(per_cell=1, topics={}, categories={Category.DEBUG: 1}, surplus=1)
    before = coverage([make_example()], met)
    full, lacking = (Cell(Topic.OWNERSHIP, Difficulty(d)) for d in ("debutant", "avance"))
    found = needs(before, met, more)
    wanted = {cell: sum(n for s, n in found.items() if s[:2] == cell) for cell in (full, lacking)}
    assert wanted == {full: more, lacking: 1 + more}
    assert needs(before, met) == {s: n for s, n in before.lacking.items() if n}


def test_more_goes_to_the_slots_of_its_cell_that_have_room() -> None:
    """As far as there are any: what no slot of a cell has room for stays where it was."""
    met = Targets(per_cell=0, topics={}, surplus=1)
    before, share = coverage([], met), met.divide(3)
    assert share == {Category.DEBUG: 1, Category.CONCEPTS: 1, Category.EXERCISES: 1}
    room = dict.fromkeys(before.lacking, 9)
    debug, concepts, exercises = (Slot(*FULL.cell, category) for category in share)
    room |= {debug: 0, concepts: 2, exercises: 0}
    nowhere = [Slot(*OTHER.cell, category) for category in share]
    room |= dict.fromkeys(nowhere, 0)
    found = needs(before, met, 3, room)
    assert sum(found.values()) == sum(needs(before, met, 3).values())
    assert {s: n for s, n in found.items() if s.cell == FULL.cell} == {concepts: 2, exercises: 1}
    assert [found[slot] for slot in nowhere] == [1, 1, 1]


def test_what_lacks_keeps_its_room_before_more_comes() -> None:
    met = Targets(per_cell=1, topics={}, categories={Category.DEBUG: 1}, surplus=1)
    before = coverage([], met)
    room = dict.fromkeys(before.lacking, 0) | {s: 1 for s, n in before.lacking.items() if n}
    found = needs(before, met, 1, room)
    assert found[FULL] == 2 and sum(found.values()) == 2 * len(before.cells)


@pytest.mark.parametrize("per_cell", range(12))
def test_a_cell_is_split_by_the_shares_of_its_categories(per_cell: int) -> None:
    split = Targets(per_cell=per_cell).split(Topic.TRAITS, Difficulty.DEBUTANT)
    assert sum(split.values()) == per_cell
    for category, share in Targets().categories.items():
        assert math.floor(share * per_cell + 1e-9) <= split[category]
        assert split[category] <= math.ceil(share * per_cell - 1e-9)


def test_what_lacks_most_comes_first() -> None:
    wanted = {FULL: 4.0, OTHER: 4.0}
    planner = Planner(wanted, Yields(), explore=0)
    picks = planner.picks({FULL: 1.0, OTHER: 4.0}, [offer(FULL), offer(OTHER)], 3, seed=1)
    assert [p.slot for p in picks] == [OTHER] * 3


def test_the_strategy_that_pays_gets_the_requests() -> None:
    yields = Yields()
    yields.count("good", str(FULL.cell), (20, 18, 20 * 100))
    yields.count("bad", str(FULL.cell), (20, 1, 20 * 100))
    offers = [offer(FULL, "bad"), offer(FULL, "good")]
    picks = Planner({FULL: 9.0}, yields, explore=0).picks({FULL: 9.0}, offers, 8, seed=1)
    assert count(picks, strategy="good") == 8


def test_a_cheap_strategy_wins_over_an_equally_good_dear_one() -> None:
    yields = Yields()
    yields.count("dear", str(FULL.cell), (10, 5, 10 * 900))
    yields.count("cheap", str(FULL.cell), (10, 5, 0))
    offers = [offer(FULL, "dear"), offer(FULL, "cheap", room=2)]
    picks = Planner({FULL: 9.0}, yields, explore=0).picks({FULL: 9.0}, offers, 5, seed=1)
    assert (count(picks, strategy="cheap"), count(picks, strategy="dear")) == (2, 3)


def test_exploration_gives_a_bad_strategy_its_share() -> None:
    yields = Yields()
    yields.count("bad", str(FULL.cell), (100, 0, 0))
    yields.count("good", str(FULL.cell), (100, 99, 0))
    offers = [offer(FULL, "bad", 10_000), offer(FULL, "good", 10_000)]
    picks = Planner({FULL: 9999.0}, yields, 0.2).picks({FULL: 9999.0}, offers, 1000, seed=1)
    assert 60 <= count(picks, strategy="bad") <= 140  # half of a fifth: both cost the same
    yields.count("bad", str(FULL.cell), (0, 0, 100 * 9 * OVERHEAD))
    picks = Planner({FULL: 9999.0}, yields, 0.2).picks({FULL: 9999.0}, offers, 1000, seed=1)
    assert 5 <= count(picks, strategy="bad") <= 40  # a tenth as many when it costs ten times more


def test_no_more_than_is_expected_to_be_needed() -> None:
    yields = Yields()
    yields.count("sure", str(FULL.cell), (1000, 1000, 0))
    picks = Planner({FULL: 3.0}, yields, 0).picks({FULL: 3.0}, [offer(FULL, "sure")], 50, 1)
    assert count(picks) == 4  # the rate is just under 1


def test_neighbours_share_a_prompt() -> None:
    picks = Planner({FULL: 9.0}, Yields(), 0).picks({FULL: 9.0}, [offer(FULL, group=4)], 10, 1)
    assert [p.count for p in picks] == [4, 4, 2]


def test_what_is_unknown_is_tried_first_and_once() -> None:
    yields = Yields()
    yields.count("known", str(FULL.cell), (10, 9, 0))
    offers = [offer(FULL, "known"), offer(OTHER, "new", group=3)]
    picks = Planner({FULL: 9.0, OTHER: 9.0}, yields, 0).picks(
        {FULL: 9.0, OTHER: 9.0}, offers, 10, seed=1
    )
    assert picks[0] == Pick("new", OTHER, 3)
    assert count(picks, strategy="new") == 3


def spread(size: int, topics: int, yields: Yields) -> list[Pick]:
    """The picks of a batch of `size` where each slot of the first topics lacks two."""
    missing = list(taxonomy().topics)[:topics]
    wanted = {slot: 3.0 for slot in taxonomy().slots if slot.topic in missing}
    chosen = AugmentRecipe.model_validate({"stop": {"candidates": size}})
    group = prompt_size(wanted, chosen)
    offers = [offer(s, name, group=g) for s in wanted for name, g in (("m", 1), ("f", group))]
    planner, left, picks = Planner(wanted, yields, explore=0), dict(wanted), list[Pick]()
    while (room := size - count(picks)) > 0:
        made = planner.picks(left, offers, min(16, room), seed=len(picks))
        for pick in made:
            left[pick.slot] -= pick.count * yields.rate(pick.strategy, pick.slot.cell)
        picks += made
    return picks


@pytest.mark.parametrize("size", [12, 32, 100])
def test_a_small_batch_spreads_over_all_topics_that_lack_something(size: int) -> None:
    yields = Yields()
    yields.count("m", "elsewhere", (20, 10, 0))
    yields.count("f", "elsewhere", (20, 8, 20 * 60))
    picks = spread(size, 12, yields)
    topics = [count([p for p in picks if p.slot.topic == t]) for t in list(taxonomy().topics)[:12]]
    assert sum(topics) == size
    assert min(topics) >= size // 12 - 1 and max(topics) <= size // 12 + 4
    assert min(topics) >= 1


def test_within_a_topic_a_small_batch_spreads_over_the_difficulties() -> None:
    yields = Yields()
    yields.count("m", "elsewhere", (20, 10, 0))
    yields.count("f", "elsewhere", (20, 2, 20 * 60))
    picks = spread(9, 1, yields)
    assert {count([p for p in picks if p.slot.difficulty == d]) for d in Difficulty} == {3}


def test_of_equal_shares_the_topic_that_lacks_most_comes_first() -> None:
    wanted = {FULL: 2.0, OTHER: 8.0}
    [pick] = Planner(wanted, Yields(), 0).picks(wanted, [offer(FULL), offer(OTHER)], 1, seed=1)
    assert pick.slot == OTHER


def test_a_prompt_serves_fewer_candidates_in_a_batch_that_is_small_for_its_topics() -> None:
    wanted = dict.fromkeys(taxonomy().slots, 3.0)  # 15 topics
    sizes = {8: 1, 32: 2, 45: 3, 600: 4}
    for size, group in sizes.items():
        chosen = AugmentRecipe.model_validate({"stop": {"candidates": size}})
        assert prompt_size(wanted, chosen) == group


FEW = taxonomy().slots[:6]
offers_given = st.lists(
    st.builds(offer, st.sampled_from(FEW), st.sampled_from("abc"), st.integers(0, 5)),
    unique_by=lambda o: (o.strategy, o.slot),
)


@given(offers_given, st.integers(0, 40), st.integers(0, 9), st.floats(0, 1))
def test_picks_keep_to_room_and_size_and_repeat(
    offers: list[Offer], size: int, seed: int, explore: float
) -> None:
    wanted = dict.fromkeys(FEW, 2.0)
    planner = Planner(wanted, Yields(), explore)
    picks = planner.picks(wanted, offers, size, seed)
    assert picks == planner.picks(wanted, offers, size, seed)
    assert count(picks) <= size
    for one in offers:
        assert count(picks, strategy=one.strategy, slot=one.slot) <= one.room


def test_candidates_not_yet_judged_count_by_their_expected_yield() -> None:
    waiting = make_example()
    slot = waiting.slot
    left = remaining({slot: 3.0, FULL: 1.0}, [make_example()], [waiting], Yields())
    assert left == {slot: pytest.approx(1.5), FULL: 1.0}
    assert remaining({slot: 1.0}, [make_example()], [], Yields()) == {}


def test_a_rate_is_drawn_towards_that_of_the_strategy() -> None:
    yields, here = Yields(), Cell(Topic.TRAITS, Difficulty.DEBUTANT)
    assert yields.rate("new", here) == 0.5
    yields.count("s", "elsewhere", (98, 49, 0))
    yields.count("s", str(here), (4, 4, 0))
    prior = 54 / 104
    assert yields.rate("s", here) == pytest.approx((4 + 4 * prior) / 8)
    assert yields.price("s", guess=7) == OVERHEAD
    assert yields.price("new", guess=7) == OVERHEAD + 7


def test_yields_are_told_and_recalled() -> None:
    told, recalled = Yields(), Yields()
    told.count("s", "traits/avance", (4, 1, 90))
    told.count("s", "traits/avance", (1, 1, 10))
    recalled.recall(told.document())
    assert told.document() == {"s": {"traits/avance": [5, 2, 100]}} == recalled.document()


def test_why_a_batch_stops() -> None:
    stop = StopSettings(candidates=100, min_yield=0.5, window=4)
    good = make_example()
    bad = good.judged([_failing()])
    assert reason_to_stop(stop, {}, [], 0) == "targets_met"
    assert reason_to_stop(stop, {FULL: 1}, [], 100) == "candidates"
    assert reason_to_stop(stop, {FULL: 1}, [bad] * 3, 3) is None
    assert reason_to_stop(stop, {FULL: 1}, [bad, bad, bad, good], 4) == "low_yield"
    assert reason_to_stop(stop, {FULL: 1}, [bad, bad, good, good], 4) is None


def _failing():  # type: ignore[no-untyped-def]
    from curator.filters.base import failing

    return failing("rust", "does_not_compile", "no")
