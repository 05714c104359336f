"""The ways of a retraining: mixed rows, preferences as a second run; broken off and resumed."""

import os
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
from curator.base.errors import DataError, NotReady, TrainingError
from curator.base.settings import digest
from curator.dataset.recipe import RetrainRecipe, WaysSettings
from curator.evaluation.promotion import read_ledger
from curator.evaluation.recipe import EvaluateRecipe
from curator.evaluation.respond import ScriptedResponder
from curator.evaluation.solving.run import Machine
from curator.records.project import Project
from curator.release.retrain import PENDING, Recipes
from curator.release.ways import MIXED, Way, find_rows
from curator.rust.compiler import Rustc
from curator.rust.process import Limits
from curator.rust.runner import Runner
from curator.sampling.recipe import SampleRecipe
from curator.sampling.session import Tools
from curator.training.config import TrainConfig
from curator.training.rundir import RunDir, runs
from tests.conftest import ROOT, copy_recipes
from tests.release.test_retrain import here as here
from tests.release.test_retrain import recipes, see_through
from tests.sampling.making import build, examples, script
from tests.training.test_stages import preferring, write_pairs

pytestmark = pytest.mark.slow


def way(root: Path, steps: list[str], asked: list[int] | None = None, **shares: float) -> Way:
    """Ways in a project whose base is scripted: a third of its answers is wrong."""

    def heard(messages: Any, seed: int) -> str:
        if asked is not None:
            asked.append(seed)
        return script(messages, seed)

    runner = Runner(running=Limits(seconds=3, memory=1 << 30, output=64 << 10))
    tools = Tools(
        lambda root, recipe: ScriptedResponder(heard, width=4), lambda: Machine(Rustc(), runner)
    )
    settings = WaysSettings.model_validate(shares)
    silent: Callable[[str, int, int], None] = lambda label, done, total: None  # noqa: E731
    return Way(Project(root), settings, EvaluateRecipe(), steps.append, silent, tools)


def built(root: Path) -> None:
    copy_recipes(root)
    build(root, examples())
    path = root / "curated" / "manifest.json"
    store.write_json(path, {**store.read_json(path), "examples_sha256": digest(["a", "b"])})


def test_without_a_way_the_rows_are_the_set(tmp_path: Path) -> None:
    built(tmp_path)
    assert find_rows(way(tmp_path, [])) == tmp_path / "curated"
    assert not (tmp_path / MIXED).exists()
    assert not WaysSettings().mixed and WaysSettings(short=0.1).mixed


def test_own_answers_are_asked_once_and_mixed_in(tmp_path: Path) -> None:
    built(tmp_path)
    steps, asked = list[str](), list[int]()
    folder = find_rows(way(tmp_path, steps, asked, own=0.4))
    rows = (folder / "train.jsonl").read_bytes().splitlines()
    assert folder == tmp_path / MIXED and len(rows) == 5  # 3 curated, and 2 of its own
    assert len(asked) == 3 * SampleRecipe().per_task
    assert "mixing the rows: 3 curated, 2 own" in steps
    find_rows(way(tmp_path, steps, asked, own=0.4))
    assert len(asked) == 3 * SampleRecipe().per_task, "nothing is asked again"


def test_a_share_that_is_not_there_is_said(tmp_path: Path) -> None:
    built(tmp_path)
    steps = list[str]()
    find_rows(way(tmp_path, steps, own=0.9))
    assert any("make the share" in step for step in steps)


def test_a_recipe_without_ways_has_the_digest_that_it_had() -> None:
    assert "ways" not in RetrainRecipe().model_dump(mode="json")
    short = RetrainRecipe.model_validate({"ways": {"short": 0.1}})
    assert digest(short) != digest(RetrainRecipe())
    assert RetrainRecipe.model_validate(short.model_dump(mode="json")) == short


def with_preferences(tiny: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Recipes:
    """The recipes of a retraining with a second stage, on pairs that are there."""
    chosen = recipes(tiny)
    ways = WaysSettings(prefer="dpo.yaml")
    kept = {"num_layers", "lora_parameters"}
    shape = {key: value for key, value in chosen.train.model_dump().items() if key in kept}
    second = TrainConfig.model_validate({**preferring(tiny).model_dump(), **shape, "iters": 4})
    pairs = write_pairs(root)

    def found(way: Way) -> Path:
        seen = store.read_json(way.project.curated / "manifest.json")
        kept = {key: seen[key] for key in ("splits", "examples_sha256")}
        store.write_json(pairs / "manifest.json", kept)
        return pairs

    monkeypatch.setattr(curator.release.retrain, "find_pairs", found)
    return replace(chosen, retrain=chosen.retrain.model_copy(update={"ways": ways}), prefer=second)


def test_preferences_go_on_from_the_first_run_and_are_judged(
    here: Project, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, steps = with_preferences(tiny, here.root, monkeypatch), list[str]()
    pair = curator.release.retrain.find_pairs

    def interrupted(way: Way) -> Path:
        raise DataError("there is no pair to train on")

    monkeypatch.setattr(curator.release.retrain, "find_pairs", interrupted)
    with pytest.raises(DataError, match="no pair"):
        see_through(here, chosen, steps)
    assert store.read_json(here.root / PENDING)["run"] == "run-001"
    monkeypatch.setattr(curator.release.retrain, "find_pairs", pair)
    done = see_through(here, chosen, steps)
    assert [s for s in steps if s.startswith("training")] == [
        "training run-001",
        "training run-002",
    ]
    first, second = runs(here.root)
    assert second.request().start and second.request().start.run == first.name
    assert done.entry.run == "run-002" and done.model.name == "run-002-q4_k_m.gguf"
    assert [e.run for e in read_ledger(here.root)] == ["run-002"]
    assert done.entry.dataset_sha256 == first.request().dataset["examples_sha256"]
    with pytest.raises(NotReady, match="new since the training"):
        see_through(here, chosen)


def test_a_length_in_epochs_is_no_change(
    here: Project, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = with_preferences(tiny, here.root, monkeypatch)
    by_rows = chosen.train.model_copy(update={"epochs": 0.1})
    chosen, steps, tried = replace(chosen, train=by_rows), list[str](), list[str]()

    def give_up(run: RunDir, listen: Any) -> None:
        tried.append(run.name)
        raise TrainingError("given up")

    monkeypatch.setattr(curator.release.retrain, "train", give_up)
    for _ in range(2):  # its length in epochs is no change
        with pytest.raises(TrainingError, match="given up"):
            see_through(here, chosen, steps)
    assert tried == ["run-001", "run-001"] and not [s for s in steps if "changed" in s]


@pytest.mark.parametrize("off", [True, False])
def test_changed_preferences_go_on_from_the_run_before(
    here: Project, tiny: Path, monkeypatch: pytest.MonkeyPatch, off: bool
) -> None:
    chosen, steps = with_preferences(tiny, here.root, monkeypatch), list[str]()
    train = curator.release.retrain.train

    def give_up(run: RunDir, listen: Any) -> Any:
        if run.request().start:
            raise TrainingError("given up")
        return train(run, listen)

    monkeypatch.setattr(curator.release.retrain, "train", give_up)
    with pytest.raises(TrainingError, match="given up"):
        see_through(here, chosen, steps)
    monkeypatch.setattr(curator.release.retrain, "train", train)
    other = chosen.prefer and chosen.prefer.model_copy(update={"beta": 0.5})
    done = see_through(here, replace(chosen, prefer=None if off else other), steps)
    [said] = [step for step in steps if "changed since" in step]
    what, run = ("ways.prefer", "run-001") if off else ("beta", "run-003")
    assert said == f"{what} changed since run-002 began: going on from run-001"
    assert done.entry.run == run and [s for s in steps if s == "training run-001"] != []


def test_settings_that_are_no_preferences_are_one_line(project: Project, tiny: Path) -> None:
    files = {
        "pipelines/retrain.yaml": {"kind": "retrain", "ways": {"prefer": "lora.yaml"}},
        "training/lora.yaml": {"kind": "train", "model": str(tiny)},
    }
    for name, content in files.items():
        path = project.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(content), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "curator", "retrain"],
        capture_output=True,
        text=True,
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "not settings of a training on preferences" in done.stderr
