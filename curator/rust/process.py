"""Run one command under limits on time, memory, file size and output, and leave nothing of it."""

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SCRATCH = 64 << 20  # bytes in each of the empty folders of a job, and in each file it writes
_GLANCE = 0.05  # seconds between two looks at a leader whose pipes stay silent


@dataclass(frozen=True)
class Limits:
    """Bounds on one run: seconds of wall and processor time, bytes of memory and of output.

    A job that starts `runs` programs after one another has `seconds` for each.
    """

    seconds: int = 20
    memory: int = 4 << 30
    output: int = 256 << 10
    runs: int = 1


@dataclass(frozen=True)
class Completed:
    """How a run ended. `stopped` is "", "time" or "output"; outputs are cut at the limit."""

    code: int
    stdout: str
    stderr: str
    stopped: str = ""


# `ulimit` in a shell of our own, because a preexec_fn is unsafe beside threads; the command's
# words are arguments, never part of the script. A limit that a system lacks is passed over.
_ULIMIT = """
for limit in "t $1" "v $2" "f $3" "n 512" "c 0"; do
  ulimit -${limit% *} ${limit#* } 2>/dev/null
done
shift 3
exec "$@"
"""


def _limited(command: Sequence[str], limits: Limits) -> list[str]:
    kib, blocks = limits.memory >> 10, SCRATCH >> 9
    numbers = [str(limits.seconds), str(kib), str(blocks)]
    return ["/bin/sh", "-c", _ULIMIT, "sh", *numbers, *command]


def _has_ended(pid: int) -> bool:
    """Tell whether a child has ended, without reaping it: its id stays its own."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    import psutil  # macOS has no waitid in Python before 3.13

    return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def _kill_group(leader: int) -> None:
    """Kill what is left of a process group whose leader has not been reaped.

    The leader may have ended while children of its live on. As long as it is not reaped, no other
    process can have its number, so the signal reaches this group and no other.
    """
    # macOS refuses to signal a group in which only zombies are left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _collect(
    streams: Sequence[IO[bytes]], limits: Limits, ended: Callable[[], bool]
) -> tuple[list[bytearray], str]:
    """Read pipes until all have closed, the leader has `ended`, or time or output run out.

    A child that outlives its leader may hold the pipes open for ever; what it has yet to say is
    nobody's output.
    """
    deadline = time.monotonic() + limits.seconds * limits.runs
    buffers = [bytearray() for _ in streams]
    with selectors.DefaultSelector() as selector:
        for stream, buffer in zip(streams, buffers, strict=True):
            selector.register(stream, selectors.EVENT_READ, buffer)
        while selector.get_map():
            left = deadline - time.monotonic()
            over = ended()  # asked before the pipes: what was written before the end is read
            ready = selector.select(max(0.0, min(_GLANCE, left)))
            if not ready and over:
                break
            if not ready and left <= 0:
                return buffers, "time"
            for key, _ in ready:
                part = os.read(key.fd, 1 << 16)
                if not part:
                    selector.unregister(key.fileobj)
                key.data.extend(part)
                if sum(map(len, buffers)) > limits.output:
                    return buffers, "output"
    return buffers, ""


def _wait(ended: Callable[[], bool], seconds: float) -> bool:
    """Wait until a leader that closed its pipes has ended; False where it takes too long."""
    deadline = time.monotonic() + seconds
    pause = 0.0005
    while not ended():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(2 * pause, _GLANCE)
    return True


def _text(taken: bytearray, limits: Limits) -> str:
    return bytes(taken[: limits.output]).decode("utf-8", "replace")


def execute(
    command: Sequence[str],
    stdin: bytes,
    limits: Limits,
    cwd: Path | None = None,
    keep: tuple[int, ...] = (),
) -> Completed:
    """Run `command` under `limits` with an empty environment, then kill its whole process group.

    Of our open files it gets those in `keep`, and an empty input is no file that it could fill.
    """
    with tempfile.TemporaryFile() as source:
        source.write(stdin)
        source.seek(0)
        process = subprocess.Popen(
            _limited(command, limits),
            stdin=source if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            cwd=cwd,
            pass_fds=keep,
            start_new_session=True,
        )

    def ended() -> bool:
        return _has_ended(process.pid)

    with process:
        try:
            pipes = [s for s in (process.stdout, process.stderr) if s]
            taken, stopped = _collect(pipes, limits, ended)
            if not stopped and not _wait(ended, limits.seconds):
                stopped = "time"
        finally:
            _kill_group(process.pid)
            process.wait()
    stdout, stderr = (_text(t, limits) for t in taken)
    return Completed(process.returncode, stdout, stderr, stopped)
