"""Children run our modules, whatever lies in the folder that they are started in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curator.base import child
from tests.conftest import ROOT

HOSTILE = 'raise SystemExit("hostile code ran")\n'
NAMES = (
    *("training/worker.py", "training/__init__.py", "curator/__init__.py"),
    *("curator/training/worker.py", "json.py", "mlx.py", "runpy.py", "sitecustomize.py"),
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HOSTILE, "utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("search", [None, "", ".", "HERE", f".{os.pathsep}"])
def test_no_working_folder_puts_code_before_ours(
    hostile: Path, search: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as the current folder nor by PYTHONPATH, nor where our own process imports there."""
    monkeypatch.chdir(hostile)
    monkeypatch.setattr(sys, "path", ["", ".", str(hostile), *sys.path])
    if search is None:
        monkeypatch.delenv("PYTHONPATH", raising=False)
    else:
        monkeypatch.setenv("PYTHONPATH", search.replace("HERE", str(hostile)))
    command = child.command("curator.training.worker", str(hostile / "no-run"))
    done = subprocess.run(command, capture_output=True, text=True)
    assert "hostile" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["error"]["where"].endswith("no-run"), "the worker itself"


def test_the_hostile_folder_is_one(hostile: Path) -> None:
    command = [sys.executable, "-m", "curator.training.worker", "no-run"]
    done = subprocess.run(command, cwd=hostile, capture_output=True, text=True)
    assert "hostile code ran" in done.stderr


def test_folders_below_the_working_one_may_be_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project may have its environment there."""
    packages = str(tmp_path / ".venv" / "site-packages")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), packages, "lib"])
    path, package, module = json.loads(child.command("curator.training.worker")[4])
    assert path == [packages] and module == "curator.training.worker"
    assert package == str(ROOT / "curator")
