"""The settling rule, by the letter of its description."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.records.example import Decision, Example, Origin, Provenance, Review, Verdict
from curator.review.decisions.settle import ReviewStatus, Settlement, settle
from curator.review.recipe import SettleSettings
from tests.review.conftest import RATED, START, candidate, review

ONE = candidate(1)
BETTER = candidate(2)


def correction(author: str = "anna", parent: Example = ONE, **changes: Any) -> Example:
    provenance = Provenance(
        origin=Origin.CORRECTED, created=START, toolkit="0", author=author, parents=(parent.id,)
    )
    return BETTER.model_copy(update={"provenance": provenance, **changes})


def settled(
    *reviews: Review, examples: tuple[Example, ...] = (ONE,), **rule: Any
) -> dict[str, Settlement]:
    known = {e.id: e for e in examples}
    return settle(known, reviews, SettleSettings(**rule))


def of_one(*decisions: str, **rule: Any) -> ReviewStatus:
    names = ("anna", "benoit", "chloe", "denis", "elsa")
    said = [review(n, d, ONE.id) for n, d in zip(names, decisions, strict=False)]
    return settled(*said, **rule)[ONE.id].status


@pytest.mark.parametrize(
    ("decisions", "rule", "standing"),
    [
        ((), {}, "pending"),
        (("accepter",), {}, "pending"),
        (("accepter",), {"min_reviews": 1}, "accepted"),
        (("accepter", "accepter"), {}, "accepted"),
        (("rejeter", "rejeter"), {}, "rejected"),
        (("accepter", "rejeter"), {}, "disputed"),
        (("accepter", "rejeter", "accepter"), {}, "accepted"),
        (("accepter", "rejeter", "accepter"), {"majority": 0.7}, "disputed"),
        (("accepter", "accepter", "rejeter", "rejeter"), {}, "disputed"),
        (("accepter", "accepter"), {"min_reviews": 3}, "pending"),
        (("corriger", "corriger"), {}, "disputed"),  # nobody wrote a text
    ],
)
def test_the_rule(decisions: tuple[str, ...], rule: dict[str, Any], standing: str) -> None:
    assert of_one(*decisions, **rule) == standing


def test_the_latest_word_counts_and_the_first_stays() -> None:
    first = review("anna", "accepter", ONE.id)
    changed = review("anna", "rejeter", ONE.id, time=START + timedelta(days=1))
    other = review("benoit", "rejeter", ONE.id)
    found = settled(first, other, changed)[ONE.id]
    assert found.status is ReviewStatus.REJECTED
    assert {r.id for r in found.reviews} == {other.id, changed.id}


def test_a_review_that_was_taken_back_does_not_count() -> None:
    first = review("anna", "accepter", ONE.id)
    gone = review("anna", "accepter", ONE.id, withdrawn=True, time=START + timedelta(days=1))
    assert settled(first, gone, review("benoit", "accepter", ONE.id))[ONE.id].status == "pending"


def test_a_third_person_decides_a_dispute_and_one_of_the_two_cannot() -> None:
    said = [review("anna", "accepter", ONE.id), review("benoit", "rejeter", ONE.id)]
    own = review("anna", "accepter", ONE.id, adjudication=True)
    assert settled(*said, own)[ONE.id].status is ReviewStatus.DISPUTED
    third = review("chloe", "rejeter", ONE.id, adjudication=True)
    found = settled(*said, own, third)[ONE.id]
    assert (found.status, found.reviews, found.adjudicated) == ("rejected", (third,), True)


def test_those_who_come_to_agree_need_no_third_person() -> None:
    said = [review("anna", "accepter", ONE.id), review("benoit", "rejeter", ONE.id)]
    third = review("chloe", "rejeter", ONE.id, adjudication=True)
    later = review("benoit", "accepter", ONE.id, time=START + timedelta(days=1))
    found = settled(*said, third, later)[ONE.id]
    assert (found.status, found.adjudicated) == ("accepted", False)


def test_labels_are_those_of_the_majority_and_a_label_alone_is_no_correction() -> None:
    said = [
        review("anna", "corriger", ONE.id, topic="borrowing"),
        review("benoit", "accepter", ONE.id, topic="borrowing", difficulty="debutant"),
    ]
    found = settled(*said)[ONE.id]
    assert found.status is ReviewStatus.ACCEPTED
    made = found.settled_example()
    assert str(made.cell) == "borrowing/debutant"
    assert {r.id for r in made.reviews} == {r.id for r in said}
    assert made.id == ONE.id


def test_a_correction_replaces_its_parent_and_its_author_accepts_it() -> None:
    child = correction()
    both = (ONE, child)
    alone = review("anna", "corriger", ONE.id, corrected=child.id)
    assert settled(alone, examples=both).keys() == {ONE.id}
    solo = settled(alone, examples=both, min_reviews=1)
    assert (solo[ONE.id].status, solo[child.id].status) == ("corrected", "accepted")
    agreed = [alone, review("benoit", "corriger", ONE.id, corrected=child.id)]
    found = settled(*agreed, examples=both)
    assert (found[ONE.id].child, found[child.id].status) == (child.id, "accepted")
    assert {r.annotator for r in found[child.id].reviews} == {"anna", "benoit"}


def test_a_correction_with_one_author_waits_for_another_person() -> None:
    child = correction()
    other = candidate(3).model_copy(update={"provenance": child.provenance})
    said = [
        review("anna", "corriger", ONE.id, corrected=child.id),
        review("benoit", "corriger", ONE.id, corrected=other.id),
    ]
    found = settled(*said, examples=(ONE, child, other))
    assert found[ONE.id].child == other.id  # of equally many, the latest
    assert found[other.id].status is ReviewStatus.PENDING
    assert child.id not in found
    more = review("chloe", "accepter", other.id)
    assert settled(*said, more, examples=(ONE, child, other))[other.id].status == "accepted"


def test_a_correction_that_fails_the_filters_is_never_accepted() -> None:
    fault = Verdict(filter="rust", passed=False, reason="does_not_compile", detail="E0382")
    child = correction(verdicts=(fault,))
    said = [review(n, "corriger", ONE.id, corrected=child.id) for n in ("anna", "benoit")]
    said += [review(n, "accepter", child.id) for n in ("anna", "benoit", "chloe")]
    assert settled(*said, examples=(ONE, child))[child.id].status is ReviewStatus.PENDING
    last = candidate(3).model_copy(update={"provenance": correction(parent=child).provenance})
    better = review("anna", "corriger", child.id, corrected=last.id, time=START + timedelta(1))
    found = settled(*said, better, examples=(ONE, child, last))
    assert (found[child.id].status, found[last.id].status) == ("corrected", "pending")


def test_an_adjudicator_may_correct_and_that_settles_it() -> None:
    child = correction(author="chloe")
    said = [review("anna", "accepter", ONE.id), review("benoit", "rejeter", ONE.id)]
    third = review("chloe", "corriger", ONE.id, corrected=child.id, adjudication=True)
    found = settled(*said, third, examples=(ONE, child))
    assert (found[ONE.id].status, found[child.id].status) == ("corrected", "accepted")
    assert found[child.id].reviews == (third,)


def test_a_correction_back_to_what_it_corrects_is_a_dispute_not_a_circle() -> None:
    child = correction()
    said = [review(n, "corriger", ONE.id, corrected=child.id) for n in ("anna", "benoit")]
    said += [review(n, "corriger", child.id, corrected=ONE.id) for n in ("anna", "benoit")]
    found = settled(*said, examples=(ONE, child))
    assert found[child.id].status is ReviewStatus.DISPUTED


def test_the_score_is_the_mean_of_those_who_decided() -> None:
    said = [
        review("anna", "accepter", ONE.id, ratings={**RATED, "exactitude": 5}),
        review("benoit", "accepter", ONE.id),
        review("chloe", "rejeter", ONE.id, ratings=dict.fromkeys(RATED, 1)),
    ]
    assert settled(*said)[ONE.id].score == pytest.approx(4.15)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["anna", "benoit", "chloe", "denis"]),
            st.sampled_from(list(Decision)),
            st.booleans(),
            st.booleans(),
            st.integers(0, 3),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_reviews_changes_nothing(said: list[Any], shuffled: Any) -> None:
    child = correction()
    made = {
        (name, adjudication, days): review(
            name,
            decision,
            ONE.id,
            adjudication=adjudication,
            withdrawn=withdrawn,
            corrected=child.id if decision is Decision.CORRECT else None,
            time=START + timedelta(days=days),
        )
        for name, decision, adjudication, withdrawn, days in said
    }
    before = settled(*made.values(), examples=(ONE, child))
    mixed = list(made.values())
    shuffled.shuffle(mixed)
    assert settled(*mixed, examples=(child, ONE)) == before
