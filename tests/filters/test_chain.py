"""A chain keeps what going through the examples one by one keeps, and remembers nothing else."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.filters import run
from curator.filters.banned import BannedSettings
from curator.filters.base import Filter, FilterSettings, Reasons, passing
from curator.filters.duplicates import DuplicateSettings
from curator.filters.near_duplicates import NearDuplicateSettings
from curator.filters.registry import DEFAULT_FILTERS, make_filters
from curator.filters.run import run_filters, stream_filters
from curator.records.example import Example, Origin, Verdict
from tests.conftest import ANSWER, first_49, make_example
from tests.filters.test_near_duplicates import version
from tests.filters.test_stream import CHAIN, KNOWN, altered, judges

ORDERS = st.permutations(CHAIN).map(tuple)


def line_of_versions(base: int) -> list[Example]:
    """An example, a correction of it, and a correction of that, which resembles both."""
    first = altered(base, "same")
    made = [first]
    for number in range(2):
        text = make_example(f"{first.question} Bis {number}.", f"{first.answer}\nMot {number}.")
        made.append(version(text, made[-1], Origin.CORRECTED))
    return made


WAYS = ["same", "near", "question", "short", "banned", "shapeless", "once", "twice"]


def one_of(base: int, way: str) -> Example:
    """One of a few examples and of their versions."""
    if way in ("once", "twice"):
        return line_of_versions(base)[1 + (way == "twice")]
    return altered(base, way)


FILES = st.lists(st.builds(one_of, st.integers(2, 5), st.sampled_from(WAYS)), max_size=12)


def one_by_one(
    examples: Iterable[Example], chain: Sequence[FilterSettings], judge: str
) -> list[Example]:
    """The rule itself: keep an example if every filter passes it, beside those kept before it."""
    kept, judged = list(KNOWN), list[Example]()
    for example in examples:
        verdicts: list[Verdict] = []
        for one in make_filters(chain, kept):
            verdicts += one.judge([example])
            if judge == "first" and not verdicts[-1].passed:
                break
        judged.append(example.judged(verdicts))
        if judged[-1].rejection is None:
            kept.append(example)
    return judged


def by_id(examples: Iterable[Example]) -> list[Example]:
    return sorted(examples, key=lambda e: (e.id, repr(e.verdicts)))


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(FILES, ORDERS, judges, st.integers(1, 7), st.integers(1, 7))
def test_the_verdicts_are_those_of_one_by_one(
    examples: list[Example],
    chain: tuple[FilterSettings, ...],
    judge: Literal["first", "all"],
    window: int,
    chunk: int,
) -> None:
    expected = one_by_one(examples, chain, judge)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "WINDOW", window)
        patch.setattr(run, "CHUNK", chunk)
        whole = run_filters(examples, make_filters(chain, KNOWN), judge=judge)
        streamed = list(stream_filters(iter(examples), make_filters(chain, KNOWN), judge=judge))
    assert whole.accepted == [e for e in expected if e.rejection is None]
    assert by_id(whole.rejected) == by_id(e for e in expected if e.rejection)
    assert streamed == [*whole.accepted, *whole.rejected]


WRONG = ANSWER.replace("texte.len()", "texte.longueur()")


@pytest.mark.slow
@pytest.mark.parametrize("judge", ["first", "all"])
def test_a_good_example_is_not_lost_to_a_bad_one(judge: Literal["first", "all"]) -> None:
    good = make_example(answer=ANSWER + "Un mot.")
    bad = make_example(answer=WRONG)
    outcome = run_filters([bad, good], make_filters(DEFAULT_FILTERS), judge=judge)
    assert [e.id for e in outcome.accepted] == [good.id]
    assert outcome.reasons() == {"rust.does_not_compile": 1}
    streamed = stream_filters([bad, good], make_filters(DEFAULT_FILTERS), judge=judge)
    assert list(streamed) == [*outcome.accepted, *outcome.rejected]
    again = run_filters([good, bad], make_filters(DEFAULT_FILTERS), judge=judge)
    assert [e.id for e in again.accepted] == [good.id]
    assert {r.partition(".")[0] for r in again.reasons()} == {"duplicates"}


def test_what_was_kept_is_known_to_the_next_run_of_the_same_filters() -> None:
    made = make_filters(CHAIN)
    first, near = altered(4, "same"), altered(4, "near")
    assert run_filters([altered(4, "banned")], made).dropped == 1
    assert run_filters([first], made).accepted
    assert run_filters([near], made).reasons() == {"near_duplicates.near_prose": 1}


def test_what_one_may_resemble_is_named_and_nothing_need_be_remembered() -> None:
    parent, others = first_49()[7], first_49()[:7]
    changed = [make_example(parent.question, f"{parent.answer}\nFin {n}.") for n in range(2)]
    chain = (DuplicateSettings(), NearDuplicateSettings())

    def judged(made: Sequence[Filter], **how: object) -> list[str]:
        outcome = run_filters(changed, made, **how)  # type: ignore[arg-type]
        return [e.verdicts[-1].detail for e in outcome.rejected]

    made = make_filters(chain, [*others, parent])
    assert judged(made, remember=False) == [f"same question as {parent.id}"] * 2
    own = {"without": lambda example: {parent.id}, "remember": False}
    assert judged(made, **own) == []
    assert judged(made, **own) == []
    assert judged(make_filters(chain[1:], [parent]), **own) == []
    again = make_filters(chain, [*others, parent])
    assert judged(again, without=lambda e: {parent.id}) == [f"same question as {changed[0].id}"]


class Counting(Filter):
    """Pass all, and keep what it was asked."""

    name = "counting"
    reasons: ClassVar[Reasons] = {}

    def __init__(self) -> None:
        super().__init__(FilterSettings(name="counting"))
        self.asked: list[list[str]] = []

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        self.asked.append([e.id for e in examples])
        return [passing(self.name) for _ in examples]


def test_the_dear_filter_gets_many_at_a_time_and_no_copy_of_what_is_kept() -> None:
    dear = Counting()
    banned = BannedSettings(phrases=("as an AI",))
    chain = [*make_filters((banned, DuplicateSettings(), NearDuplicateSettings())), dear]
    fresh = [altered(n, "same") for n in range(9)]
    copies = [altered(n, "near") for n in range(9)]
    banned_ones = [altered(n, "banned") for n in range(9)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "CHUNK", 9)
        outcome = run_filters([*fresh, *banned_ones, *copies], chain)
    assert outcome.kept == 9
    assert dear.asked == [[e.id for e in fresh]]


def test_the_dear_filter_is_asked_again_where_an_earlier_version_was_undecided() -> None:
    dear = Counting()
    versions = line_of_versions(3)
    outcome = run_filters(versions[1:], [*make_filters(CHAIN[4:], versions[:1]), dear])
    assert outcome.kept == 2
    assert dear.asked == [[versions[1].id], [versions[2].id]]
