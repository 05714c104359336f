"""`curator retrain`, for real on a very small model: gate, build, train, fuse, export, evaluate,
decide; broken off and gone on with; nothing where nothing is due.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import curator.release.retrain
from curator.base import store
from curator.base.errors import DataError, NotReady, StoreError, TrainingError
from curator.dataset.recipe import RetrainRecipe
from curator.evaluation.promotion import current, read_ledger
from curator.evaluation.recipe import EvaluateRecipe
from curator.models.llama.gguf import find_model
from curator.records.project import Project
from curator.release.retrain import LOCK, PENDING, Callbacks, Recipes, Retrained, retrain
from curator.training.config import TrainConfig
from curator.training.rundir import RunDir, runs
from tests.conftest import ROOT
from tests.training.conftest import settings

LOOSE: dict[str, Any] = {
    "total": 40,
    "per_topic": 0,
    "per_cell": 0,
    "topics": {},
    "category_share": {},
    "difficulty_share": {},
}
ASKED: dict[str, Any] = {
    "sampling": {"max_tokens": 12},
    "context": 512,
    "limit": 3,
    "width": 3,
    "promotion": {"target": "composite", "margin": 0.1},
}
PROMPTS = [
    {
        "id": f"p{i}",
        "category": "basics",
        "topic": "traits",
        "difficulty": "debutant",
        "split": "test",
        "prompt": text,
        "expected_topics": ["vec"],
        "ideas": [{"any": ["vecteur"]}, {"any": ["trait"]}],
        "reference": "Un trait pour un vecteur.",
        "short_answers": ["Un trait du vecteur.", "Un vecteur et un trait."],
    }
    for i, text in enumerate(
        ("Qu'est-ce qu'un vecteur ?", "À quoi sert un trait ?", "Et `match` ?")
    )
]


def small(tiny: Path) -> TrainConfig:
    """Eight iterations on whole rows; at a higher rate a model with random weights diverges."""
    return settings(tiny, iters=8, steps_per_eval=4, save_every=2, learning_rate=1e-3)


def recipes(tiny: Path, **gate: Any) -> Recipes:
    return Recipes(
        RetrainRecipe.model_validate({"gate": {**LOOSE, **gate}}),
        small(tiny),
        EvaluateRecipe.model_validate(ASKED),
    )


@pytest.fixture
def here(project: Project) -> Project:
    path = project.root / "training" / "prompts_fr.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(p) + "\n" for p in PROMPTS), "utf-8")
    return project


def see_through(project: Project, chosen: Recipes, steps: list[str] | None = None) -> Retrained:
    heard = steps if steps is not None else []
    callbacks = Callbacks(heard.append, lambda label, done, total: None, lambda pid, said: None)
    return retrain(project, chosen, callbacks)


@pytest.mark.slow
def test_where_nothing_is_due_nothing_happens(here: Project, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"not ready: examples = 49, wanted >= 60: 11 more examples"):
        see_through(here, recipes(tmp_path, total=60))
    assert not here.curated.exists() and not (here.root / PENDING).exists()


@pytest.mark.slow
def test_two_at_once_are_refused(here: Project, tmp_path: Path) -> None:
    (here.root / LOCK).touch()
    with (here.root / LOCK).open("a") as held:
        store.lock(held.fileno(), here.root / LOCK, wait=0)
        with pytest.raises(StoreError, match="another curator process retrains"):
            see_through(here, recipes(tmp_path))


def test_a_pending_run_that_is_gone_is_said(here: Project, tmp_path: Path) -> None:
    store.write_json(here.root / PENDING, {"run": "run-009", "began": "2026-01-01T00:00:00Z"})
    with pytest.raises(DataError, match="run run-009 is gone"):
        see_through(here, recipes(tmp_path))


@pytest.mark.slow
def test_from_the_gate_to_the_decision_and_then_nothing(here: Project, tiny: Path) -> None:
    steps: list[str] = []
    done = see_through(here, recipes(tiny), steps)
    assert done.model == here.root / "models" / "run-001-q4_k_m.gguf" and done.model.is_file()
    entry = done.entry
    assert (entry.before[:5], entry.after, entry.decision.promote) == ("base-", "run-001", False)
    assert entry.after_sha256 == store.sha256_of(done.model) != entry.before_sha256
    assert entry.comparison and entry.comparison.prompts == 3
    assert read_ledger(here.root) == [entry] and current(here.root) is None
    assert (
        entry.dataset_sha256 == store.read_json(here.curated / "manifest.json")["examples_sha256"]
    )
    assert [s for s in steps if s.startswith(("building", "training", "evaluating"))] == [
        "building the set: 49 examples",
        "training run-001",
        f"evaluating {entry.before}",
        "evaluating run-001",
    ]
    with pytest.raises(NotReady, match="new since the training"):
        see_through(here, recipes(tiny))
    assert len(runs(here.root)) == 1


@pytest.mark.slow
def test_a_training_that_was_given_up_begins_anew_with_changed_settings(
    here: Project, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def give_up(run: RunDir, listen: Any) -> None:
        tried.append(run.name)
        raise TrainingError("given up")

    monkeypatch.setattr(curator.release.retrain, "train", give_up)
    chosen, steps = recipes(tiny), list[str]()
    for _ in range(2):  # two nights with the same settings
        with pytest.raises(TrainingError, match="given up"):
            see_through(here, chosen, steps)
    settings = {"max_seq_length": 1024, "long_rows": "leave_out"}  # as the hint advises
    shorter = chosen.train.model_copy(update=settings)
    changed = replace(chosen, train=shorter)
    for _ in range(2):
        with pytest.raises(TrainingError, match="given up"):
            see_through(here, changed, steps)
    assert tried == ["run-001", "run-001", "run-002", "run-002"]
    [said] = [step for step in steps if "changed" in step]
    assert said == (
        "max_seq_length, long_rows changed since run-001 began: beginning a new run at the gate"
    )
    assert [r.name for r in runs(here.root)] == ["run-001", "run-002"], "what there was is kept"
    assert runs(here.root)[1].request().config == shorter


@pytest.mark.slow
def test_killed_at_any_step_the_next_call_goes_on(here: Project, tiny: Path) -> None:
    files = {
        "pipelines/retrain.yaml": {"kind": "retrain", "gate": LOOSE},
        "training/lora.yaml": small(tiny).model_dump(mode="json"),
        "pipelines/evaluate.yaml": {"kind": "evaluate", **ASKED},
    }
    for name, content in files.items():
        (here.root / name).write_text(yaml.safe_dump(content), "utf-8")
    marks: list[Callable[[Path], bool]] = [
        lambda root: bool(list(root.glob("training/runs/*/checkpoints/*"))),
        lambda root: (root / "models" / "run-001").is_dir(),
        lambda root: (root / "models" / "run-001-q4_k_m.gguf").is_file(),
        lambda root: bool(list(root.glob("training/evaluations/*/responses.jsonl"))),
    ]
    killed = [_killed_at(here.root, mark) for mark in marks]
    assert sum(killed) >= 3  # one may end before it is looked at
    done = _command(here.root)
    out, _ = done.communicate(timeout=600)
    assert done.returncode == 0, out
    assert json.loads(out)["run"] == "run-001"
    assert [e.run for e in read_ledger(here.root)] == ["run-001"]
    assert [r.name for r in runs(here.root)] == ["run-001"]
    assert find_model(str(here.root / "models" / "run-001-q4_k_m.gguf")).sha256
    again = _command(here.root)
    _, said = again.communicate(timeout=600)
    assert again.returncode == 3 and said.count("\n") == 1 and "not ready" in said


def _command(root: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "curator", "retrain", "--json"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def _killed_at(root: Path, mark: Callable[[Path], bool]) -> bool:
    """Start a retraining and kill all of it when `mark` is seen; whether it was seen in time."""
    import time

    with _command(root) as started:
        while started.poll() is None and not mark(root):
            time.sleep(0.02)
        alive = started.poll() is None
        if alive:
            os.killpg(started.pid, signal.SIGKILL)
        started.communicate()
    return alive
