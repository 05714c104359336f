"""Running a program on hostile input with nothing in reach.

The program sees its own files read-only, an empty working folder in memory, no network, no
environment, and has limits on time, memory, file size and output. Linux: bubblewrap; macOS:
sandbox-exec with the same policy. Without either, nothing is run.
"""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from curator.errors import CompilerError

LINUX_HINT = "install bubblewrap (Debian, Ubuntu: apt install bubblewrap)"


@dataclass(frozen=True)
class Limits:
    """Bounds on one run: seconds of wall and processor time, bytes of memory and of output."""

    seconds: int = 20
    memory: int = 4 << 30
    output: int = 256 << 10


@dataclass(frozen=True)
class Completed:
    """How a run ended. `stopped` is "", "time" or "output"; `stderr` is cut at the limit."""

    code: int
    stderr: str
    stopped: str = ""


class Sandbox(Protocol):
    """Runs a program that may read only `files` and write only its empty working folder."""

    name: str

    def run(
        self, command: Sequence[str], files: Sequence[Path], stdin: bytes, limits: Limits
    ) -> Completed:
        """Run to the end or to a limit; leaves no process and no file behind."""
        ...


# `ulimit` in a shell of our own, because a preexec_fn is unsafe beside threads; the command's
# words are arguments, never part of the script. A limit that a system lacks is passed over.
_ULIMIT = """
for limit in "t $1" "v $2" "f $3" "c 0"; do ulimit -${limit% *} ${limit#* } 2>/dev/null; done
shift 3
exec "$@"
"""


def _limited(command: Sequence[str], limits: Limits) -> list[str]:
    kib, blocks = limits.memory >> 10, (64 << 20) >> 9
    numbers = [str(limits.seconds), str(kib), str(blocks)]
    return ["/bin/sh", "-c", _ULIMIT, "sh", *numbers, *command]


def _collect(stream: IO[bytes], limits: Limits) -> tuple[bytes, str]:
    """Read a pipe until it ends, or until time or output run out."""
    deadline = time.monotonic() + limits.seconds
    taken = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            part = os.read(stream.fileno(), 1 << 16)
            if not part:
                return bytes(taken), ""
            taken += part
            if len(taken) > limits.output:
                return bytes(taken[: limits.output]), "output"
    return bytes(taken), "time"


def execute(command: Sequence[str], stdin: bytes, limits: Limits, cwd: Path | None) -> Completed:
    """Run `command` under `limits` with an empty environment; kills its whole process group."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as source, os.fdopen(reading, "rb") as errors:
        source.write(stdin)
        source.seek(0)
        try:
            process = subprocess.Popen(
                _limited(command, limits),
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=writing,
                env={},
                cwd=cwd,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        try:
            stderr, stopped = _collect(errors, limits)
            if not stopped:
                process.wait(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            stopped = "time"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
    return Completed(code, stderr.decode("utf-8", "replace"), stopped)


class Bubblewrap:
    """Linux: fresh namespaces in which only `files` and an in-memory folder exist."""

    name = "bubblewrap"

    def __init__(self, bwrap: str):
        self._bwrap = bwrap

    def _command(self, program: str, files: Sequence[Path]) -> list[str]:
        isolate = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        isolate += ["--cap-drop", "ALL", "--hostname", "sandbox", "--dev", "/dev"]
        binds = [word for path in files for word in ("--ro-bind", str(path), str(path))]
        # There is no /proc to find libraries beside the program, so the loader is told.
        folders = dict.fromkeys(str(p.parent) for p in files if ".so" in p.name)
        binds += ["--setenv", "LD_LIBRARY_PATH", ":".join(folders)]
        # The empty folders come first, so that a toolchain below /tmp stays visible.
        work = ["--tmpfs", "/tmp", "--tmpfs", "/work", "--chdir", "/work"]  # noqa: S108
        # Older releases of rustc insist on reading this link; the rest of /proc stays away.
        proc = ["--symlink", program, "/proc/self/exe"]
        return [self._bwrap, *isolate, *work, *binds, *proc, "--"]

    def run(
        self, command: Sequence[str], files: Sequence[Path], stdin: bytes, limits: Limits
    ) -> Completed:
        """See Sandbox."""
        return execute([*self._command(command[0], files), *command], stdin, limits, None)


_SEATBELT = """(version 1)
(deny default)
(allow process-fork)
(allow sysctl-read)
(allow file-read-metadata)
(allow file-read* (subpath "/usr/lib") (subpath "/System") (literal "/dev/null")
  (literal "/dev/urandom") (literal "/") {reads})
(allow process-exec {reads})
(allow file-read* file-write* (subpath "{work}"))
"""


class Seatbelt:
    """macOS: `sandbox-exec`, writing only to a temporary folder that is removed afterwards."""

    name = "sandbox-exec"

    def run(
        self, command: Sequence[str], files: Sequence[Path], stdin: bytes, limits: Limits
    ) -> Completed:
        """See Sandbox."""
        reads = " ".join(f'(subpath "{path}")' for path in files)
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder).resolve()
            profile = _SEATBELT.format(reads=reads, work=work)
            wrapped = ["/usr/bin/sandbox-exec", "-p", profile, *command]
            return execute(wrapped, stdin, limits, work)


def find_sandbox() -> Sandbox:
    """The sandbox of this machine; raises CompilerError, with the way to get one, if none."""
    if sys.platform == "darwin" and Path("/usr/bin/sandbox-exec").exists():
        return Seatbelt()
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise CompilerError("no sandbox to run rustc in", hint=LINUX_HINT)
    return Bubblewrap(bwrap)
