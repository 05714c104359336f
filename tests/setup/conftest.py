"""A checkout whose set-up can be run within a second: what it would install is a stub that logs."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

PLAN9 = Path("/usr/lib/plan9/bin")  # Debian's 9base: sed and awk of the lineage that BSD's are of

STUB = """#!/bin/sh
echo "$0 $*" >>"$LOG"
case "$*" in
*"{fails_at}"*) echo "the stub's own words"; exit 9 ;;
*"venv --python"*) mkdir -p .venv/builder/bin; cp .venv/bin/pip .venv/builder/bin/python ;;
*" wheel "*) mkdir -p .venv/wheels; : >.venv/wheels/llama.whl; env >"$LOG.build" ;;
esac
"""


def bsd_tools() -> Path | None:
    """A folder with a sed and an awk that are not GNU's; None means that the system's are BSD's."""
    if sys.platform != "linux":
        return None
    if not (PLAN9 / "sed").exists():
        pytest.skip("no 9base (apt install 9base)")
    return PLAN9


@pytest.fixture(params=["system", "bsd"])
def userland(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A PATH: the system's, and one on which sed and awk are BSD-like."""
    path = os.environ["PATH"]
    if request.param == "system" or (tools := bsd_tools()) is None:
        return path
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sed", "awk"):
        (folder / name).symlink_to(tools / name)
    return f"{folder}:{path}"


@dataclass
class Checkout:
    """The set-up's own files in a folder of their own, and what it asked the stubs to do."""

    folder: Path
    path: str
    fails_at: str = "never"

    def call(self, function: str, *words: str) -> str:
        """What a function of .ci/lib.sh prints."""
        script = '. .ci/lib.sh; "$@"'
        done = self.run("sh", "-euc", script, "sh", function, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def setup(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run .ci/setup.sh with stubs for pip and uv; nothing is downloaded."""
        stub = STUB.format(fails_at=self.fails_at)
        binaries = self.folder / ".venv" / "bin"
        binaries.mkdir(parents=True, exist_ok=True)
        for name in ("pip", "uv"):
            (binaries / name).write_text(stub)
            (binaries / name).chmod(0o755)
        if not (binaries / "python").exists():
            (binaries / "python").symlink_to(sys.executable)
        return self.run("sh", ".ci/setup.sh", *words)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        seen = {
            "PATH": self.path,
            "HOME": os.environ.get("HOME", "/"),
            "LOG": str(self.folder / "stubs.log"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHON": sys.executable,
        }
        return subprocess.run(
            command, cwd=self.folder, env=seen, capture_output=True, text=True, timeout=60
        )

    def asked(self) -> list[str]:
        """The stubs' calls, in order."""
        return (self.folder / "stubs.log").read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path, userland: str) -> Checkout:
    folder = tmp_path / "a checkout"
    for name in (".ci", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    no_apt = tmp_path / "no-apt"
    no_apt.mkdir()
    (no_apt / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    (no_apt / "apt-get").chmod(0o755)
    return Checkout(folder, f"{no_apt}:{userland}")
