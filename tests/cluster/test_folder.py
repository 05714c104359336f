"""The folder of a cluster of our own: a later command removes those of dead ones, and no other."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from curator.cluster.folder import cluster_folder
from tests.conftest import ROOT

KILLED = """
import os, signal
from curator.cluster.folder import cluster_folder
with cluster_folder() as name:
    os.utime(name + "/in-use", (0, 0))
    print(name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(base: Path) -> Path:
    """The folder of a command that was killed long ago."""
    own = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(base)}
    done = subprocess.run([sys.executable, "-c", KILLED], env=own, capture_output=True, text=True)
    return Path(done.stdout.strip())


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files whose name is short enough for Ray's sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="t-") as name:
        monkeypatch.setattr("tempfile.tempdir", name)
        yield Path(name)


def test_the_folder_of_a_dead_command_is_removed(base: Path) -> None:
    left = killed(base)
    (left / "session_1").mkdir()
    assert left.parent == base
    with cluster_folder() as name:
        assert list(base.iterdir()) == [Path(name)]
    assert list(base.iterdir()) == []


def test_that_of_a_live_one_is_not_however_old_it_is(base: Path) -> None:
    with cluster_folder() as first:
        os.utime(Path(first, "in-use"), (0, 0))
        with cluster_folder():
            assert Path(first, "in-use").is_file()


def test_what_is_new_or_not_ours_is_left_alone(base: Path) -> None:
    left = killed(base)
    os.utime(left / "in-use")
    others = [base / "curator-models", base / "else"]
    for other in others:
        other.mkdir()
    (base / "else" / "in-use").touch()
    elsewhere = base / "else" / "in-use"
    os.utime(elsewhere, (0, 0))
    (base / "curator-link").mkdir()
    (base / "curator-link" / "in-use").symlink_to(elsewhere)
    with cluster_folder():
        pass
    assert {p.name for p in base.iterdir()} == {left.name, "curator-models", "else", "curator-link"}
