"""The loop through a real Argilla: the embedded one, or the one that ARGILLA_API_URL names."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from curator.base.errors import ArgillaError
from curator.records.example import Example
from curator.records.project import Project
from curator.records.targets import Targets
from curator.review.argilla.access import Access
from curator.review.argilla.base import DatasetSpec, HandBack
from curator.review.argilla.move import move
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.decisions.agreement import agreement
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import read_state
from curator.review.decisions.status import status
from curator.review.pull import pull
from curator.review.push import push
from curator.review.recipe import ReviewRecipe
from tests.conftest import ROOT
from tests.review.conftest import candidate, quiet
from tests.review.office import RATED, Office
from tests.review.reading import words

pytestmark = pytest.mark.slow


def test_the_whole_loop(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    one, two, three = candidates

    def send(**options: Any) -> dict[str, int]:
        return push(reviewed, recipe, server, quiet, **options).sent

    def standing(example: str) -> str:
        return read_state(reviewed, recipe).settlements[example].status.value

    assert send() == {"revue": 3}
    assert send() == {"revue": 0}
    assert pull(reviewed, recipe, server, quiet).reviews == []

    for name in ("anna", "benoit"):
        office.say(name, "revue", one.id, "accepter")
    better = two.answer.replace("qui peut encore s'en servir", "qui pourra toujours s'en servir")
    for name in ("anna", "chloe"):
        office.say(name, "revue", two.id, "corriger", corrected_answer=better, topic="borrowing")
    office.say("anna", "revue", three.id, "accepter")
    office.say("benoit", "revue", three.id, "rejeter", reason="faux", comment="Non.")
    done = pull(reviewed, recipe, server, quiet)
    assert (len(done.reviews), len(done.corrected), done.failed) == (6, 1, [])
    assert pull(reviewed, recipe, server, quiet).reviews == []
    assert [standing(e.id) for e in candidates] == ["accepted", "corrected", "disputed"]
    child = done.corrected[0]
    assert (child.topic, standing(child.id)) == ("borrowing", "accepted")

    assert send(returns_only=True) == {"revue": 0, "arbitrage": 1}
    office.say("chloe", "arbitrage", three.id, "rejeter", reason="faux")
    pull(reviewed, recipe, server, quiet)
    assert standing(three.id) == "rejected"

    office.say("benoit", "revue", one.id, "rejeter", reason="autre")  # changes his mind
    changed = pull(reviewed, recipe, server, quiet).reviews
    assert [(r.example, r.decision.value) for r in changed] == [(one.id, "rejeter")]
    assert standing(one.id) == "disputed"

    fetched = [server.fetch(review_dataset(reviewed, recipe))]
    found = status(read_state(reviewed, recipe), Targets(), fetched)
    assert {a.name.split("-")[0]: a.submitted for a in found.annotators} == {
        "anna": 3,
        "benoit": 2,
        "chloe": 1,
    }
    assert found.by_status["accepted"] == 1
    assert {a.question: a.units for a in agreement(read_state(reviewed, recipe).reviews)}[
        "decision"
    ] == 3


def test_what_annotators_find(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    push(reviewed, recipe, server, quiet)
    key = office.keys["anna"]
    with office.http(key) as http:
        mine = http.get("/api/v1/me/datasets").json()["items"]
        dataset = next(d for d in mine if d["name"] == "revue")
        assert dataset["guidelines"] == (ROOT / "README.fr.md").read_text("utf-8").strip()
        assert dataset["distribution"]["min_submitted"] == 2
        place = f"/api/v1/datasets/{dataset['id']}"
        asked = {q["name"]: q for q in http.get(f"{place}/questions").json()["items"]}
        query = {
            "filters": {
                "and": [
                    {
                        "type": "terms",
                        "scope": {"entity": "metadata", "metadata_property": "theme"},
                        "values": ["propriété"],
                    }
                ]
            }
        }
        search = f"/api/v1/me/datasets/{dataset['id']}/records/search"
        include = {"include": ["suggestions"], "limit": 10}
        found = http.post(search, json=query, params=include).raise_for_status().json()
    assert list(asked)[:8] == ["decision", *RATED, "topic"]
    assert [n for n, q in asked.items() if q["required"]] == [
        "decision", "naturel", "exactitude", "completude", "pedagogie", "format",
    ]  # fmt: skip
    assert found["total"] == 3
    record = next(
        i["record"] for i in found["items"] if i["record"]["external_id"] == candidates[0].id
    )
    names = {q["id"]: name for name, q in asked.items()}
    proposed = {names[s["question_id"]]: s for s in record["suggestions"]}
    assert proposed["corrected_answer"]["value"] == candidates[0].answer
    assert proposed["corrected_answer"]["agent"] == "Petit mod le 4 bits"
    assert proposed["topic"]["value"] == "ownership"
    assert {s["score"] for s in proposed.values()} == {None}
    assert record["metadata"]["compile"] == "conforme"
    assert "réponse, ligne 8\ncompile\n✓" in words(record["fields"]["findings"])


@pytest.mark.parametrize(
    ("decision", "said", "code"),
    [
        ("rejeter", {}, "curator_no_reason"),
        ("rejeter", {"reason": "faux"}, ""),
        ("corriger", {}, "curator_no_change"),
        ("corriger", {"corrected_answer": None}, "curator_no_change"),
        ("corriger", {"corrected_question": "Autre chose ?"}, ""),
        ("corriger", {"topic": "ownership", "difficulty": "debutant"}, "curator_no_change"),
        ("corriger", {"topic": "borrowing"}, ""),
    ],
)
def test_an_answer_that_says_too_little_is_refused(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
    decision: str,
    said: dict[str, str | None],
    code: str,
) -> None:
    push(reviewed, recipe, server, quiet)
    key, one = office.keys["anna"], candidates[0]
    record = office.records(key, recipe.dataset)[one.id]
    texts = {n: one.answer if n == "corrected_answer" and v is None else v for n, v in said.items()}
    values = {n: {"value": v} for n, v in {"decision": decision, **RATED, **texts}.items()}
    body = {"status": "submitted", "values": values}
    ways = (
        ("POST", f"/api/v1/records/{record}/responses", body),
        ("POST", "/api/v1/me/responses/bulk", {"items": [{"record_id": record, **body}]}),
    )
    with office.http(key) as http:
        for method, address, sent in ways[-1:] if not code else ways:
            got = http.request(method, address, json=sent)
            assert (got.status_code == 422, got.json().get("code", "")) == (bool(code), code)
        draft = {"items": [{"record_id": record, **body, "status": "draft"}]}
        saved = http.post("/api/v1/me/responses/bulk", json=draft).raise_for_status().json()
        response = saved["items"][0]["item"]["id"]
        got = http.put(f"/api/v1/responses/{response}", json=body)
        assert (got.status_code == 422, got.json().get("code", "")) == (bool(code), code)


def test_an_adjudicator_adopts_a_proposed_correction(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    one = candidates[0]
    push(reviewed, recipe, server, quiet)
    better = one.answer.replace("qui peut encore s'en servir", "qui pourra toujours s'en servir")
    office.say("anna", "revue", one.id, "corriger", corrected_answer=better)
    office.say("benoit", "revue", one.id, "rejeter", reason="faux")
    [child] = pull(reviewed, recipe, server, quiet).corrected
    assert push(reviewed, recipe, server, quiet, returns_only=True).sent["arbitrage"] == 1

    key = office.keys["chloe"]
    record = office.records(key, "arbitrage")[one.id]
    texts = {"corrected_question": one.question, "corrected_answer": child.answer}
    with office.http(key) as http:
        for answer, code in ((one.answer, "curator_no_change"), (child.answer, "")):
            said = {"decision": "corriger", **RATED, **texts, "corrected_answer": answer}
            body = {"status": "submitted", "values": {n: {"value": v} for n, v in said.items()}}
            asked = http.post(f"/api/v1/records/{record}/responses?ask", json=body)
            assert (asked.status_code, asked.json()["code"]) == (200, code)
            got = http.post(f"/api/v1/records/{record}/responses", json=body)
            assert (got.status_code, got.json().get("code", "")) == (422 if code else 201, code)
        mine = http.get("/api/v1/me/datasets").json()["items"]
        place = next(d["id"] for d in mine if d["name"] == "arbitrage")
        asked = http.post(f"/api/v1/me/datasets/{place}/records/search", json={})
        [shown] = [i["record"]["metadata"] for i in asked.json()["items"]]
        assert "compile" in shown
        assert not {"original_question", "original_answer"} & shown.keys()
    done = pull(reviewed, recipe, server, quiet)
    assert ([r.corrected for r in done.reviews], done.returned) == ([child.id], [])
    standing = read_state(reviewed, recipe).settlements[one.id]
    assert (standing.status, standing.adjudicated) == (ReviewStatus.CORRECTED, True)


PUSH = """
import sys
from pathlib import Path
from curator.records.project import Project
from curator.review.argilla.access import Access
from curator.review.argilla.base import DatasetSpec, HandBack
from curator.review.push import push
from curator.review.recipe import ReviewRecipe
from curator.review.argilla.sdk import ArgillaServer
root, url, key, recipe = sys.argv[1:]
push(Project(Path(root)), ReviewRecipe.model_validate_json(recipe), ArgillaServer(Access(url, key)),
     lambda *a: a[1] and print(*a, flush=True), lambda examples: [[] for _ in examples])
"""


def test_a_dataset_whose_creation_was_broken_off_is_made_again(
    reviewed: Project, office: Office, server: ArgillaServer, recipe: ReviewRecipe
) -> None:
    with office.http(office.access.key) as http:
        places = http.get("/api/v1/me/workspaces").json()["items"]
        place = next(w["id"] for w in places if w["name"] == office.workspace)
        draft = {"name": "revue", "workspace_id": place}
        http.post("/api/v1/datasets", json=draft).raise_for_status()
    assert server.fetch(review_dataset(reviewed, recipe)).records == {}
    assert push(reviewed, recipe, server, quiet).sent == {"revue": 3}


def test_a_dataset_that_is_another_one_is_refused(
    reviewed: Project, office: Office, server: ArgillaServer, recipe: ReviewRecipe
) -> None:
    import argilla

    settings = argilla.Settings(
        fields=[argilla.TextField("texte", client=server.client)],
        questions=[argilla.LabelQuestion("avis", ["oui", "non"], client=server.client)],
    )
    other = argilla.Dataset("revue", office.workspace, settings=settings, client=server.client)
    other.create()
    with pytest.raises(ArgillaError, match=r"has no question decision.*name a new dataset"):
        push(reviewed, recipe, server, quiet)


def test_a_push_that_is_killed_goes_on(
    reviewed: Project, office: Office, server: ArgillaServer, recipe: ReviewRecipe
) -> None:
    from curator.base import store

    many = [candidate(n) for n in range(60)]
    store.write_atomic(reviewed.pending_files()[0], many)
    arguments = [str(reviewed.root), office.access.url, office.access.key]
    command = [sys.executable, "-c", PUSH, *arguments, recipe.model_dump_json()]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    spec = review_dataset(reviewed, recipe)
    there = set(server.fetch(spec).records)
    assert 2 <= len(there) < 60
    done = push(reviewed, recipe, server, quiet, lambda examples: [[] for _ in examples])
    assert done.sent == {"revue": 60 - len(there)}
    assert set(server.fetch(spec).records) == {e.id for e in many}


def kill_all(data: Path) -> None:
    """kill -9 to every process that runs in a folder."""
    for process in psutil.process_iter(["cwd"]):
        if (process.info["cwd"] or "").startswith(str(data)):
            process.kill()


def test_a_server_that_dies_during_a_push_loses_and_doubles_nothing(
    reviewed: Project, tmp_path: Path, recipe_with: Callable[..., ReviewRecipe]
) -> None:
    from curator.base import store

    supervisor = pytest.importorskip("curator.review.argilla.server.supervisor")
    data = tmp_path / "argilla"
    up = supervisor.up(data)
    try:
        recipe = recipe_with(batch_size=2)
        many = [candidate(n) for n in range(30)]
        store.write_atomic(reviewed.pending_files()[0], many)
        server = ArgillaServer(Access(up.url, up.api_key))
        killed: list[int] = []

        def kill_once(label: str, done: int, total: int) -> None:
            if not killed:
                killed.append(done)
                kill_all(data)

        nothing: Callable[..., Any] = lambda examples: [[] for _ in examples]  # noqa: E731
        with pytest.raises(ArgillaError, match="no Argilla answers"):
            push(reviewed, recipe, server, kill_once, nothing)
        again = supervisor.up(data)
        server = ArgillaServer(Access(again.url, again.api_key))
        push(reviewed, recipe, server, quiet, nothing)
        found = server.fetch(review_dataset(reviewed, recipe)).records
        assert set(found) == {e.id for e in many}
    finally:
        supervisor.down(data)


def test_a_wrong_key_and_an_absent_server_are_one_clear_line(running: Access) -> None:
    with pytest.raises(ArgillaError, match="refuses the API key"):
        ArgillaServer(Access(running.url, "wrong"))
    with pytest.raises(ArgillaError, match=r"no Argilla answers.*refused"):
        ArgillaServer(Access("http://127.0.0.1:9", "any"))
    with pytest.raises(ArgillaError, match="no Argilla answers"):
        ArgillaServer(Access("pas une adresse", "any"))


def test_an_annotators_key_may_not_push(
    reviewed: Project, office: Office, recipe: ReviewRecipe
) -> None:
    server = ArgillaServer(Access(office.access.url, office.keys["anna"]))
    with pytest.raises(ArgillaError, match="may not do that"):
        push(reviewed, recipe, server, quiet)


def test_a_dataset_moves_with_its_answers(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    """To another workspace of the same server: the other side cannot tell."""
    push(reviewed, recipe, server, quiet)
    for name in ("anna", "benoit"):
        office.say(name, "revue", candidates[0].id, "accepter")
    before = pull(reviewed, recipe, server, quiet).reviews
    elsewhere = f"{office.workspace}-bis"
    for _ in range(2):
        moved = move(server, server, "revue", recipe.workspace, quiet, to=elsewhere)
        assert (moved.records, moved.answers) == (3, 2)
    there = recipe.model_copy(update={"workspace": elsewhere})
    spec = review_dataset(reviewed, there)
    fetched = server.fetch(spec)
    assert {a.annotator for a in fetched.answers} == {r.annotator for r in before}
    assert sum(fetched.records.values()) == 1
    assert pull(reviewed, there, server, quiet).reviews == []
    assert push(reviewed, there, server, quiet).sent == {"revue": 0}
    assert read_state(reviewed, there).settlements[candidates[0].id].status is ReviewStatus.ACCEPTED


def test_whoever_is_a_party_neither_sees_nor_settles_a_dispute(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    one, two = candidates[:2]
    push(reviewed, recipe, server, quiet)
    for example in (one, two):
        office.say("anna", "revue", example.id, "accepter")
        office.say("benoit", "revue", example.id, "rejeter", reason="faux")
    pull(reviewed, recipe, server, quiet)
    done = push(reviewed, recipe, server, quiet, returns_only=True)
    assert (done.sent["arbitrage"], done.stuck) == (2, [])

    everyone = {name: office.records(key, "arbitrage") for name, key in office.keys.items()}
    assert {n: set(seen) for n, seen in everyone.items()} == {
        "anna": set(), "benoit": set(), "chloe": {one.id, two.id},
    }  # fmt: skip
    for name, shown in (("anna", 0), ("chloe", 2)):
        with office.http(office.keys[name]) as http:
            mine = http.get("/api/v1/me/datasets").json()["items"]
            place = next(d["id"] for d in mine if d["name"] == "arbitrage")
            counts = http.get(f"/api/v1/me/datasets/{place}/metrics").json()["responses"]
            assert (counts["total"], counts["pending"], counts["discarded"]) == (shown, shown, 0)
            vector = {"name": "words", "value": [1.0] + [0.0] * 255}
            like = {"query": {"vector": vector}}
            found = http.post(f"/api/v1/me/datasets/{place}/records/search", json=like).json()
            assert found["total"] == shown
            words = {"query": {"text": {"q": "avis"}}}
            found = http.post(f"/api/v1/me/datasets/{place}/records/search", json=words).json()
            assert found["total"] <= shown
    record = everyone["chloe"][one.id]
    said = {"decision": "accepter", **RATED}
    values = {n: {"value": v} for n, v in said.items()}
    body = {"values": values, "status": "submitted"}
    with office.http(office.keys["anna"]) as http:
        assert http.get(f"/api/v1/records/{record}").status_code == 403
        assert http.get(f"/api/v1/records/{record}/suggestions").status_code == 403
        assert http.post(f"/api/v1/records/{record}/responses", json=body).status_code == 403
        items = {"items": [{"record_id": record, **body}]}
        (answered,) = http.post("/api/v1/me/responses/bulk", json=items).json()["items"]
        assert answered["item"] is None and answered["error"]
    with office.http(office.access.key) as http:
        got = http.get(f"/api/v1/records/{record}")
        assert (got.status_code, got.json()["external_id"]) == (200, one.id)
        params = {"include": "responses"}
        rows = http.get(f"/api/v1/datasets/{place}/records", params=params).json()["items"]
        responses = next(r["responses"] for r in rows if r["id"] == record)
        own = [r["id"] for r in responses]
        assert len(own) == 2
    with office.http(office.keys["anna"]) as http:
        refused = [http.put(f"/api/v1/responses/{r}", json=body).status_code for r in own]
        assert refused == [403, 403]

    fetched = server.fetch(adjudication_dataset(reviewed, recipe))
    assert set(fetched.records.values()) == {False}
    assert fetched.parties[one.id] == {office.user("anna"), office.user("benoit")}
    office.say("chloe", "arbitrage", one.id, "accepter")
    pull(reviewed, recipe, server, quiet)
    assert read_state(reviewed, recipe).settlements[one.id].status is ReviewStatus.ACCEPTED


def test_what_a_party_settles_where_nothing_hides_it_comes_back(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    """As on an Argilla that is not ours: the owner writes a party's answer, which is not asked."""
    one = candidates[0]
    push(reviewed, recipe, server, quiet)
    office.say("anna", "revue", one.id, "accepter")
    office.say("benoit", "revue", one.id, "rejeter", reason="faux")
    pull(reviewed, recipe, server, quiet)
    push(reviewed, recipe, server, quiet, returns_only=True)
    spec = adjudication_dataset(reviewed, recipe)
    closing = HandBack(one.id, office.user("anna"), "discarded", seen=_time(server, spec))
    said = {"decision": "accepter", **RATED}
    submitted: Any = "submitted"
    assert server.hand_back(spec, [replace(closing, status=submitted, values=said)]) == 1
    assert server.fetch(spec).records == {one.id: True}
    done = pull(reviewed, recipe, server, quiet)
    assert [r.why for r in done.returned] == ["party"]
    assert server.fetch(spec).records == {one.id: False}
    assert pull(reviewed, recipe, server, quiet).returned == []


def _time(server: ArgillaServer, spec: DatasetSpec) -> datetime:
    """When the first party's form of the one dispute was discarded."""
    answers = server.fetch(spec).answers
    return next(a.time for a in answers if a.annotator.startswith("anna"))


def test_what_decides_nothing_comes_back_to_the_annotator_in_the_record(
    reviewed: Project,
    candidates: list[Example],
    office: Office,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    one, two = candidates[:2]
    push(reviewed, recipe, server, quiet)
    office.say("benoit", "revue", one.id, "accepter")
    spec = review_dataset(reviewed, recipe)
    # As an Argilla takes it that is not ours: written by the owner, whom nothing asks for more.
    rejected: dict[str, Any] = {"decision": "rejeter", "comment": "Non.", **RATED}
    corrected = {"decision": "corriger", "corrected_answer": two.answer, **RATED}
    submitted: Any = "submitted"
    anna = office.user("anna")
    forms = [HandBack(e.id, anna, submitted, v) for e, v in ((one, rejected), (two, corrected))]
    assert server.hand_back(spec, forms) == 2
    assert server.fetch(spec).records[one.id]
    done = pull(reviewed, recipe, server, quiet)
    assert sorted(r.why for r in done.returned) == ["no_reason", "unchanged"]
    content = server.fetch(spec)
    assert not content.records[one.id]
    back = content.of(one.id)[office.user("anna")]
    assert (back.status, back.values["decision"], back.values["naturel"]) == ("draft", "rejeter", 4)
    assert "motif" in back.values["comment"] and back.values["comment"].endswith("\nNon.")
    drafts = {"terms": ["draft"]}
    with office.http(office.keys["anna"]) as http:
        mine = http.get("/api/v1/me/datasets").json()["items"]
        place = next(d["id"] for d in mine if d["name"] == "revue")
        scope = {"entity": "response", "property": "status"}
        kept = {"type": "terms", "scope": scope, "values": drafts["terms"]}
        asked = f"/api/v1/me/datasets/{place}/records/search"
        found = http.post(asked, json={"filters": {"and": [kept]}}).json()
        assert {i["record"]["external_id"] for i in found["items"]} == {one.id, two.id}
    office.say("anna", "revue", one.id, "rejeter", reason="faux", comment=back.values["comment"])
    (review,) = pull(reviewed, recipe, server, quiet).reviews
    assert review.comment == "Non."
    fetched = [
        server.fetch(make(reviewed, recipe)) for make in (review_dataset, adjudication_dataset)
    ]
    duties = status(read_state(reviewed, recipe), Targets(), fetched).duties
    assert {d.name.split("-")[0]: d.mend for d in duties.people} == {
        "anna": 1, "benoit": 0, "chloe": 0,
    }  # fmt: skip
