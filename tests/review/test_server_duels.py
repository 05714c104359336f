"""Duels and controls through a real Argilla: what an annotator gets there, and what comes back."""

from collections import Counter
from typing import Any

import pytest

from curator.base import store
from curator.evaluation.duels.exchange import pull as pull_choices
from curator.evaluation.duels.exchange import send
from curator.evaluation.duels.pairs import DuelPlan
from curator.evaluation.duels.record import DuelLog
from curator.evaluation.duels.session import read_outcomes
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla.sdk import ArgillaServer
from curator.review.controls.record import ControlLog
from curator.review.pull import pull
from curator.review.push import push
from curator.review.recipe import ReviewRecipe
from tests.conftest import ROOT
from tests.evaluation.test_duels import begin
from tests.review.conftest import candidate, quiet
from tests.review.office import Office

pytestmark = pytest.mark.slow


@pytest.fixture
def candidates() -> list[Example]:
    return [candidate(number) for number in range(8)]


def shown(office: Office, name: str, dataset: str) -> list[dict[str, Any]]:
    """What the page gets for one annotator: the records that wait, in its order."""
    with office.http(office.keys[name]) as http:
        mine = http.get("/api/v1/me/datasets").json()["items"]
        place = next(d["id"] for d in mine if d["name"] == dataset)
        params: dict[str, Any] = {
            "limit": 100,
            "include": ["suggestions"],
            "response_status": "pending",
        }
        asked = f"/api/v1/me/datasets/{place}/records/search"
        found = http.post(asked, params=params, json={}).raise_for_status().json()
        return [item["record"] for item in found["items"]]


def answer(office: Office, name: str, record: str, **values: Any) -> None:
    said = {n: {"value": v} for n, v in values.items()}
    body = {"items": [{"record_id": record, "status": "submitted", "values": said}]}
    with office.http(office.keys[name]) as http:
        done = http.post("/api/v1/me/responses/bulk", json=body).raise_for_status().json()
    assert done["items"][0]["error"] is None, done


def test_duels_through_the_real_server(
    reviewed: Project, office: Office, server: ArgillaServer, recipe: ReviewRecipe
) -> None:
    begin(reviewed.root, "base", "a", ["Pareil.", *(f"Ancien texte {n}." for n in range(1, 8))])
    begin(reviewed.root, "tuned", "b", ["Pareil.", *(f"Nouveau texte {n}." for n in range(1, 8))])
    plan = DuelPlan(("base", "tuned"))
    assert send(reviewed, recipe, server, plan).sent == 7
    assert send(reviewed, recipe, server, plan).sent == 0
    duels = DuelLog.of(reviewed).duels()
    for name in ("anna", "benoit"):
        records = shown(office, name, recipe.duels)
        assert len(records) == 7
        for record in records:
            assert record["fields"].keys() == {"question", "left", "right"}
            assert record["metadata"].keys() == {"theme", "level"}
            side = "left" if "Nouveau" in record["fields"]["left"] else "right"
            answer(office, name, record["id"], choice=side, why="Plus clair.")
            assert getattr(duels[record["external_id"]], side).arm == "tuned"
    done = pull_choices(reviewed, recipe, server)
    assert (len(done.choices), done.unreadable) == (14, [])
    assert pull_choices(reviewed, recipe, server).choices == []
    [found] = read_outcomes(reviewed)
    assert found.whole is not None
    assert (found.whole.wins, found.whole.word, found.alpha) == (14, "better", None)
    assert {r["status"] for r in shown(office, "chloe", recipe.duels)} == {"completed"}


def test_controls_through_the_real_server(
    reviewed: Project, office: Office, server: ArgillaServer, recipe: ReviewRecipe
) -> None:
    authored = list(read_examples(ROOT / "raw" / "authored" / "ownership.jsonl"))
    store.write_atomic(reviewed.raw / "authored" / "ownership.jsonl", authored)
    settings = recipe.controls.model_copy(update={"share": 0.5})
    recipe = recipe.model_copy(update={"controls": settings})
    assert push(reviewed, recipe, server, quiet).sent == {"revue": 12}
    controls = ControlLog.of(reviewed).controls("revue")
    records = shown(office, "anna", "revue")
    order = [r["external_id"] in controls for r in records]
    assert Counter(order) == {False: 8, True: 4}
    assert order != sorted(order)
    assert order != sorted(order, reverse=True)
    plain = [r for r in records if r["external_id"] not in controls]
    for record in records:
        assert record.keys() == plain[0].keys()
        assert record["metadata"].keys() == plain[0]["metadata"].keys()
        assert record["metadata"]["batch"] == plain[0]["metadata"]["batch"]
        assert len(record["external_id"]) == 16
        agents = {s["agent"] for s in record["suggestions"]}
        assert agents == {s["agent"] for s in plain[0]["suggestions"]}
    for name in ("anna", "benoit"):
        for key in controls:
            office.say(name, "revue", key, "accepter")
    done = pull(reviewed, recipe, server, quiet)
    assert (len(done.reviews), len(done.of_controls)) == (0, 8)
