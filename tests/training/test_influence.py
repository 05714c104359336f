"""Which rows helped: the measure against what a step really does; killed and resumed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import pytest
from mlx.utils import tree_flatten, tree_map

from curator.base import child, store
from curator.base.errors import BrokenLine, DataError, TrainingError
from curator.records.files import read_examples
from curator.records.project import Project
from curator.training import modelling
from curator.training.blas import for_training
from curator.training.config import TrainConfig
from curator.training.influence import run as comparing
from curator.training.influence.folder import InfluenceDir, Likeness
from curator.training.influence.measure import described, grouped, influences
from curator.training.influence.run import measure
from curator.training.objective import WholeLoss
from curator.training.run import prepare, train
from curator.training.rundir import RunDir
from curator.training.stage import load_adapter
from tests.conftest import ROOT
from tests.training.conftest import authored, chat, write_data, write_rows

pytestmark = pytest.mark.slow
Make = Callable[..., TrainConfig]


@pytest.fixture
def done(config: Make, data: Path, tmp_path: Path) -> RunDir:
    """A short training on the tiny model, complete; at a low rate: its losses are smooth."""
    return train(
        prepare(tmp_path, config(iters=8, learning_rate=1e-3), data), lambda pid, message: None
    ).run


def loaded(run: RunDir) -> tuple[Any, list[Any], list[Any]]:
    """The trained model as mlx-lm has it, by mlx's own operations; rows and targets."""
    folder = InfluenceDir(run)
    settings = folder.settings()
    model, _ = modelling.load_model(Path(run.request().folder))
    modelling.set_dtype(model, "float32")
    modelling.adapt(model, settings)
    load_adapter(model, run.adapter().path)
    tokenizer = modelling.load_tokenizer(Path(run.request().folder))
    return (model, *folder.rows(tokenizer, settings))


def losses(model: Any, rows: list[Any]) -> list[float]:
    loss = WholeLoss()
    return [float(loss.loss(model, *loss.batch([row]))[0]) for row in rows]


def test_a_step_on_a_row_lowers_a_target_as_its_cosine_says(done: RunDir, tmp_path: Path) -> None:
    """The loss of a target after a small step on a row, against the first term of its series."""
    measure(tmp_path, done)
    found = InfluenceDir(done).found()
    model, rows, targets = loaded(done)
    assert [one.where for one in found] == [row.where for row in rows] and len(found) == 12
    loss = WholeLoss()
    gradient = nn.value_and_grad(model, lambda m, *batch: loss.loss(m, *batch)[0])

    def norm(row: Any) -> float:
        flat = tree_flatten(gradient(model, *loss.batch([row]))[1])
        return float(mx.sqrt(sum(mx.sum(value * value) for _, value in flat)))

    before, changes = losses(model, targets), list[float]()
    kept = tree_map(mx.array, model.trainable_parameters())
    for row, one in list(zip(rows, found, strict=True))[:4]:
        step = 1e-4 / norm(row)  # larger ones leave the straight line
        slope = gradient(model, *loss.batch([row]))[1]
        moved = tree_map(lambda w, g, step=step: w - step * g, kept, slope)
        model.update(moved)
        after = losses(model, targets)
        model.update(kept)
        for target, cosine, old, new in zip(targets, one.cosines, before, after, strict=True):
            slope_to = cosine * norm(target)
            assert (old - new) / 1e-4 == pytest.approx(slope_to, rel=0.05, abs=0.05)
            changes.append(abs(old - new))
    assert max(changes) > 1e-4, "they are no rounding"


def test_a_row_is_most_like_itself(done: RunDir, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    lines = (done.file("data") / "train.jsonl").read_bytes().splitlines(keepends=True)
    own.write_bytes(lines[4])
    found = measure(tmp_path, done, own)
    assert found.rows[0].where == "train.jsonl:5"
    assert found.rows[0].value == pytest.approx(1, abs=1e-4)
    assert all(row.value < 0.999 for row in found.rows[1:])
    assert store.read_json(done.file("influence") / "influence.json") == found.document()
    assert not (done.file("influence") / "gradients").exists()
    seen: list[str] = []
    again = measure(tmp_path, done, own, lambda label, n, of: seen.append(label))
    assert again == found and seen == [], "nothing is computed twice"


def test_killed_it_goes_on_and_finds_the_same(done: RunDir, tmp_path: Path) -> None:
    whole = measure(tmp_path, done).document()
    folder = InfluenceDir(done)
    (folder.path / "request.json").unlink()  # as if the targets had been others
    folder.begin(None)
    command = child.command("curator.training.influence.worker", str(done.path))
    environment = for_training()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as worker:
        for line in worker.stdout or ():
            if json.loads(line).get("rows") == 3:
                os.kill(worker.pid, signal.SIGKILL)
                break
    before = folder.found()
    assert 3 <= len(before) < 12
    times = [path.stat().st_mtime_ns for path in sorted((folder.path / "gradients").iterdir())]
    with (folder.path / "rows.jsonl").open("ab") as file:
        file.write(b'{"where": "train.js')  # a line that was being written
    seen: list[tuple[str, int]] = []
    found = measure(tmp_path, done, progress=lambda label, n, of: seen.append((label, n)))
    assert next(n for label, n in seen if label == "comparing rows") == len(before) + 1
    assert found.document() == whole and len(times) == 4


def test_another_target_begins_anew(done: RunDir, tmp_path: Path) -> None:
    first = measure(tmp_path, done)
    other = tmp_path / "other.jsonl"
    write_rows(other, authored()[20:22])
    second = measure(tmp_path, done, other)
    assert (first.targets, second.targets) == (4, 2)
    assert [len(one.cosines) for one in InfluenceDir(done).found()] == [2] * 12


def test_what_cannot_be_compared_is_one_line(
    config: Make, done: RunDir, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="no such file"):
        measure(tmp_path, done, tmp_path / "absent.jsonl")
    before = measure(tmp_path, done)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"messages": []}\n', "utf-8")
    with pytest.raises(BrokenLine, match=r"broken\.jsonl:1"):  # the file that was given
        measure(tmp_path, done, broken)
    broken.write_text("\n", "utf-8")
    with pytest.raises(DataError, match=r"broken\.jsonl: no rows"):
        measure(tmp_path, done, broken)
    assert store.read_json(done.file("influence") / "influence.json") == before.document()
    long = tmp_path / "long.jsonl"
    write_rows(long, [chat("Pourquoi ?", "Parce que. " * 3000)])
    with pytest.raises(TrainingError, match="no target is short enough"):
        measure(tmp_path, done, long)
    unfinished = prepare(tmp_path, config(iters=9), data)
    with pytest.raises(TrainingError, match="not complete") as caught:
        measure(tmp_path, unfinished)
    assert "curator train --name" in str(caught.value.hint)
    whole = prepare(tmp_path, config(iters=7, fine_tune_type="full"), data, "whole")
    train(whole, lambda pid, message: None)
    with pytest.raises(TrainingError, match="LoRA or DoRA"):
        measure(tmp_path, whole)


def test_a_worker_that_dies_is_said(
    done: RunDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies = [sys.executable, "-c", "raise MemoryError('too large')"]
    monkeypatch.setattr(comparing.child, "command", lambda *words: dies)
    with pytest.raises(TrainingError, match="the worker died: MemoryError: too large"):
        measure(tmp_path, done)


def test_rows_are_named_by_the_set_that_they_come_from(done: RunDir, tmp_path: Path) -> None:
    assert described(done, tmp_path, "train") == {}  # rows of no built set
    examples = list(read_examples(*sorted((ROOT / "raw" / "authored").glob("*.jsonl"))))[:12]
    store.write_atomic(tmp_path / "curated" / "examples.jsonl", examples)
    request = done.request()
    manifest = {"splits": {"train": [e.id for e in examples], "valid": []}}
    changed = request.model_copy(update={"dataset": manifest}).model_dump(mode="json")
    store.write_json(done.file("run.json"), changed)
    known = described(done, tmp_path, "train")
    assert known["train.jsonl:3"].id == examples[2].id and len(known) == 12
    fewer = {"splits": {"train": [e.id for e in examples[:9]]}, "mix": {}}  # own answers come last
    mixed = request.model_copy(update={"dataset": fewer}).model_dump(mode="json")
    store.write_json(done.file("run.json"), mixed)
    assert described(done, tmp_path, "train") == dict(list(known.items())[:9])
    alike = [Likeness(where=f"train.jsonl:{n}", cosines=[n - 6, 1.0]) for n in range(1, 13)]
    rows = influences(alike, known, ["traits", "unknown"])
    assert rows[0].id == examples[11].id and rows[0].value == 3.5
    assert rows[-1].on == {"traits": -5.0, "unknown": 1.0}
    groups = {g.name: g for g in grouped(rows, "topic")}
    assert sum(g.rows for g in groups.values()) == 12
    assert sum(g.hurt for g in groups.values()) == 4 == sum(r.value < 0 for r in rows)


def test_the_command_shows_both_ends(project: Project, config: Make) -> None:
    write_data(project.root)
    run = prepare(project.root, config(iters=6), project.root / "curated")
    train(run, lambda pid, message: None)
    words = [sys.executable, "-m", "curator", "influence", "--show", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=project.root)
    assert asked.returncode == 0, asked.stderr
    assert "Rows that helped most" in asked.stdout and "influence.json" in asked.stdout
