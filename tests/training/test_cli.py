"""The commands, as processes: import-model, train, train --watch, fuse; Ctrl-C in the middle."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curator.records.project import Project
from tests.conftest import ROOT
from tests.training.conftest import write_data

pytestmark = pytest.mark.slow
SMALL = """
kind: train
model: {model}
num_layers: 2
iters: 16
learning_rate: 0.01
steps_per_eval: 8
save_every: 4
"""


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "curator", *map(str, arguments)]


def curator(*arguments: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command(*arguments), cwd=cwd, capture_output=True, text=True, timeout=300, env=environment
    )


def document(*arguments: object, cwd: Path) -> dict[str, Any]:
    done = curator(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def trainable(project: Project, tiny: Path) -> Path:
    write_data(project.root)
    (project.root / "training").mkdir()
    (project.root / "training" / "lora.yaml").write_text(SMALL.format(model=tiny), "utf-8")
    return project.root


def test_train_survives_ctrl_c_and_is_watched_and_fused(trainable: Path) -> None:
    found = document("train", "--dry-run", cwd=trainable)
    assert (found["train"]["rows"], found["left_out"]) == (12, [])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command("train"), cwd=trainable, stderr=subprocess.PIPE, text=True, env=environment
    ) as first:
        for line in first.stderr or ():
            if "iteration 10" in line:
                first.send_signal(signal.SIGINT)
                break
        rest = first.stderr.read() if first.stderr else ""
    assert first.returncode == 130 and "run the same command again" in rest
    assert "stopping: at the end of this iteration" in rest
    (trainable / "training" / "lora.yaml").write_text("kind: train\nmodel: another\n", "utf-8")
    resume = "curator train --name run-001"
    assert f"resume it: {resume}" in curator("train", "--watch", cwd=trainable).stdout
    assert f"Next: {resume}\n" in curator(cwd=trainable).stdout
    done = document(*resume.split()[1:], cwd=trainable)
    assert (done["run"], done["iterations"]) == ("run-001", 16)
    watched = document("train", "--watch", cwd=trainable)
    assert watched["finished"]
    its = [r["iteration"] for r in watched["records"] if "val_loss" in r]
    assert its == [0, 8, 16]
    assert document("fuse", cwd=trainable)["size"] > 10**6
    assert "safetensors" in curator("fuse", "--out", "models/other", cwd=trainable).stdout


def test_a_users_mistake_is_one_line(trainable: Path) -> None:
    shutil.rmtree(trainable / "curated")
    done = curator("train", cwd=trainable)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and "curator build" in done.stderr
    done = curator("fuse", cwd=trainable)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    done = curator("train", "--watch", "--dry-run", cwd=trainable)
    assert done.returncode == 2 and "--dry-run" in done.stderr


def test_import_model_makes_a_folder(trainable: Path) -> None:
    (trainable / "training" / "smollm2.yaml").write_text("kind: train\n", "utf-8")
    said = curator("import-model", "smollm2", cwd=trainable).stdout
    assert "Next: curator train --config training/smollm2.yaml" in said  # not those of a large one
    shutil.rmtree(trainable / "models" / "smollm2")
    made = document("import-model", "smollm2", cwd=trainable)
    assert Path(made["path"]) == trainable / "models" / "smollm2"
    assert made["size"] > 5 * 10**8


def test_no_file_of_a_project_runs_in_the_worker(trainable: Path) -> None:
    """Its training/, curator/ or mlx.py would come first if the current folder were searched."""
    hostile = 'raise SystemExit("hostile code ran")\n'
    for name in ("training/worker.py", "training/__init__.py", "curator/__init__.py", "mlx.py"):
        (trainable / name).parent.mkdir(exist_ok=True)
        (trainable / name).write_text(hostile, "utf-8")
    (trainable / "json.py").write_text(hostile, "utf-8")
    # The command itself is started as the installed script is: without the current folder.
    begun = [sys.executable, "-P", "-m", "curator", "train", "--iterations", "4", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(begun, cwd=trainable, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["iterations"] == 4
    log = trainable / "training" / "runs" / "run-001" / "worker.log"
    assert "hostile" not in log.read_text("utf-8") + done.stderr
