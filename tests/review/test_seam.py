"""What docs/review-page.md asks of a page where people review: the same of the one in memory and of
the real Argilla. Another page is one when it passes here.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from curator.base.errors import ArgillaError
from curator.records.example import Example
from curator.records.project import Project
from curator.records.targets import Targets
from curator.review import session
from curator.review.argilla import fields
from curator.review.argilla.base import Card, DatasetSpec, HandBack, Server
from curator.review.argilla.fake import FakeServer
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.cards.card import Neighbours, ReviewItem, cards
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import read_state
from curator.review.decisions.status import status
from curator.review.recipe import ReviewRecipe
from tests.conftest import make_example
from tests.review.conftest import START, Desk, candidate
from tests.review.office import RATED, Office

PEOPLE = ("anna", "benoit", "chloe")


@dataclass
class Page:
    """A server behind the seam, and its people at work."""

    server: Server
    spec: DatasetSpec
    say: Callable[..., None]
    name: Callable[[str], str]


def in_memory(spec: DatasetSpec) -> Page:
    server, clock = FakeServer(PEOPLE), [START]

    def say(name: str, record: str, decision: str, **values: Any) -> None:
        clock[0] += timedelta(seconds=40)
        server.answer(spec.name, record, name, clock[0], decision=decision, **RATED, **values)

    return Page(server, spec, say, lambda name: name)


def real(spec: DatasetSpec, office: Office) -> Page:
    def say(name: str, record: str, decision: str, **values: Any) -> None:
        office.say(name, spec.name, record, decision, **values)

    spec = replace(spec, workspace=office.workspace)
    return Page(ArgillaServer(office.access), spec, say, office.user)


@pytest.fixture(params=["memory", pytest.param("argilla", marks=pytest.mark.slow)])
def page(
    request: pytest.FixtureRequest, reviewed: Project, recipe_with: Callable[..., ReviewRecipe]
) -> Iterator[Page]:
    spec = review_dataset(reviewed, recipe_with())
    if request.param == "memory":
        yield in_memory(spec)
    else:
        yield real(spec, request.getfixturevalue("office"))


@pytest.fixture
def sent(candidates: list[Example]) -> list[Card]:
    items = [ReviewItem(e) for e in candidates]
    return cards(items, Neighbours.of([make_example()], "words"))


def test_what_was_sent_is_there_once(page: Page, sent: list[Card]) -> None:
    assert page.server.fetch(page.spec).records == {}
    assert page.server.open(page.spec) == set()
    page.server.send(page.spec, sent[:2])
    page.server.send(page.spec, sent[1:])
    assert page.server.open(page.spec) == {c.id for c in sent}
    content = page.server.fetch(page.spec)
    assert content.records == {c.id: False for c in sent}
    assert content.answers == ()
    assert set(content.annotators) == {page.name(n) for n in PEOPLE}


def test_answers_come_back_as_they_were_given_and_complete_a_record(
    page: Page, sent: list[Card]
) -> None:
    one, two = sent[0].id, sent[1].id
    page.server.open(page.spec)
    page.server.send(page.spec, sent)
    page.say("anna", one, "accepter")
    page.say("benoit", one, "rejeter", reason="faux", comment="Non, à « refaire ».")
    page.say("anna", two, "accepter")
    content = page.server.fetch(page.spec)
    assert content.records == {one: True, two: False, sent[2].id: False}
    said = content.of(one)
    assert set(said) == {page.name("anna"), page.name("benoit")}
    answer = said[page.name("benoit")]
    assert (answer.record, answer.status) == (one, "submitted")
    assert (answer.values["decision"], answer.values["naturel"]) == ("rejeter", 4)
    assert answer.values["comment"] == "Non, à « refaire »."
    assert answer.time.tzinfo is not None
    page.server.send(page.spec, [replace(sent[0], fields={**sent[0].fields})])
    assert len(page.server.fetch(page.spec).of(one)) == 2  # answers stay
    page.say("anna", one, "rejeter", reason="autre")  # another mind, another time
    changed = page.server.fetch(page.spec).of(one)[page.name("anna")]
    assert changed.values["decision"] == "rejeter"
    assert changed.time > said[page.name("anna")].time


def test_marks_and_parties_come_back(page: Page, sent: list[Card]) -> None:
    page.server.open(page.spec)
    marked = {**sent[0].metadata, fields.PROJECT: "autre", fields.PARTIES: ["anna", "zoé"]}
    page.server.send(page.spec, [replace(sent[0], metadata=marked), *sent[1:]])
    content = page.server.fetch(page.spec)
    assert content.projects == {sent[0].id: "autre"}
    assert content.parties == {sent[0].id: frozenset({"anna", "zoé"})}
    other = replace(page.spec, project="mien")
    with pytest.raises(ArgillaError, match="records of another project, autre"):
        page.server.open(other)


def test_a_dataset_of_the_older_name_is_not_passed_over(page: Page, sent: list[Card]) -> None:
    page.server.open(page.spec)
    renamed = replace(page.spec, name="revue-projet", older=page.spec.name)
    for call in (page.server.open, page.server.fetch):
        with pytest.raises(ArgillaError, match="an older version's"):
            call(renamed)


def test_forms_go_back(page: Page, sent: list[Card]) -> None:
    one, two, three = (c.id for c in sent)
    page.server.open(page.spec)
    page.server.send(page.spec, sent)
    for record in (one, two):
        page.say("anna", record, "accepter")
        page.say("benoit", record, "accepter")
    content = page.server.fetch(page.spec)
    anna, benoit, chloe = (page.name(n) for n in PEOPLE)
    seen = {record: content.of(record)[anna] for record in (one, two)}
    noted = {**seen[one].values, "comment": "⟲ Renvoyé : à revoir."}
    forms = [
        HandBack(one, anna, "draft", noted, seen[one].time),
        HandBack(two, anna, "discarded", {}, seen[two].time),
        HandBack(three, chloe, "discarded"),
        HandBack(two, benoit, "draft", {}, seen[two].time - timedelta(hours=1)),  # changed since
        HandBack(three, "personne", "draft"),
        HandBack("0" * 16, anna, "draft"),
    ]
    assert page.server.hand_back(page.spec, forms) == 3
    after = page.server.fetch(page.spec)
    assert after.records == {one: False, two: False, three: False}
    assert after.of(one)[anna].status == "draft"
    assert after.of(one)[anna].values["comment"] == "⟲ Renvoyé : à revoir."
    assert after.of(one)[anna].values["decision"] == "accepter"
    assert after.of(two)[anna].status == "discarded"
    assert after.of(two)[benoit].status == "submitted"
    assert after.of(three)[chloe].status == "discarded"
    assert after.of(one)[anna].time > seen[one].time
    gone = HandBack(three, chloe, "pending", seen=after.of(three)[chloe].time)
    assert page.server.hand_back(page.spec, [gone]) == 1
    assert page.server.fetch(page.spec).of(three) == {}
    page.say("chloe", three, "accepter")
    page.say("anna", one, "accepter")
    assert page.server.fetch(page.spec).records[one] is True


def test_a_larger_overlap_opens_what_was_complete(page: Page, sent: list[Card]) -> None:
    one = sent[0].id
    page.server.open(page.spec)
    page.server.send(page.spec, sent)
    for name in ("anna", "benoit"):
        page.say(name, one, "accepter")
    assert page.server.fetch(page.spec).records[one] is True
    page.server.open(replace(page.spec, overlap=3))
    deadline = time.monotonic() + 60  # Argilla's job takes a moment
    while page.server.fetch(page.spec).records[one] and time.monotonic() < deadline:
        time.sleep(0.3)
    assert page.server.fetch(page.spec).records[one] is False
    page.say("chloe", one, "accepter")
    assert page.server.fetch(page.spec).records[one] is True


def test_nothing_goes_back_where_there_is_no_dataset(page: Page) -> None:
    assert page.server.hand_back(page.spec, [HandBack("0" * 16, "anna", "draft")]) == 0


@pytest.mark.slow
def test_the_whole_loop_needs_nothing_but_the_seam(
    desk: Desk, candidates: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Push, pull, settle and status, with Argilla's packages and HTTP out of reach."""
    for package in ("argilla", "httpx", "requests"):
        monkeypatch.setitem(sys.modules, package, None)
    one, two, three = (e.id for e in candidates)
    assert desk.push().sent == {"revue": 3}
    for name in ("anna", "benoit"):
        desk.say(name, one, "accepter")
    better = candidates[1].answer.replace("qui peut encore", "qui pourra toujours")
    for name in ("anna", "chloe"):
        desk.say(name, two, "corriger", corrected_answer=better)
    desk.say("anna", three, "accepter")
    desk.say("benoit", three, "rejeter", reason="faux")
    given = desk.project, desk.recipe, desk.server
    exchanged = session.exchange(*given, returns_only=True)
    assert (len(exchanged.pulled.reviews), exchanged.pushed.sent["arbitrage"]) == (6, 1)
    desk.say("chloe", three, "rejeter", "arbitrage", reason="faux")
    session.exchange(*given, returns_only=True)
    settled = read_state(desk.project, desk.recipe).settlements
    assert [settled[e].status for e in (one, two, three)] == [
        ReviewStatus.ACCEPTED, ReviewStatus.CORRECTED, ReviewStatus.REJECTED,
    ]  # fmt: skip
    specs = [make(desk.project, desk.recipe) for make in (review_dataset, adjudication_dataset)]
    fetched = [desk.server.fetch(spec) for spec in specs]
    found = status(read_state(desk.project, desk.recipe), Targets(), fetched)
    assert found.by_status["disputed"] == 0
    assert session.review_status(*given).by_status == found.by_status
    assert candidate(5).id not in settled
