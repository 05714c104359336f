"""Where a project stands: read from its files, with the next sensible command."""

import shutil
import subprocess
import sys

import pytest

from curator.augment.preview import preview
from curator.base import store
from curator.cli.views.status import status_lines
from curator.dataset.curate import curate
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.write import write
from curator.generate.recipe import load_recipe
from curator.records.example import Origin
from curator.records.files import read_examples
from curator.records.project import RECIPE, Project
from curator.release.retrain import LOCK, PENDING
from curator.status.project import project_status
from curator.training.config import RUNS
from tests.augment.test_batches import RECIPE as SMALL
from tests.augment.test_batches import interrupted
from tests.conftest import make_example


def test_a_small_set_asks_for_more_examples(project: Project) -> None:
    found = project_status(project)
    assert found.next.command == "curator augment" and found.covered.total == 49
    lines = list(status_lines(found))
    assert lines[0].split()[:2] == ["examples", "49"] and "missing to the targets" in lines[0]
    assert [line.split()[-1] for line in lines if line.startswith("->")] == ["far"]
    assert lines[1].startswith("-> candidates      0  made so far"), "what the next command adds to"
    assert "not built yet" in lines[3] and lines[-3] == "Next: curator augment"


def test_candidates_come_before_more_candidates(project: Project) -> None:
    parent = next(iter(read_examples(*project.trusted_files())))
    made = make_example()
    changes = {"origin": Origin.MUTATED, "parents": (parent.id,), "seed": 1}
    made = made.model_copy(update={"provenance": made.provenance.model_copy(update=changes)})
    store.write_atomic(project.raw / "generated" / "augment-s0-x" / "accepted.jsonl", [made])
    found = project_status(project)
    assert found.candidates["pending"] == 1
    assert "curator review push" in found.next.command
    lines = list(status_lines(found))
    assert lines[2] == "-> review          1  waiting for reviewers, never pushed"


def test_a_batch_that_is_not_complete_is_named(project: Project) -> None:
    batch = project.raw / "generated" / "augment-s0001-12345678"
    store.write_json(batch / "plan.json", {})
    found = project_status(project)
    assert found.document()["batches_broken_off"] == [batch.name]
    assert f"{batch.name} is unreadable; curator batches" in list(status_lines(found))[2]
    with store.locked(batch / ".lock", "works"):
        settings = {"generate": {}, "model": None}
        plan = {"settings": settings, "seed": 1, "wanted": {}, "history": {}}
        store.write_json(batch / "plan.json", {**plan, "created": "2026-01-01T00:00:00Z"})
        running = project_status(project)
        assert running.document()["batches_broken_off"] == []
        assert f"{batch.name} is running: 0 candidates so far" in list(status_lines(running))[2]
    shutil.rmtree(batch)
    assert project_status(project).batches == ()


def test_an_empty_project_has_nothing_to_weigh_whatever_was_built_before(project: Project) -> None:
    """A curated/ that came with a checkout says nothing of examples that are not there."""
    recipe = RetrainRecipe.model_validate({"gate": {"total": 1}})
    write(curate(project, recipe), recipe, project.curated)
    shutil.rmtree(project.raw)
    found = project_status(project)
    examples, _, _, built, gate, *_, following, _, _ = status_lines(found)
    assert examples.startswith("-> examples        0  none yet: import some, or write them into")
    assert built.split(maxsplit=2) == [
        "curated", "49", "of an earlier build: none of them is in raw/ now"
    ]  # fmt: skip
    assert gate.split(maxsplit=1) == ["gate", "checked once there are examples"]
    assert following == "Next: curator import FILE --authored"
    assert found.document()["gate_ready"] is None


def test_a_broken_off_retraining_comes_first(project: Project) -> None:
    store.write_json(project.root / PENDING, {"run": "run-001", "began": "2026-01-01T00:00:00Z"})
    assert project_status(project).next.command == "curator retrain"


def test_what_runs_is_not_called_interrupted(project: Project) -> None:
    run = project.root / RUNS / "run-001"
    store.write_json(run / "run.json", {})
    store.write_json(project.root / PENDING, {"run": "run-001", "began": "2026-01-01T00:00:00Z"})
    with store.locked(run / "supervisor.lock", "works"), store.locked(project.root / LOCK, "works"):
        found = project_status(project)
        assert found.document()["training"] == {
            "run": "run-001",
            "finished": False,
            "running": True,
        }
        assert "run-001, running" in list(status_lines(found))[5]
        assert found.next.command == "curator augment"
    found = project_status(project)
    line = list(status_lines(found))[5]
    assert line.startswith("-> training") and line.endswith("run-001, interrupted")
    assert found.next.command == "curator retrain"


def test_an_interrupted_batch_comes_before_a_new_one(project: Project) -> None:
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(SMALL, "utf-8")
    interrupted(project, load_recipe(path))
    [batch] = project_status(project).batches
    why = f"{batch.name} was interrupted"
    assert project_status(project).next == (batch.next, why, "candidates")
    with batch.batch.locked():
        assert project_status(project).next.command == "curator build"  # one batch at a time


def test_a_built_set_is_fresh_until_something_may_enter(project: Project) -> None:
    recipe = RetrainRecipe.model_validate({"gate": {"total": 60}})
    made = curate(project, recipe)
    write(made, recipe, project.curated)
    found = project_status(project)
    assert found.built and found.built.fresh and len(found.built.examples) == len(made.examples)
    assert "examples" in {c.name for c in found.failed}
    assert f"examples = {len(made.examples)}, wanted >= 200" in list(status_lines(found))[4]
    store.write_atomic(project.raw / "authored" / "second.jsonl", [make_example()])
    again = project_status(project)
    assert again.built and not again.built.fresh
    assert "older than what may enter it" in list(status_lines(again))[3]


def test_the_command_alone_says_it_in_one_document(project: Project) -> None:
    command = [sys.executable, "-m", "curator", "--project", str(project.root), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert '"next"' in done.stdout and done.stderr == ""


@pytest.mark.slow
def test_what_build_refused_covers_nothing(project: Project) -> None:
    """However it came to lie there: stats, the standing and the next plan do not count it."""
    broken = make_example(answer="Une réponse sans sections.")
    store.write_atomic(project.raw / "imported" / "by_hand.jsonl", [broken])
    assert project_status(project).covered.total == 50  # no build has seen it yet
    recipe = RetrainRecipe()
    write(curate(project, recipe), recipe, project.curated)
    found = project_status(project)
    assert found.built and found.built.fresh and found.covered.total == 49
    assert "1 refused by the last build (structure.missing_section 1)" in "\n".join(
        status_lines(found)
    )
    assert found.document()["refused"] == {broken.id: "structure.missing_section"}
    command = [sys.executable, "-m", "curator", "--project", str(project.root), "stats"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Not counted: 1 refused by the last build (structure.missing_section 1)" in shown
    planned = preview(project, load_recipe(project.root / RECIPE), lambda *_: None)
    assert planned.before.total == 49
