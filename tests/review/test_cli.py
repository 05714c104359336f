"""`curator review`, as a maintainer types it: against a server in memory, and against none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import curator
from curator.cli.app import main
from curator.records.example import Example
from curator.review import session
from curator.review.decisions import status as decisions
from curator.review.decisions.calibration import Calibration
from curator.review.recipe import ReviewRecipe
from tests.conftest import ROOT
from tests.review.conftest import Desk


@pytest.fixture
def typed(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command of `curator` in the project, with the server in memory; gives what it says."""
    recipe = desk.recipe.model_dump_json()
    path = desk.project.root / "pipelines" / "review.yaml"
    path.write_text(recipe)  # JSON is YAML
    monkeypatch.setattr(session, "open_server", lambda here, chosen: desk.server)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(desk.project.root), *words])
        assert not ended.value.code
        return capsys.readouterr().out

    return run


@pytest.mark.slow
def test_push_pull_and_status_speak_json(desk: Desk, typed: Any, candidates: list[Example]) -> None:
    assert json.loads(typed("review", "push", "--json")) == {
        "sent": {"revue": 3},
        "present": 0,
        "stuck": [],
        "url": "memory",
    }
    one = candidates[0]
    desk.say("anna", one.id, "accepter")
    desk.say("benoit", one.id, "rejeter", reason="faux")
    desk.say("benoit", candidates[1].id, "peut-être")
    pulled = json.loads(typed("review", "pull", "--json"))
    assert (pulled["reviews"], pulled["sent"]) == (2, {"revue": 0, "arbitrage": 1})
    assert pulled["standings"]["disputed"] == 1
    assert len(pulled["unreadable"]) == 1
    found = json.loads(typed("review", "status", "--json"))
    assert found["disputes"][0]["decisions"] == {"anna": "accepter", "benoit": "rejeter"}


@pytest.mark.slow
def test_they_speak_to_people_too(desk: Desk, typed: Any, candidates: list[Example]) -> None:
    assert "3 examples sent to revue" in typed("review", "push")
    desk.say("anna", candidates[0].id, "accepter")
    pulled = typed("review", "pull")
    assert "1 new review, 0 corrected texts" in pulled
    assert "1 pending one was answered by fewer than 2 people (settle.min_reviews)" in pulled
    said = typed("review", "status")
    assert "Krippendorff" in said
    assert "anna" in said
    assert "missing to the targets" in said
    assert "Who must act" in said


@pytest.mark.slow
def test_they_say_who_must_act_and_what_came_back(
    desk: Desk, typed: Any, candidates: list[Example]
) -> None:
    one, two = candidates[0].id, candidates[1].id
    desk.server.annotators = ("anna", "benoit")
    typed("review", "push")
    desk.say("anna", one, "accepter")
    desk.say("benoit", one, "rejeter", reason="faux")
    desk.say("anna", two, "rejeter")
    pulled = typed("review", "pull")
    stuck = "1 dispute waits for somebody who took no part (curator argilla users add NAME)"
    assert "1 answer sent back to those who gave them" in pulled
    assert f"{stuck}: {one}" in pulled
    assert f"{stuck}: {one}" in typed("review", "push")
    assert f"{stuck}: {one}" in " ".join(typed("review", "status").split())
    duties = json.loads(typed("review", "status", "--json"))["duties"]
    assert duties["stuck"] == [one]
    assert duties["people"][0] == {"name": "anna", "review": 2, "settle": 0, "mend": 1}


def test_signals_stand_against_decisions(
    desk: Desk, typed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Calibration("overlap", 3, 0, None, None, None)
    known = Calibration("opinion", 40, 9, 0.81, 0.64, 0.91)
    monkeypatch.setattr(decisions, "calibrate", lambda settlements: [few, known])
    said = typed("review", "status")
    assert "0.81, from 0.64 to 0.91" in said and "opinion" in said
    assert "too few decisions (it takes 20, of both kinds)" in said
    found = json.loads(typed("review", "status", "--json"))["signals"]
    assert found[1] == {
        "signal": "opinion", "accepted": 40, "others": 9, "auc": 0.81, "low": 0.64, "high": 0.91,
    }  # fmt: skip


def test_the_public_function_pushes_candidates_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "open_server", lambda project, recipe: desk.server)
    first, second = (curator.push(desk.project, desk.recipe) for _ in range(2))
    assert (first.sent, first.present) == ({"revue": 3}, 0)
    assert (second.sent, second.present) == ({"revue": 0}, 3)


def test_a_review_recipe_runs(desk: Desk, typed: Any) -> None:
    path = desk.project.root / "pipelines" / "review.yaml"
    assert json.loads(typed("run", str(path), "--json"))["sent"] == {"revue": 3}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["push", "pull", "status"])
def test_an_absent_server_is_one_line(desk: Desk, command: str) -> None:
    seen = {**os.environ, "ARGILLA_API_URL": "http://127.0.0.1:9", "ARGILLA_API_KEY": "x"}
    words = ["-m", "curator", "--project", str(desk.project.root), "review", command]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=seen, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (3, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("curator: http://127.0.0.1:9: no Argilla answers")
    assert "curator argilla up" in lines[0]


def test_the_recipe_that_is_written_back_is_the_same(recipe_with: Any) -> None:
    made = recipe_with()
    assert ReviewRecipe.model_validate_json(made.model_dump_json()) == made


def test_an_argilla_that_does_not_run_has_an_exit_code_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["argilla", "status", "--data", str(tmp_path), "--json"])
    assert ended.value.code == 3
    assert json.loads(capsys.readouterr().out)["running"] is False
