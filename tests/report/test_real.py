"""A report over what real commands leave: a training by mlx, recorded answers judged by rustc."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from curator.base.notice import Notice
from curator.evaluation.stale import stale
from curator.records.project import Project
from curator.report.gather import gather
from curator.training.run import prepare, train
from tests.conftest import ROOT
from tests.training.conftest import settings, write_data

pytestmark = pytest.mark.slow
RECORDED = ROOT / "tests" / "evaluation" / "recorded.jsonl"


def curator(project: Project, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", "--project", project.root, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=environment, timeout=600
    )


def test_what_the_commands_leave_is_reported(project: Project, tiny: Path) -> None:
    data = write_data(project.root)
    run = prepare(project.root, settings(tiny), data)
    done = train(run, lambda pid, message: None)
    shutil.rmtree(data)
    other = project.root / "other.jsonl"
    lines = RECORDED.read_text("utf-8").replace("let mut", "let").replace(" une ", " la ")
    other.write_text(lines, "utf-8")
    copy = Path(shutil.copy(RECORDED, project.root / "copy.jsonl"))
    for file, name in ((RECORDED, "before"), (other, "other"), (copy, "copy")):
        made = curator(
            project, "evaluate", "--responses", file, "--name", name, "--profile", "seed"
        )
        assert made.returncode == 0, made.stderr

    found = gather(project, stale)
    assert found.training and found.training.run.name == run.name
    assert found.training.run.best_loss == done.result["best_val_loss"]
    assert found.training.rows[0].val_loss and found.training.rows[-1].marks[-1] == "end"
    assert found.training.files[0].sha256 == done.result["adapter_sha256"]
    assert found.evaluation
    refused = {p.after: p.refused for p in found.evaluation.of("seed")}
    assert refused["copy"] == Notice("same_arm")
    assert [s.stale for s in found.evaluation.sides] == [None] * 3

    other.write_text("", "utf-8")
    told = curator(project, "report", "--json")
    assert (told.returncode, told.stderr) == (0, "")
    stale_ones = {
        a["arm"]["name"]: a["stale"] for a in json.loads(told.stdout)["evaluation"]["arms"]
    }
    assert stale_ones["other"] and stale_ones["before"] is None
    folder = project.root / "build" / "rapport"
    assert {p.name for p in folder.iterdir()} == {"rapport.md", "rapport.html", "reponses.html"}
    markdown = (folder / "rapport.md").read_text("utf-8")
    assert "Résultats périmés\u00a0: other" in markdown
    assert "c’est un seul et même bras" in markdown
    assert f"| Perte de validation au départ | {found.training.first_loss:.3f} |".replace(
        ".", ","
    ) in (markdown)
