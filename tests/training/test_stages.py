"""A second stage on preferences, for real: from a first run's adapter, killed, resumed, fused."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import BrokenLine, DataError, Interrupted, RecipeError, TrainingError
from curator.base.settings import validate
from curator.training import reference
from curator.training.config import TrainConfig
from curator.training.fuse import fuse
from curator.training.metrics import read_metrics
from curator.training.modelling import load_tokenizer
from curator.training.pairs import read_pairs
from curator.training.preflight import examine
from curator.training.run import Trained, own_job, prepare, train
from curator.training.rundir import RunDir
from curator.training.stage import taught
from tests.training.conftest import authored, settings, write_data, write_rows

Make = Callable[..., TrainConfig]


def quiet(pid: int, message: dict[str, Any]) -> None:
    """Listens to nothing."""


def pair_row(prompt: str, chosen: str, rejected: str) -> dict[str, Any]:
    answers = {"chosen": chosen, "rejected": rejected}
    said = {k: [{"role": "assistant", "content": text}] for k, text in answers.items()}
    return {"prompt": [{"role": "user", "content": prompt}], **said}


def write_pairs(root: Path) -> Path:
    """Pairs whose chosen answer ends in one word, and whose rejected one in another."""
    texts = [row["messages"][2]["content"][:50] for row in authored()[:12]]
    rows = [pair_row(f"Question {i} ?", f"{t} oui", f"{t} non") for i, t in enumerate(texts)]
    folder = root / "pairs"
    write_rows(folder / "train_pairs.jsonl", rows[:8])
    write_rows(folder / "valid_pairs.jsonl", rows[8:])
    return folder


def preferring(model: Path, /, **changes: Any) -> TrainConfig:
    asked = {"objective": "dpo", "start_from": "first", "iters": 16, "steps_per_eval": 4}
    return settings(model, **{**asked, "batch_size": 2, "save_every": 4, **changes})


def first_stage(root: Path, model: Path) -> RunDir:
    return train(prepare(root, settings(model, iters=6), write_data(root), "first"), quiet).run


@pytest.fixture(scope="module")
def unbroken(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    root = tmp_path_factory.mktemp("stages")
    first_stage(root, tiny)
    return train(prepare(root, preferring(tiny), write_pairs(root), "second"), quiet)


def measured(run: RunDir) -> list[tuple[Any, ...]]:
    metrics = read_metrics(run.file("metrics.jsonl"))
    return [(*m.curve(), m.val_accuracy, m.val_margin) for m in metrics]


@pytest.mark.slow
def test_preferences_are_learned(unbroken: Trained) -> None:
    run = unbroken.run
    found = [m for m in read_metrics(run.file("metrics.jsonl")) if m.val_loss is not None]
    assert found[0].val_loss == pytest.approx(0.6931, abs=1e-3)  # the reference against itself
    assert found[0].val_margin == pytest.approx(0.0, abs=1e-3)
    assert found[-1].val_margin and found[-1].val_margin > 0.3
    assert found[-1].val_accuracy == 1.0
    assert found[-1].val_loss and found[-1].val_loss < 0.6
    assert "nats per pair" in run.file("loss.svg").read_text("utf-8")
    kept = list(store.read(run.file(reference.FILE), reference.Reference))
    assert len(kept) == len({r.where for r in kept}) == 12
    start = run.request().start
    assert start and start.run == "first"
    assert unbroken.result["adapter_sha256"] != start.adapter_sha256


@pytest.mark.slow
def test_a_second_stage_that_is_killed_again_and_again_is_the_same(
    unbroken: Trained, tiny: Path, tmp_path: Path
) -> None:
    """Killed while the reference is computed, and in the training; its first stage then goes."""
    import shutil

    due = [(0, 5), (5, 0), (10, 0)]
    beats: dict[int, int] = {}

    def kill(pid: int, message: dict[str, Any]) -> None:
        if not due or "iteration" not in message:
            return
        beats[pid] = beats.get(pid, 0) + 1
        iteration, count = due[0]
        if message["iteration"] >= iteration and beats[pid] > count:
            due.pop(0)
            shutil.rmtree(tmp_path / "training" / "runs" / "first", ignore_errors=True)
            os.kill(pid, signal.SIGKILL)

    first_stage(tmp_path, tiny)
    done = train(prepare(tmp_path, preferring(tiny), write_pairs(tmp_path), "second"), kill)
    assert due == []
    assert measured(done.run) == measured(unbroken.run)
    assert done.result == unbroken.result
    lines = [f.file(reference.FILE).read_bytes() for f in (done.run, unbroken.run)]
    assert lines[0] == lines[1]


@pytest.mark.slow
def test_a_second_stage_resumes_when_the_first_run_is_gone(tiny: Path, tmp_path: Path) -> None:
    first, pairs = first_stage(tmp_path, tiny), write_pairs(tmp_path)
    run = prepare(tmp_path, preferring(tiny, start_from=first.name), pairs)
    shutil.rmtree(first.path)
    job = own_job(tmp_path, run.name, None)
    assert job is not None
    assert prepare(tmp_path, *job, run.name).path == run.path
    adapter = run.path / "start" / "adapters.safetensors"
    whole = adapter.read_bytes()
    adapter.write_bytes(whole[:-4] + b"\0\0\0\1")
    with pytest.raises(TrainingError, match=r"adapters.safetensors: changed since the run began"):
        train(run, quiet)
    adapter.write_bytes(whole)
    rows = run.path / "data" / "train_pairs.jsonl"
    rows.write_text(rows.read_text("utf-8").replace(" oui", " si"), "utf-8")
    with pytest.raises(TrainingError, match=r"train_pairs.jsonl: changed since the run began"):
        train(run, quiet)
    assert not run.finished


@pytest.mark.slow
def test_a_stop_is_heard_while_the_reference_is_computed(tiny: Path, tmp_path: Path) -> None:
    config = preferring(tiny, start_from=None, iters=4)
    run = prepare(tmp_path, config, write_pairs(tmp_path))
    heard: list[int] = []

    def stop(pid: int, message: dict[str, Any]) -> None:
        if not heard:
            heard.append(pid)
            os.kill(pid, signal.SIGTERM)

    with pytest.raises(Interrupted, match="stopped at iteration 0"):
        train(run, stop)
    assert read_metrics(run.file("metrics.jsonl")) == []
    assert train(run, quiet).result["iterations"] == 4


@pytest.mark.slow
def test_what_a_second_stage_is_fused_from(unbroken: Trained, tmp_path: Path) -> None:
    merged = fuse(unbroken.run, tmp_path / "merged")
    origin = store.read_json(merged.path / "origin.json")
    assert origin["run"] == "second" and origin["start"]["run"] == "first"
    names = [path.name for path in taught(unbroken.run)]
    assert names == ["1-train.jsonl", "train_pairs.jsonl"]


@pytest.mark.slow
def test_an_adapter_of_another_shape_is_refused(
    unbroken: Trained, tiny: Path, tmp_path: Path
) -> None:
    root = unbroken.run.path.parents[2]
    pairs = root / "pairs"
    with pytest.raises(TrainingError, match=r"lora_parameters.rank differ"):
        prepare(root, preferring(tiny, lora_parameters={"rank": 4}), pairs)
    with pytest.raises(TrainingError, match="there is no such run"):
        prepare(root, preferring(tiny, start_from="none"), pairs)
    unfinished = prepare(root, settings(tiny, iters=3, save_every=3), root / "curated", "third")
    with pytest.raises(TrainingError, match=r"not complete.*curator train --name third"):
        prepare(root, preferring(tiny, start_from=unfinished.name), pairs)
    with pytest.raises(DataError, match="curator pairs"):
        prepare(root, preferring(tiny), root / "curated")


@pytest.mark.slow
def test_pairs_take_the_memory_of_two_rows(tiny: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path)
    one = examine(preferring(tiny, start_from=None, batch_size=1), pairs)
    two = examine(preferring(tiny, start_from=None, batch_size=2), pairs)
    assert two.memory.activations == 2 * one.memory.activations
    assert len(one.train) == 8 and len(one.valid) == 4


class Trimming:
    """A tokenizer whose template trims what is said, as Llama 3's does."""

    def __init__(self, tokenizer: Any):
        self._tokenizer = tokenizer

    def apply_chat_template(self, messages: list[dict[str, str]], **options: Any) -> Any:
        trimmed = [{**m, "content": m["content"].strip()} for m in messages]
        return self._tokenizer.apply_chat_template(trimmed, **options)


@pytest.mark.slow
def test_broken_pairs_are_named(tiny: Path, tmp_path: Path) -> None:
    tokenizer, path = load_tokenizer(tiny), tmp_path / "train_pairs.jsonl"
    good = pair_row("Q ?", "oui", "non")
    path.write_text(json.dumps(good) + "\n" + json.dumps(pair_row("Q ?", "oui", "oui")) + "\n")
    with pytest.raises(BrokenLine, match=r"train_pairs.jsonl:2.*the same text"):
        read_pairs(path, tokenizer)
    path.write_text(json.dumps({**good, "chosen": good["prompt"]}) + "\n")
    with pytest.raises(BrokenLine, match="not the assistant's"):
        read_pairs(path, tokenizer)
    write_rows(path, [good, pair_row("Q ?", "oui", "oui \n")])
    with pytest.raises(DataError, match=r"train_pairs.jsonl:2: chosen and rejected are the same"):
        read_pairs(path, Trimming(tokenizer))
    write_rows(path, [good])
    [pair] = read_pairs(path, tokenizer)
    assert pair.chosen.offset == pair.rejected.offset > 0
    assert pair.learned == pair.chosen.learned + pair.rejected.learned > 2


def test_a_prompt_of_pairs_is_masked_in_any_case() -> None:
    with pytest.raises(RecipeError, match="mask_prompt"):
        validate({"objective": "dpo", "mask_prompt": False}, "dpo.yaml", TrainConfig)
