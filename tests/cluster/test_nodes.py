"""A cluster that is not ours, reached by its address, of which a machine is lost."""

import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from curator.records.project import Project
from tests.cluster.conftest import ABSENT, Same, error_kind, workers
from tests.cluster.test_cli import command, environment

HEAD = "127.0.0.2"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_spec("ray") is None, reason=ABSENT)]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def end(pid: int) -> None:
    """Kill a process of ours and what it started."""
    found = psutil.Process(pid)
    for process in [found, *found.children(recursive=True)]:
        if process.is_running():
            process.kill()


@contextmanager
def machine(environment: dict[str, str], *words: str) -> Iterator[int]:
    """A machine of a cluster, as `ray start` makes it: its pid."""
    start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1"]
    start += ["--object-store-memory=100000000", *words]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(start, env=environment, stdout=quiet, stderr=quiet) as child:
        try:
            yield child.pid
        finally:
            if child.poll() is None:
                end(child.pid)


def guarded(cache: Path) -> dict[str, str]:
    """The environment of a cluster that wants a token, and of commands that have it."""
    return {
        **environment(cache),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }


def until(condition: Callable[[], object]) -> None:
    """Wait for it."""
    patience = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < patience
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether the first machine takes connections there."""
    with socket.socket() as one:
        return one.connect_ex((HEAD, port)) == 0


def raylets(pid: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(pid).children(recursive=True) if p.name() == "raylet"]


@contextmanager
def machine_beside(environment: dict[str, str], port: int, ip: str) -> Iterator[int]:
    """One more machine of the cluster at a port, once it has joined."""
    place = (f"--node-ip-address={ip}", f"--address={HEAD}:{port}")
    with machine(environment, *place) as pid:
        until(lambda: raylets(pid))
        time.sleep(3)
        yield pid


def test_what_a_lost_machine_had_is_done_by_another(
    empty: Project, mixed: Path, tmp_path: Path, same: Same
) -> None:
    port = free_port()
    own = guarded(tmp_path / "cache")
    folder = tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True)
    with folder as name, head(own, port, name):
        words = command(empty, mixed, tmp_path / "spread", "--all", "--engine", "ray")
        place = ("--address", f"{HEAD}:{port}")
        with machine_beside(own, port, "127.0.0.3") as second:
            quiet = subprocess.DEVNULL
            with subprocess.Popen([*words, *place], env=own, stdout=quiet) as child:
                until(lambda: workers("ray::judge", second) or child.poll() is not None)
                end(second)
                assert child.wait(120) == 0
        broken = own | {"CURATOR_RUSTC": "no-such-rustc"}
        with machine_beside(broken, port, "127.0.0.4"):
            done = subprocess.run([*words, *place], env=own, capture_output=True, text=True)
    assert (done.returncode, error_kind(done.stdout)) == (1, "ClusterError")
    line = r"^curator: node \S+ \(127\.0\.0\.4\): no no-such-rustc on this machine \(install Rust"
    assert re.search(line, done.stderr, re.MULTILINE), done.stderr[-2000:]
    subprocess.run(command(empty, mixed, tmp_path / "local", "--all"), env=own, check=True)
    same(tmp_path / "local", tmp_path / "spread")


@contextmanager
def head(environment: dict[str, str], port: int, folder: str, *more: str) -> Iterator[int]:
    """The first machine of a cluster, once it answers."""
    words = ("--head", f"--port={port}", f"--node-ip-address={HEAD}")
    words += (f"--temp-dir={folder}", "--include-dashboard=false")
    # Ray lets its workers have 10002 to 19999 and wants no other port of ours there.
    with machine(environment, *words, "--min-worker-port=0", "--max-worker-port=0", *more) as pid:
        until(lambda: answers(port))
        yield pid
