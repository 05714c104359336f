"""A local cluster of two workers, examples with every fault, and workers to lose by their pid."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from curator.base import store
from curator.cluster.pool import RayPool
from curator.cluster.session import session
from curator.records.project import Project
from tests.conftest import ANSWER, first_49, make_example

ABSENT = "Ray is not installed: pip install -e '.[ray]'"
WRONG = ANSWER.replace("texte.len()", "texte.longueur()")


@pytest.fixture(scope="package")
def ray() -> Iterator[Any]:
    """Ray, connected to a cluster of our own, which ends with the tests of this folder."""
    # Not imported to find out: what it reads of the environment then is set by the session.
    if find_spec("ray") is None:
        pytest.skip(ABSENT)
    with session(None, cpus=2) as module:
        yield module


@pytest.fixture
def pool(ray: Any) -> RayPool:
    return RayPool(ray)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rustc said is not known from earlier tests; workers have the folder of their start."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """80 examples: good ones, and some for each filter to reject."""
    good = first_49()[:40]
    made = [
        *(make_example(f"Au fait : {e.question}", e.answer) for e in good[:8]),
        *(make_example(f"{e.question} {n}", "court") for n, e in enumerate(good[:8])),
        *(make_example(f"Pourquoi {n} erreurs ici ?", WRONG) for n in range(8)),
        *(make_example(f"Why are there {n} of them?", "## TL;DR\nIt is so.") for n in range(8)),
        *(make_example(f"Question {n}", e.answer[:-40]) for n, e in enumerate(good[:8])),
    ]
    both = [e for pair in zip(good, made, strict=True) for e in pair]
    path = tmp_path / "mixed.jsonl"
    store.write_atomic(path, both)
    return path


@pytest.fixture
def empty(project: Project) -> Project:
    """A project without examples of its own, which those of the file would repeat."""
    for path in project.authored_files():
        path.unlink()
    return project


def workers(word: str, root: int | None = None) -> list[psutil.Process]:
    """The workers of our cluster (or below another process) that are doing this."""
    found = []
    for process in psutil.Process(root).children(recursive=True):
        with suppress(psutil.Error):
            # What a worker is doing is its title: "ray::judge", "ray::ModelActor.complete".
            if word in " ".join(process.cmdline()):
                found.append(process)
    return found


@contextmanager
def losing(word: str, after: float = 0.0, root: int | None = None) -> Iterator[list[int]]:
    """Kill the first worker that is seen doing this; its pid."""
    killed: list[int] = []
    done = threading.Event()

    def hunt() -> None:
        while not (killed or done.wait(0.02)):
            for process in workers(word, root)[:1]:
                time.sleep(after)
                with suppress(psutil.Error):
                    os.kill(process.pid, signal.SIGKILL)
                    killed.append(process.pid)

    hunter = threading.Thread(target=hunt)
    hunter.start()
    try:
        yield killed
    finally:
        done.set()
        hunter.join()


Same = Callable[[Path, Path], None]


@pytest.fixture
def same() -> Same:
    """That two folders have the same files, byte for byte."""

    def check(one: Path, other: Path) -> None:
        files = [
            {p.relative_to(d): p.read_bytes() for p in d.rglob("*.json*")} for d in (one, other)
        ]
        assert files[0].keys() == files[1].keys()
        assert [n for n in files[0] if files[0][n] != files[1][n]] == []

    return check


def error_kind(out: str | bytes) -> str:
    """The kind of the error that a command with --json printed, as its only document."""
    kind: str = json.loads(out)["error"]["kind"]
    return kind
