"""Runs for real: a small model trained in a child process, killed, cut off, corrupted."""

import json
import os
import resource
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import Interrupted, StoreError, TrainingError
from curator.base.notice import Notice
from curator.training import checkpoint
from curator.training.config import TrainConfig
from curator.training.metrics import Metric, losses, read_metrics
from curator.training.run import Trained, own_job, prepare, train
from curator.training.rundir import Limits, RunDir, runs
from tests.training.conftest import settings, write_data

pytestmark = pytest.mark.slow
Make = Callable[..., TrainConfig]


def quiet(pid: int, message: dict[str, Any]) -> None:
    """Listens to nothing."""


def curve(run: RunDir) -> list[Any]:
    return [m.curve() for m in read_metrics(run.file("metrics.jsonl"))]


@pytest.fixture(scope="module")
def unbroken(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    root = tmp_path_factory.mktemp("unbroken")
    return train(prepare(root, settings(tiny), write_data(root)), quiet)


def test_a_run_learns_and_leaves_everything_behind(unbroken: Trained) -> None:
    run, found = unbroken.run, read_metrics(unbroken.run.file("metrics.jsonl"))
    assert [i for i, _ in losses(found, "train_loss")] == [4, 8, 12, 16, 20, 24]
    assert [i for i, _ in losses(found, "val_loss")] == [0, 8, 16, 24]
    assert losses(found, "val_loss")[-1][1] < losses(found, "val_loss")[0][1] - 0.3
    assert (unbroken.result["ended"], unbroken.result["iterations"]) == ("done", 24)
    assert run.file("loss.svg").read_text("utf-8").count("<svg") == 1
    assert run.request().versions["mlx-lm"] and run.request().data["train.jsonl"]
    assert len(checkpoint.checkpoints(run.file("checkpoints"))) == checkpoint.KEPT


def test_a_run_that_is_killed_again_and_again_has_the_same_curve(
    unbroken: Trained, config: Make, data: Path, tmp_path: Path
) -> None:
    due = [3, 7, 14, 23]

    def kill(pid: int, message: dict[str, Any]) -> None:
        if due and message.get("iteration", 0) >= due[0]:
            due.pop(0)
            os.kill(pid, signal.SIGKILL)

    done = train(prepare(tmp_path, config(), data), kill)
    assert due == []
    assert curve(done.run) == curve(unbroken.run)
    assert done.result == unbroken.result
    events = [(e.kind, e.iteration) for e in done.run.events()]
    assert [i for kind, i in events if kind == "resumed"] == [6, 12, 18]
    assert [kind for kind, _ in events].count("died") == 4


def test_a_corrupt_checkpoint_costs_iterations_not_the_run(
    unbroken: Trained, config: Make, data: Path, tmp_path: Path
) -> None:
    def spoil(pid: int, message: dict[str, Any]) -> None:
        if message.get("saved") == 12 and not list(folder.glob("*.corrupt")):
            newest = checkpoint.checkpoints(folder)[0]
            with newest.open("r+b") as file:
                file.seek(-10, os.SEEK_END)
                file.write(b"\xff" * 10)
            os.kill(pid, signal.SIGKILL)

    run = prepare(tmp_path, config(), data)
    folder = run.file("checkpoints")
    done = train(run, spoil)
    assert curve(done.run) == curve(unbroken.run)
    assert len(list(folder.glob("*.corrupt"))) == 1
    assert [e.iteration for e in run.events() if e.kind == "resumed"] == [6]


def test_a_full_disk_ends_the_run_with_a_word_and_it_goes_on_later(
    unbroken: Trained, config: Make, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import curator.training.supervise as supervise

    run = prepare(tmp_path, config(), data)
    small = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (30_000, 30_000))
    with monkeypatch.context() as patch:
        real = supervise.subprocess.Popen
        patch.setattr(supervise.subprocess, "Popen", partial(real, preexec_fn=small))
        with pytest.raises(TrainingError, match="cannot write"):
            train(run, quiet)
    assert checkpoint.checkpoints(run.file("checkpoints")) == []
    assert curve(train(run, quiet).run) == curve(unbroken.run)


@pytest.mark.parametrize(("valid", "words"), [(True, "the validation loss is nan at iteration 1"),
                                              (False, "the training has diverged")])  # fmt: skip
def test_an_update_that_diverges_at_the_very_end_is_no_complete_run(
    config: Make, data: Path, tmp_path: Path, valid: bool, words: str
) -> None:
    """The loss of an iteration is that before its update: the last one's shows in no loss."""
    if not valid:
        (data / "valid.jsonl").unlink()
    run = prepare(tmp_path, config(iters=1, save_every=1, learning_rate=1e39), data)
    with pytest.raises(TrainingError, match=words):
        train(run, quiet)
    assert not run.finished
    assert not (run.path / "adapters" / "adapters.safetensors").exists()


def test_two_supervisors_do_not_meet(config: Make, data: Path, tmp_path: Path) -> None:
    run = prepare(tmp_path, config(), data)
    with run.file("supervisor.lock").open("a") as held:
        store.lock(held.fileno(), run.path, wait=0)
        with pytest.raises(StoreError, match="another curator process"):
            train(run, quiet)


def test_the_same_command_goes_on_with_a_broken_run(
    config: Make, data: Path, tmp_path: Path
) -> None:
    first = prepare(tmp_path, config(), data)
    assert prepare(tmp_path, config(), data) == first
    assert prepare(tmp_path, config(iters=12), data).name == "run-002"
    with pytest.raises(TrainingError, match=r"another job.*learning_rate, optimizer differ"):
        prepare(tmp_path, config(learning_rate=0.02, optimizer="sgd"), data, first.name)
    with pytest.raises(TrainingError, match="no name"):
        prepare(tmp_path, config(), data, "../x")


def test_an_unfinished_run_may_be_given_another_length(
    unbroken: Trained, config: Make, data: Path, tmp_path: Path
) -> None:
    def stop(pid: int, message: dict[str, Any]) -> None:
        if message.get("iteration") == 10:
            os.kill(pid, signal.SIGTERM)

    run = prepare(tmp_path, config(iters=48), data)
    with pytest.raises(Interrupted, match="stopped at iteration 1"):
        train(run, stop)
    with pytest.raises(TrainingError, match=r"is at 1\d already"):
        prepare(tmp_path, config(iters=6), data, run.name)
    assert own_job(tmp_path, "another", 24) is None
    own = own_job(tmp_path, run.name, 24)
    assert own and own == (config(), run.file("data"))  # whatever the project's settings and set
    assert prepare(tmp_path, *own, run.name) == run
    assert curve(train(run, quiet).run) == curve(unbroken.run)
    resized = [e.detail for e in run.events() if e.kind == "resized"]
    assert resized == [Notice("resized", {"iterations": 24, "before": 48})]


def test_early_stopping_keeps_the_best(config: Make, data: Path, tmp_path: Path) -> None:
    stop = {"patience": 1, "min_delta": 100.0}
    changed = config(early_stopping=stop, steps_per_eval=4, batch_size=3, grad_accumulation_steps=2)
    done = train(prepare(tmp_path, changed, data), quiet)
    assert (done.result["ended"], done.result["iterations"]) == ("early_stopping", 8)
    assert done.result["best_iteration"] == 4


def test_metrics_survive_a_round_trip(unbroken: Trained) -> None:
    lines = unbroken.run.file("metrics.jsonl").read_text("utf-8").splitlines()
    assert all(Metric.model_validate(json.loads(line)) for line in lines)


def _metrics(done: Trained) -> list[Metric]:
    return read_metrics(done.run.file("metrics.jsonl"))


def test_a_batch_in_parts_teaches_the_same(config: Make, data: Path, tmp_path: Path) -> None:
    # Plain gradient descent: Adam makes a rounded gradient near zero a whole step.
    sgd = {"optimizer": "sgd", "learning_rate": 0.05, "lora_parameters": {"dropout": 0.0}}
    changed = config(batch_size=4, iters=4, **sgd)
    whole = train(prepare(tmp_path, changed, data, "whole"), quiet)
    run = prepare(tmp_path, changed, data, "parts")
    store.write_json(run.file("limits.json"), {"micro": 3})
    parts = train(run, quiet)
    for a, b in zip(curve(whole.run), curve(parts.run), strict=True):
        assert a == pytest.approx(b, abs=1e-4)
    first, *_, last = [loss for _, loss in losses(_metrics(whole), "val_loss")]
    assert abs(last - first) > 0.01  # a hundred times what equal curves may differ by


def test_what_the_frozen_layers_make_is_kept_to_the_end_and_changes_nothing(
    config: Make, data: Path, tmp_path: Path
) -> None:
    """A worker that is killed leaves what it kept; the next one reads it."""
    due, kept = [3, 14], []
    said: list[dict[str, Any]] = []

    def kill(pid: int, message: dict[str, Any]) -> None:
        said.extend([message["forecast"]] if "forecast" in message else [])
        if due and message.get("iteration", 0) >= due[0]:
            kept.append(len(list(run.file("kept").glob("*.f32"))))
            due.pop(0)
            os.kill(pid, signal.SIGKILL)

    plain = train(prepare(tmp_path, config(num_layers=1, keep_gb=0), data), quiet)
    assert not plain.run.file("kept").exists()
    run = prepare(tmp_path, config(num_layers=1), data)
    done = train(run, kill)
    assert curve(done.run) == curve(plain.run)
    assert kept[0] >= 6 and kept[1] == 16  # at least 4 to validate on and 2 or 3; at last all
    assert not run.file("kept").exists()
    assert len(said) == 3 and store.read_json(run.file("forecast.json")) == said[-1]
    assert said[0]["iterations"] == 22 and said[0]["validations"] == 3 and said[0]["seconds"] > 0


def test_layers_computed_again_teach_the_same(config: Make, data: Path, tmp_path: Path) -> None:
    dry = {"lora_parameters": {"dropout": 0.0}, "iters": 8}
    kept, again = (
        train(prepare(tmp_path, config(grad_checkpoint=on, **dry), data), quiet)
        for on in (False, True)
    )
    for a, b in zip(curve(kept.run), curve(again.run), strict=True):
        assert a == pytest.approx(b, abs=1e-5)


def test_a_length_in_epochs_is_one_in_iterations(config: Make, data: Path, tmp_path: Path) -> None:
    given = config().model_dump(exclude={"iters"})
    epochs = TrainConfig.model_validate({**given, "epochs": 1.5, "batch_size": 2})
    run = prepare(tmp_path, epochs, data)
    assert run.request().config.iters == 9  # of 12 rows, two at a time
    assert prepare(tmp_path, epochs, data) == run
    own = own_job(tmp_path, run.name, 10)
    assert own and own[0].iters == 10


def test_short_memory_is_met_by_computing_layers_again(
    config: Make, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from curator.training import preflight

    assert prepare(tmp_path, config(), data).limits().grad_checkpoint is False
    found = preflight.examine(config(), data)
    monkeypatch.setattr(preflight, "available", lambda: int(found.memory.total * 1.1))
    assert prepare(tmp_path, config(iters=12), data).limits().grad_checkpoint is True
    assert prepare(tmp_path, config(iters=18, grad_checkpoint=False), data).limits() == Limits()


def test_a_stop_is_heard_in_the_first_validation(tiny: Path, tmp_path: Path) -> None:
    """Of a run that validates for long before it learns; and the next call ends it."""
    run = prepare(tmp_path, settings(tiny, iters=4, steps_per_eval=4), write_data(tmp_path))
    heard: list[int] = []

    def stop(pid: int, message: dict[str, Any]) -> None:
        if not heard:
            heard.append(pid)
            os.kill(pid, signal.SIGTERM)

    with pytest.raises(Interrupted, match="stopped at iteration 0"):
        train(run, stop)
    assert train(run, quiet).result["iterations"] == 4
    assert [r.name for r in runs(tmp_path)] == [run.name]
