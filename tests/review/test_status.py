"""What `review status` says, counted by hand."""

from datetime import timedelta

import pytest

from curator.cli.views.review import outlook_line
from curator.records.example import Example
from curator.records.targets import Targets
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.decisions.pace import pace
from curator.review.decisions.state import read_state
from curator.review.decisions.status import Status, distance, status
from tests.review.conftest import RATED, START, Desk, review


def analyse(desk: Desk, targets: Targets = Targets()) -> Status:  # noqa: B008 - frozen
    specs = [make(desk.project, desk.recipe) for make in (review_dataset, adjudication_dataset)]
    fetched = [desk.server.fetch(spec) for spec in specs]
    return status(read_state(desk.project, desk.recipe), targets, fetched)


def test_people_cells_disputes_and_outlook(desk: Desk, candidates: list[Example]) -> None:
    desk.push()
    one, two, three = candidates
    desk.say("anna", one.id, "accepter")
    desk.say("anna", two.id, "rejeter", reason="faux", exactitude=1)
    desk.say("anna", three.id, "accepter", status="draft")
    desk.say("benoit", one.id, "accepter")
    desk.say("benoit", two.id, "accepter", exactitude=5)
    desk.say("benoit", three.id, "rejeter", status="discarded")
    desk.pull()
    found = analyse(desk)
    counts = {a.name: (a.submitted, a.drafts, a.discarded, a.pending) for a in found.annotators}
    assert counts == {"anna": (2, 1, 0, 1), "benoit": (2, 0, 1, 0), "chloe": (0, 0, 0, 1)}
    assert found.by_status == {
        "accepted": 1,
        "rejected": 0,
        "corrected": 0,
        "disputed": 1,
        "pending": 1,
    }
    assert found.cells["ownership/debutant"]["accepted"] == 1
    assert [(d.example, d.decisions) for d in found.disputes] == [
        (two.id, {"anna": "rejeter", "benoit": "accepter"})
    ]
    assert found.disputes[0].distance == pytest.approx(0.5 + 0.5 * 0.3)
    ahead = found.projection
    assert (ahead.waiting, ahead.accepted_per_day, ahead.yield_) == (2, 1.0, 1.0)
    assert ahead.days == ahead.missing == Targets().per_cell * 39 + 9 * 6 - 2
    document = found.document()
    assert document["outlook"]["yield"] == 1.0
    assert document["agreement"][0]["question"] == "decision"


def test_what_was_never_pushed_is_told_from_what_waits(desk: Desk) -> None:
    line = "3 wait for review, never sent: curator review push."
    assert line in outlook_line(analyse(desk))
    desk.recipe = desk.recipe.model_copy(update={"most": 1})
    desk.push()
    assert analyse(desk).projection.unsent == 2
    line = "3 wait for review, 1 in Argilla, 2 never sent: curator review push."
    assert line in outlook_line(analyse(desk))
    desk.recipe = desk.recipe.model_copy(update={"most": None})
    desk.push()
    assert "3 wait for review. Nothing is accepted yet" in outlook_line(analyse(desk))


def test_where_nothing_is_missing_no_days_are_counted(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    for name in ("anna", "benoit"):
        desk.say(name, candidates[0].id, "accepter")
    desk.pull()
    found = analyse(desk, Targets(per_cell=0, topics={}))
    assert outlook_line(found) == "No example is missing to the targets; 2 wait for review."


def test_nothing_yet_has_no_pace(desk: Desk) -> None:
    desk.push()
    found = analyse(desk)
    assert (found.pace.reviews, found.pace.seconds, found.projection.days) == (0, None, None)
    assert (found.projection.yield_, found.disputes) == (None, [])


def test_the_pace_is_that_of_sittings() -> None:
    minutes = (0, 1, 2, 4, 60, 61, 24 * 60)
    said = [review("anna", "accepter", time=START + timedelta(minutes=m)) for m in minutes]
    said += [review("benoit", "accepter", time=START + timedelta(seconds=30))]
    found = pace(said)
    assert (found.reviews, found.days, found.per_day) == (8, 2, 4.0)
    assert found.seconds == 60.0  # 60, 60, 120, 60; the others begin a sitting
    assert found.per_hour == 48.0  # 4 reviews in 5 minutes


def test_distance_is_none_between_equals_and_whole_between_opposites() -> None:
    best, worst = dict.fromkeys(RATED, 5), dict.fromkeys(RATED, 1)
    one = review("anna", "accepter", ratings=best)
    assert distance([one]) == 0
    assert distance([one, review("benoit", "accepter", ratings=best)]) == 0
    assert distance([one, review("benoit", "rejeter", ratings=worst)]) == 1
