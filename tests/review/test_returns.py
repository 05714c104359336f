"""Disputes are for those who took no part, and what decides nothing comes back to who said it."""

from typing import Any

import pytest

from curator.base import store
from curator.base.errors import ArgillaError
from curator.french import review as wording
from curator.records.example import Example, Verdict
from curator.records.targets import Targets
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.decisions.duties import Duty
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import read_state
from curator.review.decisions.status import Status, status
from tests.review.conftest import Desk


def dispute(desk: Desk, example: Example, *parties: str) -> None:
    """Push, let people see an example differently, and send the dispute out."""
    desk.push()
    for number, name in enumerate(parties):
        said: dict[str, Any] = {"reason": "faux"} if number % 2 else {}
        desk.say(name, example.id, "rejeter" if number % 2 else "accepter", **said)
    desk.pull()
    desk.push(returns_only=True)


def found(desk: Desk) -> Status:
    specs = [make(desk.project, desk.recipe) for make in (review_dataset, adjudication_dataset)]
    fetched = [desk.server.fetch(spec) for spec in specs]
    return status(read_state(desk.project, desk.recipe), Targets(), fetched)


def form(desk: Desk, record: str, name: str, dataset: str = "revue") -> Any:
    return desk.server.answers[dataset][record, name]


def test_a_dispute_names_its_parties_and_is_out_of_their_queue(
    desk: Desk, candidates: list[Example]
) -> None:
    one = candidates[0]
    dispute(desk, one, "anna", "benoit")
    assert desk.server.cards["arbitrage"][one.id].metadata["parties"] == ["anna", "benoit"]
    shown = str({**desk.server.cards["arbitrage"][one.id].fields})
    assert "anna" not in shown and "benoit" not in shown
    assert form(desk, one.id, "anna", "arbitrage").status == "discarded"
    duties = found(desk).duties
    assert [(d.name, d.settle) for d in duties.people] == [
        ("anna", 0), ("benoit", 0), ("chloe", 1),
    ]  # fmt: skip
    assert (duties.stuck, duties.unsent) == ([], [])
    counts = {a.name: (a.discarded, a.pending) for a in found(desk).annotators}
    assert counts == {"anna": (0, 2), "benoit": (0, 2), "chloe": (0, 3)}


def test_a_party_who_settles_all_the_same_closes_it_for_nobody(
    desk: Desk, candidates: list[Example]
) -> None:
    one = candidates[0]
    dispute(desk, one, "anna", "benoit")
    desk.say("anna", one.id, "accepter", "arbitrage")
    spec = adjudication_dataset(desk.project, desk.recipe)
    assert desk.server.fetch(spec).records == {one.id: True}
    done = desk.pull()
    assert [str(r) for r in done.returned] == [
        f"arbitrage, record {one.id}, anna: sent back, it is of a party to the dispute"
    ]
    assert desk.server.fetch(spec).records == {one.id: False}
    assert desk.settled(one.id).status is ReviewStatus.DISPUTED
    assert desk.pull().returned == []  # only once
    desk.say("chloe", one.id, "accepter", "arbitrage")
    assert desk.pull().returned == []
    assert desk.settled(one.id).status is ReviewStatus.ACCEPTED


def test_a_dispute_that_everybody_has_a_part_in_is_said_to_be_stuck(
    desk: Desk, candidates: list[Example]
) -> None:
    one = candidates[0]
    desk.server.annotators = ("anna", "benoit")
    dispute(desk, one, "anna", "benoit")
    assert desk.push().stuck == [one.id]
    assert found(desk).duties.stuck == [one.id]
    desk.server.annotators = ("anna", "benoit", "denis")
    assert (desk.push().stuck, found(desk).duties.people[-1].settle) == ([], 1)


def test_who_becomes_a_party_later_is_kept_out_then_and_who_is_none_let_in(
    desk: Desk, candidates: list[Example]
) -> None:
    one = candidates[0]
    dispute(desk, one, "anna", "benoit")
    desk.say("anna", one.id, "accepter", status="draft")  # takes it back
    desk.say("chloe", one.id, "accepter")
    desk.pull()
    assert desk.push().sent == {"revue": 0, "arbitrage": 1}
    assert desk.server.cards["arbitrage"][one.id].metadata["parties"] == ["benoit", "chloe"]
    assert (one.id, "anna") not in desk.server.answers["arbitrage"]
    assert [(d.name, d.settle) for d in found(desk).duties.people] == [
        ("anna", 1), ("benoit", 0), ("chloe", 0),
    ]  # fmt: skip
    assert desk.push().sent == {"revue": 0, "arbitrage": 0}


def test_disputes_that_no_push_has_sent_are_told(desk: Desk, candidates: list[Example]) -> None:
    desk.push()
    desk.say("anna", candidates[0].id, "accepter")
    desk.say("benoit", candidates[0].id, "rejeter", reason="faux")
    desk.pull()
    assert found(desk).duties.unsent == [candidates[0].id]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"decision": "corriger"}, "unchanged"),
        ({"decision": "corriger", "comment": "Voir la ligne 3."}, "unchanged"),
        ({"decision": "rejeter"}, "no_reason"),
        ({"decision": "rejeter", "reason": ""}, "no_reason"),
        ({"decision": "peut-être"}, "unreadable"),
    ],
)
def test_what_decides_nothing_comes_back_with_a_note(
    desk: Desk, candidates: list[Example], said: dict[str, Any], why: str
) -> None:
    desk.push()
    one = candidates[0].id
    desk.say("anna", one, **said)
    desk.say("benoit", one, "accepter")
    done = desk.pull()
    assert ([r.why for r in done.returned], len(done.reviews)) == ([why], 1)
    back = form(desk, one, "anna")
    assert back.status == "draft"
    note, *own = back.values["comment"].split("\n")
    assert note.startswith("⟲ Renvoyé : ")
    assert own == ([said["comment"]] if "comment" in said else [])
    assert found(desk).duties.people[0] == Duty("anna", 3, 0, 1)
    assert desk.pull().returned == []  # only once, until it is answered again
    desk.say("anna", one, "rejeter", reason="faux", comment=back.values["comment"])
    (review,) = desk.pull().reviews
    assert review.comment == said.get("comment")
    assert found(desk).duties.people[0].mend == 0


@pytest.mark.slow
def test_an_answer_that_was_valid_before_is_withdrawn_when_it_comes_back(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one = candidates[0].id
    desk.say("anna", one, "accepter")
    desk.pull()
    desk.say("anna", one, "rejeter")
    assert [r.why for r in desk.pull().returned] == ["no_reason"]
    assert [r.withdrawn for r in desk.pull().reviews] == [True]


def test_a_changed_label_is_a_correction(desk: Desk, candidates: list[Example]) -> None:
    desk.push()
    desk.say("anna", candidates[0].id, "corriger", topic="borrowing")
    done = desk.pull()
    assert (len(done.reviews), done.returned) == (1, [])


def test_an_adjudicator_who_decides_nothing_gets_it_back(
    desk: Desk, candidates: list[Example]
) -> None:
    one = candidates[0]
    dispute(desk, one, "anna", "benoit")
    desk.say("chloe", one.id, "corriger", "arbitrage")
    assert [r.why for r in desk.pull().returned] == ["unchanged"]
    spec = adjudication_dataset(desk.project, desk.recipe)
    assert desk.server.fetch(spec).records == {one.id: False}
    assert found(desk).duties.people[-1] == Duty("chloe", 2, 1, 1)


def test_a_text_that_the_filters_reject_comes_back_to_those_who_keep_it(desk: Desk) -> None:
    """Nobody would be shown it again: it is answered twice, and still no better."""
    fault = Verdict(filter="length", passed=False, reason="too_short", detail="")
    broken = read_state(desk.project, desk.recipe).examples
    one = next(iter(broken.values())).model_copy(update={"verdicts": (fault,), "signals": {}})
    batch = desk.project.root / "raw/generated" / "augment-s0001-12345678"
    store.write_atomic(batch / "accepted.jsonl", [one])
    desk.push()
    for name in ("anna", "benoit"):
        desk.say(name, one.id, "accepter")
    done = desk.pull()
    assert [(r.answer.annotator, r.why) for r in done.returned] == [
        ("anna", "filters"), ("benoit", "filters"),
    ]  # fmt: skip
    spec = review_dataset(desk.project, desk.recipe)
    assert desk.server.fetch(spec).records == {one.id: False}
    desk.say("anna", one.id, "rejeter", reason="faux")
    desk.say("benoit", one.id, "rejeter", reason="faux")
    assert desk.pull().returned == []
    assert desk.settled(one.id).status is ReviewStatus.REJECTED


def test_a_form_that_changed_meanwhile_stays_as_it_is(
    desk: Desk, candidates: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.push()
    one = candidates[0].id
    desk.say("anna", one, "rejeter")
    hand_back = desk.server.hand_back

    def too_late(spec: Any, forms: Any) -> int:
        desk.say("anna", one, "rejeter", reason="faux")
        return hand_back(spec, forms)

    monkeypatch.setattr(desk.server, "hand_back", too_late)
    desk.pull()
    assert form(desk, one, "anna").status == "submitted"
    assert len(desk.pull().reviews) == 1


def test_a_server_that_goes_away_before_the_return_loses_nothing(
    desk: Desk, candidates: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.push()
    desk.say("anna", candidates[0].id, "accepter")
    desk.say("anna", candidates[1].id, "rejeter")

    def away(*_: object) -> int:
        raise ArgillaError("gone", away=True)

    with monkeypatch.context() as patched:
        patched.setattr(desk.server, "hand_back", away)
        with pytest.raises(ArgillaError, match="gone"):
            desk.pull()
    done = desk.pull()
    assert (len(done.reviews), [r.why for r in done.returned]) == (0, ["no_reason"])
    assert len(read_state(desk.project, desk.recipe).reviews) == 1


def test_every_reason_has_words_for_the_annotator() -> None:
    from curator.review.returns import REASONS

    assert set(wording.RETURNS) | {"party"} == set(REASONS)
