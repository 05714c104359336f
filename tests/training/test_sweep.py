"""Sweeps on the tiny model: killed and resumed, diverging, compared on the same rows."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import CannotWrite, DataError, RecipeError, TrainingError
from curator.base.settings import validate
from curator.training.config import TrainConfig, load_config
from curator.training.metrics import losses, read_metrics
from curator.training.run import own_job
from curator.training.rundir import latest, runs
from curator.training.supervise import Listener
from curator.training.sweeps import run as sweeping
from curator.training.sweeps.folder import SweepDir, sweeps
from curator.training.sweeps.recipe import SweepRecipe, combine, load_sweep, nested
from curator.training.sweeps.run import Step, Swept, begin, find, sweep
from tests.conftest import ROOT
from tests.training.conftest import settings

Make = Callable[..., TrainConfig]
GRID = {"learning_rate": [0.01, 0.02], "lora_parameters.rank": [2, 4]}


def recipe(**keys: Any) -> SweepRecipe:
    return validate({"epochs": 0.5, "grid": GRID, **keys}, "sweep.yaml", SweepRecipe)


class Turns:
    """Listens to each training; notes whose turn it was, and acts on the workers' messages."""

    def __init__(self, act: Callable[[Step, int, dict[str, Any]], None] | None = None):
        self.steps: list[str] = []
        self._act = act

    @contextmanager
    def __call__(self, step: Step) -> Iterator[Listener]:
        self.steps.append(step.run)
        yield lambda pid, message: self._act(step, pid, message) if self._act else None


def figures(swept: Swept) -> list[tuple[Any, ...]]:
    return [(o.run, o.state, o.best_val_loss, o.best_iteration) for o in swept.outcomes]


def test_a_grid_and_a_list_make_each_combination_once() -> None:
    listed = [{"learning_rate": 0.01, "lora_parameters.rank": 4}, {"num_layers": 1}]
    made = combine(recipe(combinations=listed), settings(Path("m")), 12)
    assert [c.changes for c in made] == [
        {"learning_rate": 0.01, "lora_parameters.rank": 2},
        {"learning_rate": 0.01, "lora_parameters.rank": 4},
        {"learning_rate": 0.02, "lora_parameters.rank": 2},
        {"learning_rate": 0.02, "lora_parameters.rank": 4},
        {"num_layers": 1},
    ]
    rank = made[1].config.lora_parameters
    assert (rank.rank, rank.dropout, made[4].config.lora_parameters.rank) == (4, 0.1, 8)
    assert nested(made[1].changes) == {"learning_rate": 0.01, "lora_parameters": {"rank": 4}}


def test_all_combinations_see_as_many_epochs() -> None:
    keys = {"grid": {"batch_size": [1, 4, 5], "grad_accumulation_steps": [1, 4]}, "epochs": 2}
    made = combine(recipe(**keys, evaluations=3), settings(Path("m")), 21)
    assert [c.config.iters for c in made] == [42, 44, 10, 12, 8, 8]
    assert [c.config.steps_per_eval for c in made] == [14, 15, 4, 4, 3, 3]
    for c in made:  # as the settings' own check wants it, after any change
        assert TrainConfig.model_validate(c.config.model_dump()) == c.config


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"grid": {}}, "nothing to compare"),
        ({"grid": {"learning_rate": []}}, "nothing to compare"),
        ({"grid": {"iters": [3]}}, "iters follows from epochs"),
        ({"settings": {"iters": 3}}, "iters follows from epochs"),
        ({"grid": {"max_seq_length": [64, 128]}}, "two values of max_seq_length"),
        ({"combinations": [{"mask_prompt": False}]}, "two values of mask_prompt"),
        ({"grid": {"seed": list(range(101))}}, "more than 100"),
        ({"base": "../lora.yaml"}, "no file of the same folder"),
        ({"epochs": float("inf")}, "epochs: a finite number is wanted"),
        ({"epochs": 1e308}, "epochs"),
    ],
)
def test_what_cannot_be_compared_is_refused(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        recipe(**keys)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"learning_rat": 1}, r"combination 1 \(learning_rat 1\): unknown key"),
        ({"lora_parameters.rnk": 1}, "rnk"),
        ({"no.such.thing": 1}, "no"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"grad_accumulation_steps": 0}, "grad_accumulation_steps"),
        ({"lora_parameters.rank.x": 1}, r"combination 1 .*: lora_parameters.rank.x: rank is 8"),
        ({"model.x": 1}, "model.x: model is 'm', which has no key below it"),
        ({"save_every": "often"}, "save_every: a whole number is wanted"),
        ({"save_every": None}, "save_every: a whole number is wanted"),
        ({"learning_rate": float("inf")}, "learning_rate: a finite number is wanted"),
    ],
)
def test_a_wrong_key_is_named_before_anything_is_trained(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RecipeError, match=words):
        combine(recipe(grid={}, combinations=[changes]), settings(Path("m")), 12)


def test_settings_that_were_varied_as_a_whole_and_by_key_are_written_together() -> None:
    changes = {"lora_parameters": {"rank": 4}, "lora_parameters.scale": 2.0}
    assert nested(changes) == {"lora_parameters": {"rank": 4, "scale": 2.0}}
    assert changes["lora_parameters"] == {"rank": 4}


def test_batches_of_two_sizes_do_not_validate_on_other_rows() -> None:
    with pytest.raises(RecipeError, match="val_batches counts batches"):
        combine(recipe(grid={"batch_size": [1, 2]}), settings(Path("m"), val_batches=2), 12)


def test_the_shipped_sweep_is_right() -> None:
    shipped, base = load_sweep(ROOT / "training" / "sweep.yaml", "elsewhere")
    made = combine(shipped, base, 200)
    assert {c.config.model for c in made} == {"elsewhere"} and len(made) > 3


@pytest.mark.slow
def test_a_sweep_compares_and_is_not_run_again(config: Make, data: Path, tmp_path: Path) -> None:
    turns = Turns()
    asked = recipe(grid={"learning_rate": [1e-5, 0.02]}, valid_rows=2, settings={"seed": 3})
    found = begin(tmp_path, asked, config(), data)
    swept = sweep(found, turns)
    assert turns.steps == ["SWEEP-001-01", "SWEEP-001-02"]
    better, worse = swept.outcomes
    assert (better.changes, worse.changes) == ({"learning_rate": 0.02}, {"learning_rate": 1e-5})
    assert better.best_val_loss and worse.best_val_loss and worse.val_loss_before
    assert better.best_val_loss < worse.best_val_loss - 0.1
    assert better.val_loss_before == worse.val_loss_before  # of the same rows
    assert (better.iterations, better.seconds > 0, better.peak_gb > 0) == (6, True, True)
    assert len((found.file("data") / "valid.jsonl").read_bytes().splitlines()) == 2
    won = load_config(found.file("best.yaml"))
    assert (won.learning_rate, won.iters, won.model) == (0.02, 6, config().model)
    assert swept.document()["settings"] == {"learning_rate": 0.02}

    assert begin(tmp_path, asked, config(), data) == found
    again = Turns()
    assert figures(sweep(found, again)) == figures(swept) and again.steps == []
    for name in ("train.jsonl", "valid.jsonl"):  # of which fewer are validated on than were given
        rows = found.file("data") / name
        whole = rows.read_bytes()
        rows.write_bytes(whole.partition(b"\n")[2])
        with pytest.raises(TrainingError, match=f"{name}: changed since the sweep began"):
            sweep(found, again)
        rows.write_bytes(whole)
    assert begin(tmp_path, asked, config(num_layers=1), data).name == "SWEEP-002"
    assert [s.name for s in sweeps(tmp_path)] == ["SWEEP-001", "SWEEP-002"]

    assert runs(tmp_path) == []  # the newest run of a project is none of a sweep's
    assert latest(tmp_path, "SWEEP-001-02") == found.run(2)
    job = own_job(tmp_path, "SWEEP-001-02", None)
    assert job and job[0].learning_rate == 0.02


@pytest.mark.slow
def test_a_combination_that_comes_to_nothing_is_a_row(
    config: Make, data: Path, tmp_path: Path
) -> None:
    tries = [{"learning_rate": 1e30}, {"num_layers": 99}, {"batch_size": 50}, {"num_layers": 1}]
    found = begin(tmp_path, recipe(grid={}, combinations=tries), config(), data)
    swept = sweep(found, Turns())
    assert [o.state for o in swept.outcomes] == ["complete", "failed", "failed", "failed"]
    assert swept.best and swept.best.changes == {"num_layers": 1}
    reasons = {o.run[-2:]: o.reason or "" for o in swept.outcomes}
    assert "the loss is nan" in reasons["01"] or "the validation loss is nan" in reasons["01"]
    assert "has 2 layers" in reasons["02"] and "fewer than a batch of 50" in reasons["03"]

    again = Turns()
    sweep(found, again)
    assert again.steps == []
    sweep(found, again, retry=True)
    assert again.steps == ["SWEEP-001-01", "SWEEP-001-02", "SWEEP-001-03"]


@pytest.mark.slow
def test_where_nothing_is_left_that_is_the_error(config: Make, data: Path, tmp_path: Path) -> None:
    found = begin(tmp_path, recipe(grid={"num_layers": [98, 99]}), config(), data)
    with pytest.raises(TrainingError, match="no combination has a loss"):
        sweep(found, Turns())
    (data / "valid.jsonl").unlink()
    with pytest.raises(DataError, match="no validation rows"):
        begin(tmp_path, recipe(), config(), data)


@pytest.mark.slow
def test_a_full_disk_ends_the_sweep_not_a_combination(
    config: Make, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = begin(tmp_path, recipe(), config(), data)

    def full(run: object, listen: object) -> None:
        raise CannotWrite("cannot write: no space left")

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "train", full)
        with pytest.raises(CannotWrite):
            sweep(found, Turns())
    assert [o.state for o in found.outcomes()] == ["waiting"] * 4


@pytest.mark.slow
def test_rows_left_out_for_memory_are_not_compared(
    config: Make, data: Path, tmp_path: Path
) -> None:
    from curator.base import store

    found = begin(tmp_path, recipe(grid={"learning_rate": [0.01, 1e-5]}), config(), data)
    store.write_json(found.run(1).file("limits.json"), {"max_tokens": 2048})
    swept = sweep(found, Turns())
    assert swept.best and swept.best.run == "SWEEP-001-02"
    assert "left out" in (swept.outcomes[1].reason or "")


SWEEP = """
kind: sweep
epochs: 0.7
grid: {learning_rate: [0.01, 0.02], lora_parameters.rank: [2]}
"""
BASE = """
kind: train
model: %s
num_layers: 2
lora_parameters: {dropout: 0.1}
steps_per_report: 2
save_every: 2
"""


@pytest.mark.slow
def test_a_sweep_that_is_killed_resumes_to_the_same_table(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    """The command itself, and its worker, are killed in the middle of each training."""
    for folder in ("training", "pipelines"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pipelines" / "augment.yaml").write_text("kind: augment\n", "utf-8")
    (tmp_path / "training" / "sweep.yaml").write_text(SWEEP, "utf-8")
    (tmp_path / "training" / "lora.yaml").write_text(BASE % tiny, "utf-8")
    command = [sys.executable, "-m", "curator", "sweep", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    unbroken = tmp_path / "training" / "unbroken.yaml"
    unbroken.write_text(SWEEP.replace("0.7", "0.70001"), "utf-8")  # another job of the same length
    begun, base = load_sweep(unbroken)
    expected = sweep(begin(tmp_path, begun, base, data), Turns())

    found = SweepDir(tmp_path / "training" / "runs" / "SWEEP-002")
    for number in (1, 2):
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, env=environment, process_group=0
        ) as killed:
            _wait_for(found.run(number).file("checkpoints"), killed)
            os.killpg(killed.pid, signal.SIGKILL)
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["sweep"] == "SWEEP-002" and said["combinations"][0]["run"] == said["best"]
    for number in (1, 2):
        broken, whole = (
            losses(read_metrics(s.run(number).file("metrics.jsonl")), "val_loss")
            for s in (found, expected.sweep)
        )
        assert broken == whole
    assert find(tmp_path, "SWEEP-002") == found
    with pytest.raises(TrainingError, match="no such sweep"):
        find(tmp_path, "SWEEP-003")


def _wait_for(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    import time

    deadline = time.monotonic() + 120
    while not list(folder.glob("it*.*.safetensors")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
