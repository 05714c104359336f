"""The verdicts, order and counts of one process, whatever the workers do; no Ray."""

from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.cluster import distribute
from curator.cluster import verdicts as collecting
from curator.cluster.distribute import distribute_filters
from curator.filters.base import Filter, FilterSettings
from curator.filters.leakage import LeakageSettings
from curator.filters.registry import make_filters
from curator.filters.run import run_filters, stream_filters
from curator.records.example import Example, Verdict
from tests.filters.test_chain import FILES, ORDERS, by_id, one_by_one
from tests.filters.test_stream import CHAIN, KNOWN, altered, files, judges

CHAINS = (CHAIN, (CHAIN[3], CHAIN[0], CHAIN[4], CHAIN[1], CHAIN[2]), CHAIN[:3], CHAIN[3:])


class Lazy:
    """Workers that do a task only when its result is asked for."""

    def __init__(self, slots: int):
        self.slots = slots
        self.waiting = self.most = 0
        self.prepared: list[str] = []

    def prepare(self, wanted: Sequence[Filter]) -> None:
        self.prepared = [f.name for f in wanted]

    def submit(
        self, wanted: Sequence[Filter], examples: Sequence[Example], drop: bool
    ) -> tuple[Sequence[Filter], Sequence[Example], bool]:
        assert [f.name for f in wanted if f.name not in self.prepared] == []
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        return wanted, examples, drop

    def result(self, task: tuple[Sequence[Filter], Sequence[Example], bool]) -> list[list[Verdict]]:
        self.waiting -= 1
        return collecting.collect_verdicts(*task)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(files, judges, st.sampled_from(CHAINS), st.integers(1, 7), st.integers(1, 5))
def test_spread_is_judged_as_the_whole_is(
    examples: list[Example],
    judge: Literal["first", "all"],
    chain: tuple[FilterSettings, ...],
    window: int,
    slots: int,
) -> None:
    whole = run_filters(examples, make_filters(chain, KNOWN), judge=judge)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distribute, "WINDOW", window)
        patch.setattr(distribute, "CHUNK", 2)
        patch.setattr(collecting, "CHUNK", 2)
        made = make_filters(chain, iter(KNOWN))
        found = list(distribute_filters(Lazy(slots), iter(examples), made, judge=judge))
    assert found == [*whole.accepted, *whole.rejected]


@pytest.mark.parametrize("judge", ["first", "all"])
def test_the_progress_reaches_its_total(judge: Literal["first", "all"]) -> None:
    examples = [altered(n, way) for n in range(5) for way in ("same", "short", "near")]
    last: dict[str, tuple[int, int]] = {}

    def report(name: str, done: int, total: int) -> None:
        assert done <= total
        last[name] = done, total

    made = make_filters(CHAIN)
    list(distribute_filters(Lazy(2), examples, made, report, judge, len(examples)))
    streamed: dict[str, tuple[int, int]] = {}
    made = make_filters(CHAIN)
    list(
        stream_filters(
            examples,
            made,
            lambda name, done, total: streamed.update({name: (done, total)}),
            judge,
            len(examples),
        )
    )
    assert last == streamed


def test_workers_have_a_bounded_number_of_tasks() -> None:
    pool = Lazy(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distribute, "WINDOW", 8)
        patch.setattr(distribute, "CHUNK", 4)
        examples = [altered(0, "same")] * 400
        made = make_filters(CHAIN[:3])
        assert len(list(distribute_filters(pool, examples, made))) == 400
    assert pool.most <= 8  # 2 a slot, and those of one window


def test_what_judges_alone_is_known_by_what_it_cannot_do() -> None:
    made = make_filters([*CHAIN, LeakageSettings()])
    pool = Lazy(1)
    list(distribute_filters(pool, [], made))
    assert pool.prepared == ["structure", "length", "banned", "leakage"]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(FILES, ORDERS, judges, st.integers(1, 7), st.integers(1, 5))
def test_the_verdicts_are_those_of_one_by_one(
    examples: list[Example],
    chain: tuple[FilterSettings, ...],
    judge: Literal["first", "all"],
    window: int,
    slots: int,
) -> None:
    expected = one_by_one(examples, chain, judge)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distribute, "WINDOW", window)
        patch.setattr(distribute, "CHUNK", 3)
        made = make_filters(chain, KNOWN)
        found = list(distribute_filters(Lazy(slots), iter(examples), made, judge=judge))
    assert [e for e in found if not e.rejection] == [e for e in expected if not e.rejection]
    assert by_id(found) == by_id(expected)


def test_a_good_example_is_not_lost_to_a_bad_one() -> None:
    bad, good = altered(4, "banned"), altered(4, "near")
    chain = (CHAIN[3], CHAIN[4], CHAIN[2])  # what compares comes before what rejects
    for judge in ("first", "all"):
        found = list(distribute_filters(Lazy(2), [bad, good], make_filters(chain), judge=judge))
        assert [e.id for e in found] == [good.id, bad.id]
        assert found[0].rejection is None
