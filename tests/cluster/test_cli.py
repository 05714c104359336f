"""`--engine ray` as a command: Ctrl-C, clusters of others, and no Ray at all."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from curator.base.extras import install
from curator.cli.app import main
from curator.records.project import Project
from tests.cluster.conftest import ABSENT, error_kind, workers
from tests.conftest import ROOT

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason=ABSENT)
CURATOR = (sys.executable, "-m", "curator")


def command(project: Project, file: Path, out: Path, *more: str) -> list[str]:
    given = ["--project", str(project.root), "filter", str(file), "--out", str(out), "--json"]
    return [*CURATOR, *given, *more]


def environment(folder: Path) -> dict[str, str]:
    """That of a command: without what rustc said before, or what a cluster of the tests set."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**usual, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder)}


def test_without_ray_one_line_says_how_to_get_it(
    empty: Project, mixed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    words = ["--project", str(empty.root), "filter", str(mixed), "--engine", "ray"]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 1
    line = f"--engine ray needs the package ray ({install('ray')})"
    assert capsys.readouterr().err == f"curator: {line}\n"


def test_an_address_needs_the_engine(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["filter", str(mixed), "--address", "auto"])
    assert ended.value.code == 2
    assert "--address needs --engine ray" in capsys.readouterr().err


@pytest.mark.slow
def test_the_local_engine_imports_no_ray(empty: Project, mixed: Path, tmp_path: Path) -> None:
    words = command(empty, mixed, tmp_path / "out")[3:]
    code = f"import sys; from curator.cli.app import main\ntry: main({words!r})\nfinally: "
    code += "print('ray' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr.endswith("False\n")


@needs_ray
@pytest.mark.slow
def test_ctrl_c_leaves_nothing_behind(empty: Project, mixed: Path, tmp_path: Path) -> None:
    words = command(empty, mixed, tmp_path / "out", "--all", "--engine", "ray")
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, env=environment(tmp_path)) as child:
        until = time.monotonic() + 120
        while not workers("ray::judge", child.pid) and child.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        own = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(signal.SIGINT)
        out, errors = child.communicate(timeout=60)
    assert (child.returncode, error_kind(out)) == (130, "Interrupted")
    # Once in some dozen times Ray's C++ has a line of its own in its log's form, [2026-11-27 ...].
    ours = [line for line in errors.splitlines() if not line.startswith(b"[20")]
    assert ours == [b"curator: interrupted (run the same command again to resume)"], errors
    assert psutil.wait_procs(own, timeout=20)[1] == []
    assert list((tmp_path / "out").glob("*.jsonl")) == []
