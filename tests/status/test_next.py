"""The table of where a project may stand, and the command that is named there."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from curator.augment.batches import BatchStatus, BatchSummary
from curator.augment.inputs import BatchInputs
from curator.base import store
from curator.cli.views.gate import gate_view
from curator.cli.views.stats import stats_view
from curator.cli.views.status import status_lines
from curator.dataset.build import GateResult, build, check_gate
from curator.dataset.gate import Check
from curator.dataset.recipe import RetrainRecipe, load_retrain
from curator.dataset.stats import count_project
from curator.generate.batch import Batch
from curator.generate.recipe import load_recipe
from curator.records.example import Origin, Verdict
from curator.records.project import RECIPE, Project
from curator.review.argilla.server import supervisor
from curator.review.decisions.settle import ReviewStatus
from curator.status.next import Standing, next_steps
from curator.status.project import project_status
from curator.training.rundir import RunDir
from tests.conftest import make_example
from tests.review.conftest import (  # noqa: F401 - fixtures
    Desk,
    candidate,
    candidates,
    desk,
    recipe_with,
    reviewed,
)
from tests.review.test_push_batch import FIRST, staged

SIZE = Check("examples", "49", ">= 200", passed=False)
GROWTH = Check("new since the training of 2026-06-01", "3", ">= 20", False, "17 more new examples")
NO_CHECK = dict.fromkeys(
    ("total", "per_topic", "per_cell", "verified_rust", "verified_french", "reviewed", "growth")
)
EASY = {**NO_CHECK, "category_share": {}, "difficulty_share": {}, "topics": {}}
BUILT = {"built": True, "fresh": True}


def batch(state: BatchStatus) -> BatchSummary:
    return BatchSummary(Batch(Path("a-s0001-0")), state, next="curator augment --recipe a.yaml")


def standing(total: int = 100, missing: int = 0, **given: Any) -> Standing:
    counts = {s.value: given.pop(s.value, 0) for s in ReviewStatus}
    covered = cast(Any, SimpleNamespace(total=total, missing=missing))
    return Standing(covered=covered, candidates=counts, **given)


RUN = RunDir(Path("run-001"))
TABLE: list[tuple[str, str, Standing]] = [
    ("curator import FILE --authored", "examples", standing(0)),
    ("curator retrain", "training", standing(retraining=True, pending=3, unsent=3)),
    ("curator train --name run-001", "training", standing(run=RUN, pending=3, unsent=3)),
    # What may enter the set comes before what people have not decided yet.
    ("curator build", "curated", standing(built=True, pending=3, unsent=3)),
    ("curator build", "curated", standing(built=True, pending=3, sent=True)),
    ("curator build", "curated", standing(built=True, missing=9, disputed=1)),
    ("curator build", "curated", standing(accepted=2, pending=3, missing=9)),
    ("curator review push", "review", standing(**BUILT, pending=3, unsent=3)),
    (
        "curator review pull && curator review push",
        "review",
        standing(**BUILT, pending=3, unsent=1, sent=True),
    ),
    ("curator review pull", "review", standing(**BUILT, pending=3, sent=True)),
    ("curator review pull", "review", standing(**BUILT, disputed=1, sent=True)),
    ("curator review pull", "review", standing(pending=3, sent=True, missing=9)),
    (
        "curator augment --recipe a.yaml",
        "candidates",
        standing(missing=9, batches=[batch(BatchStatus.INTERRUPTED)]),
    ),
    ("curator augment", "candidates", standing(missing=9)),
    ("curator augment", "candidates", standing(**BUILT, missing=9, accepted=4, failed=[SIZE])),
    ("curator build", "curated", standing(missing=9, batches=[batch(BatchStatus.RUNNING)])),
    ("curator build", "curated", standing()),
    ("curator gate", "gate", standing(**BUILT, failed=[SIZE])),
    ("curator gate", "gate", standing(**BUILT, failed=[SIZE, GROWTH])),
    ("curator augment --more 2", "candidates", standing(**BUILT, failed=[GROWTH])),
    ("curator retrain", "training", standing(**BUILT, accepted=4)),
    # A met gate goes before what waits for people, until a training has seen the set.
    ("curator retrain", "training", standing(**BUILT, untrained=True, pending=94, unsent=94)),
    ("curator retrain", "training", standing(**BUILT, untrained=True, missing=9)),
    ("curator build", "curated", standing(built=True, untrained=True, pending=94)),
    (
        "curator review push",
        "review",
        standing(**BUILT, untrained=True, failed=[SIZE], pending=94, unsent=94),
    ),
]


@pytest.mark.parametrize(("command", "step", "where"), TABLE)
def test_each_standing_has_its_next_command(command: str, step: str, where: Standing) -> None:
    first = next(next_steps(where))
    assert (first.command, first.step) == (command, step)
    assert first.why


@pytest.mark.parametrize("served", [False, True])
def test_argilla_is_to_be_started_only_where_none_runs(served: bool) -> None:
    first = next(next_steps(standing(**BUILT, pending=3, unsent=3, served=served)))
    said = "3 candidates were never pushed"
    assert first.why == (
        said if served else f"{said}; first curator argilla up: no Argilla runs here"
    )


def test_a_server_that_runs_is_known(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build(desk.project, load_retrain(desk.project))
    monkeypatch.delenv("ARGILLA_API_URL", raising=False)
    monkeypatch.setattr(supervisor, "running", lambda data: None)
    assert "argilla up" in project_status(desk.project).next.why
    monkeypatch.setattr(supervisor, "running", lambda data: object())
    assert "argilla up" not in project_status(desk.project).next.why
    monkeypatch.setattr(supervisor, "running", lambda data: None)
    monkeypatch.setenv("ARGILLA_API_URL", "http://127.0.0.1:1")
    assert "argilla up" not in project_status(desk.project).next.why


def test_a_met_gate_goes_before_people_until_a_training_has_seen_the_set(
    desk: Desk,  # noqa: F811
) -> None:
    project = desk.project
    recipe = RetrainRecipe.model_validate({"gate": EASY})
    made = build(project, recipe).curated
    found = project_status(project, recipe)
    assert found.next.command == "curator retrain" and found.then
    lines = list(status_lines(found))
    assert lines[-2].strip().startswith("curator review push: 3 candidates were never pushed")
    run = project.root / "training" / "runs" / "run-001"
    ids = [e.id for e in made.examples]
    store.write_json(
        run / "run.json",
        {"dataset": {"splits": {"train": ids}}, "started": "2026-01-01T00:00:00+00:00"},
    )
    store.write_json(run / "result.json", {})
    found = project_status(project, recipe)
    assert (found.next.command, found.then) == ("curator review push", None)


def test_a_met_gate_has_nothing_to_close() -> None:
    def heads(check: Check) -> list[str]:
        shown = next(gate_view(GateResult([check])))
        return [str(column.header) for column in cast(Any, shown).columns]

    assert heads(replace(SIZE, passed=True)) == ["check", "value", "limit", "met"]
    assert heads(SIZE)[-1] == "what closes it"


def test_what_was_accepted_is_to_be_built_though_others_wait(desk: Desk) -> None:  # noqa: F811
    """On disk, all the way: never pushed, waiting, accepted, built."""
    recipe = load_retrain(desk.project)
    build(desk.project, recipe)
    assert next_of(desk.project) == "curator review push"
    desk.push()
    assert next_of(desk.project) == "curator review pull"
    [first, *_] = sorted(desk.server.cards["revue"])
    desk.say("anna", first, "accepter")
    desk.say("benoit", first, "accepter")
    desk.pull()
    assert next_of(desk.project) == "curator build"
    build(desk.project, recipe)
    assert next_of(desk.project) == "curator review pull"
    more = desk.project.raw / "generated" / "augment-s0002-12345678" / "accepted.jsonl"
    store.write_atomic(more, [candidate(5)])
    found = project_status(desk.project)
    assert (found.unsent, found.next.command) == (1, "curator review pull && curator review push")


def test_imports_that_people_may_mend_do_not_make_a_set_old(reviewed: Project) -> None:  # noqa: F811
    verdict = Verdict(filter="structure", passed=False, reason="missing_section")
    broken = make_example(answer="Une réponse sans sections.").judged([verdict])
    imported = broken.provenance.model_copy(update={"origin": Origin.IMPORTED, "source": "x"})
    broken = broken.model_copy(update={"provenance": imported})
    store.write_atomic(reviewed.raw / "imported" / "rejected" / "old.jsonl", [broken])
    build(reviewed, load_retrain(reviewed))
    found = project_status(reviewed)
    assert found.candidates["pending"] == 4, "three candidates, and what is to be mended"
    assert found.built and found.built.fresh


def next_of(project: Project) -> str:
    return project_status(project).next.command


def test_every_command_counts_the_same_examples(desk: Desk) -> None:  # noqa: F811
    """`curator`, `stats`, `build`, `gate` and the plan, with one accepted and two waiting."""
    staged(desk.project, FIRST, 0, 1, 2)
    desk.push()
    first = min(desk.server.cards["revue"])
    for name in ("anna", "benoit"):
        desk.say(name, first, "accepter")
    desk.pull()
    project = desk.project
    standing, augment = project_status(project), load_recipe(project.root / RECIPE)
    stats = count_project(project, augment)
    assert standing.covered.total == stats.covered.total == 2
    assert standing.covered.missing == stats.covered.missing
    assert standing.candidates["pending"] == stats.waiting == 2
    planned = BatchInputs.read(project, augment).besides(None).before
    assert planned.total == stats.covered.total + stats.waiting
    last = list(stats_view(stats))[-1]
    assert last == "2 examples may enter the set; 2 candidates wait for people."
    made = build(project, load_retrain(project)).curated
    built = project_status(project).built
    assert built and len(built.examples) == len(made.examples) == 2
    checks = check_gate(project, load_retrain(project)).checks
    assert next(c.value for c in checks if c.name == "examples") == "2"


def test_what_has_no_room_is_told_from_what_may_enter(project: Project) -> None:
    recipe = RetrainRecipe.model_validate({"build": {"excess": 1}})
    path = project.root / RECIPE
    path.write_text(path.read_text("utf-8").replace("per_cell: 5", "per_cell: 1"), "utf-8")
    made = build(project, recipe).curated
    full = len(made.selection.over_quota)
    found = project_status(project)
    line = next(line for line in status_lines(found) if "curated" in line)
    assert full and line.endswith(
        f"{len(made.examples)}  in the set, {full} left out for full slots; up to date"
    )
