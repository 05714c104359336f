"""The guide's line for cron, under the environment that cron gives."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from curator.base import store
from curator.rust.toolchain import find_toolchain
from tests.conftest import ROOT, first_49


def crontab_command() -> str:
    """The command of the guide's crontab line."""
    guide = (ROOT / "docs" / "guides" / "retrain.md").read_text("utf-8")
    [fence] = re.findall(r"```crontab\n(.*?)```", guide, re.S)
    [line] = [line for line in fence.splitlines() if not line.startswith("#")]
    return str(line.split(maxsplit=5)[5])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home: the project where the guide has it, and Rust where rustup puts it."""
    checkout = tmp_path / "rustsensei-curator"
    (checkout / "training").mkdir(parents=True)
    for name in ("pipelines", "training/lora.yaml", "training/prompts_fr.jsonl"):
        (checkout / name).symlink_to(ROOT / name)
    store.write_atomic(checkout / "raw" / "authored" / "first.jsonl", first_49()[:4])
    curator = checkout / ".venv" / "bin" / "curator"
    curator.parent.mkdir(parents=True)
    curator.write_text(f'#!/bin/sh\nexec {sys.executable} -m curator "$@"\n')
    curator.chmod(0o755)
    rustup = tmp_path / ".cargo" / "bin"
    rustup.mkdir(parents=True)
    (rustup / "rustc").symlink_to(find_toolchain().rustc)
    return tmp_path


def cron(home: Path, command: str) -> "subprocess.CompletedProcess[str]":
    words = ["env", "-i", f"HOME={home}", "LOGNAME=jo", "SHELL=/bin/sh", "PATH=/usr/bin:/bin"]
    return subprocess.run([*words, "/bin/sh", "-c", command], capture_output=True, text=True)


@pytest.mark.slow
def test_the_readmes_line_finds_rustc_and_says_in_one_line_that_nothing_is_due(home: Path) -> None:
    done = cron(home, crontab_command())
    log = (home / "rustsensei-curator" / "retrain.log").read_text("utf-8")
    assert done.returncode == 3, log
    assert len(log.splitlines()) == 1, log
    assert "not ready" in log


@pytest.mark.slow
def test_without_rustc_the_line_says_so(home: Path) -> None:
    (home / ".cargo" / "bin" / "rustc").unlink()
    done = cron(home, crontab_command())
    if done.returncode == 3:
        pytest.skip("a rustc stands on the system's own path")
    assert "no rustc" in (home / "rustsensei-curator" / "retrain.log").read_text("utf-8")
