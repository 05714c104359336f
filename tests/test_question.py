"""`make question` on a tiny model: killed in a training, resumed, and nothing done twice."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

SETTINGS: dict[str, Any] = {
    "kind": "train",
    "num_layers": 1,
    "epochs": 0.04,
    "learning_rate": 0.0005,
    "val_batches": 1,
    "steps_per_eval": 6,
    "steps_per_report": 2,
    "save_every": 2,
}


def command(model: Path, tmp_path: Path, *more: str) -> list[str]:
    settings = tmp_path / "settings.yaml"
    settings.write_text(yaml.safe_dump(SETTINGS), "utf-8")
    asked = ["--model", model, "--home", tmp_path / "home", "--settings", settings]
    asked += ["--arms", "few", "many", "--prompts", "1", "--no-rag", *more]
    return [sys.executable, str(ROOT / "benchmarks" / "question.py"), *map(str, asked)]


def test_the_plan_says_what_is_to_be_done(tmp_path: Path) -> None:
    plan = subprocess.run(
        command(Path("qwen-0.5b"), tmp_path, "--plan"), capture_output=True, text=True, check=True
    ).stdout
    stages = [line.split("  ")[1] for line in plan.splitlines()[1:]]
    assert stages == [
        *("lay the project out", "the base as a folder", "train few", "GGUF of few"),
        *("train many", "GGUF of many", "ask base", "ask few", "ask many", "compare and report"),
    ]
    assert "is there" not in plan and not (tmp_path / "home").exists()


@pytest.mark.slow
def test_killed_it_goes_on_where_it_was(tiny: Path, tmp_path: Path) -> None:
    runs = tmp_path / "home" / "training" / "runs"
    with subprocess.Popen(command(tiny, tmp_path), process_group=0) as killed:
        deadline = time.monotonic() + 300
        while not list((runs / "many" / "checkpoints").glob("it*.*.safetensors")):
            assert killed.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(killed.pid, signal.SIGKILL)
    few = (runs / "few" / "result.json").stat().st_mtime_ns
    done = subprocess.run(command(tiny, tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (runs / "few" / "result.json").stat().st_mtime_ns == few
    result = json.loads((runs / "many" / "result.json").read_text("utf-8"))
    rows = len((ROOT / "curated" / "train.jsonl").read_text("utf-8").splitlines())
    assert result["iterations"] == math.ceil(SETTINGS["epochs"] * rows)
    report = (tmp_path / "home" / "rapport" / "rapport.md").read_text("utf-8")
    assert "few" in report and "many" in report
    plan = subprocess.run(
        command(tiny, tmp_path, "--plan"), capture_output=True, text=True, check=True
    ).stdout
    assert plan.count("is there") == 9 and "ask many                 is there" in plan
    assert "compare and report       about" in plan  # it is done each time, and is quick
