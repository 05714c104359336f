"""Running one command: what it prints, where it is stopped, and that nothing of it is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curator.rust import process as processes_of
from curator.rust.process import Limits, execute
from curator.rust.sandbox import Job, find_sandbox
from tests.conftest import left, processes

QUICK = Limits(seconds=5)


def shell(script: str, *words: object, limits: Limits = QUICK) -> processes_of.Completed:
    return execute(("/bin/sh", "-c", script, "sh", *map(str, words)), b"", limits)


def test_what_a_command_prints_and_how_it_ends() -> None:
    done = execute(("/bin/sh", "-c", "cat; echo an error >&2; exit 7"), b"read", QUICK)
    assert (done.code, done.stdout, done.stderr, done.stopped) == (7, "read", "an error\n", "")


def test_a_child_that_outlives_its_leader_is_killed(tmp_path: Path) -> None:
    start = time.monotonic()
    done = shell('/bin/sh -c "while :; do sleep 0.1; done" "$1" & echo started', tmp_path)
    assert (done.code, done.stdout, done.stopped) == (0, "started\n", "")
    assert time.monotonic() - start < QUICK.seconds  # it held the pipes, and nobody waited for it
    assert left(tmp_path) == []


def test_a_child_that_closed_the_pipes_is_killed_too(tmp_path: Path) -> None:
    script = '/bin/sh -c "while :; do sleep 0.1; done" "$1" >/dev/null 2>&1 & exit 3'
    assert shell(script, tmp_path).code == 3
    assert left(tmp_path) == []


def test_what_is_printed_last_is_read_though_a_child_holds_the_pipes(tmp_path: Path) -> None:
    script = 'sleep 300 & head -c 60000 /dev/zero | tr "\\0" x; exit 0'
    assert len(shell(script, tmp_path).stdout) == 60_000


@pytest.mark.slow
def test_an_endless_command_is_stopped_with_its_children(tmp_path: Path) -> None:
    script = '/bin/sh -c "while :; do sleep 0.1; done" "$1" & wait'
    assert shell(script, tmp_path, limits=Limits(seconds=1)).stopped == "time"
    assert left(tmp_path) == []


def test_a_flood_is_stopped() -> None:
    done = shell("while :; do echo flood; done", limits=Limits(seconds=20, output=1000))
    assert done.stopped == "output"
    assert len(done.stdout) <= 1000


@pytest.mark.slow
@pytest.mark.parametrize("ends", [True, False])
def test_the_group_is_killed_before_its_leader_is_reaped(
    ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once reaped, the leader's number may be another process's."""
    states = []

    def kill_group(leader: int, sent: int) -> None:
        stat = Path(f"/proc/{leader}/stat").read_text("utf-8")
        states.append(stat.rpartition(")")[2].split()[0])
        os.kill(leader, sent)

    if sys.platform != "linux":
        pytest.skip("reads /proc")
    monkeypatch.setattr(processes_of.os, "killpg", kill_group)
    shell("exit 0" if ends else "sleep 300", limits=Limits(seconds=1))
    assert len(states) == 1
    assert (states[0] == "Z") == ends


def test_a_leader_is_seen_to_have_ended_without_waitid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "waitid", raising=False)
    done = shell("echo said; exit 4")
    assert (done.code, done.stdout, done.stopped) == (4, "said\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="what bubblewrap does")
def test_nothing_outlives_bubblewrap_though_it_has_a_session_of_its_own(tmp_path: Path) -> None:
    box = find_sandbox()
    script = '/bin/sh -c "while :; do :; done" "$1" & exit 0'
    job = Job((str(box.shell[0]), "-c", script, "sh", str(tmp_path)), box.shell)
    assert box.run(job, QUICK).code == 0
    assert left(tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what bubblewrap does")
def test_nothing_outlives_a_killed_curator(tmp_path: Path) -> None:
    code = f"""
from curator.rust.process import Limits
from curator.rust.sandbox import Job, find_sandbox
box = find_sandbox()
words = (str(box.shell[0]), "-c", "while :; do :; done", {str(tmp_path)!r})
box.run(Job(words, box.shell), Limits(seconds=60))
"""
    curator = subprocess.Popen([sys.executable, "-c", code])
    for _ in range(400):
        if len(processes(tmp_path)) > 1:
            break
        time.sleep(0.05)
    curator.send_signal(signal.SIGKILL)
    curator.wait()
    assert left(tmp_path) == []
