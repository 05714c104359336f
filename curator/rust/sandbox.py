"""Running a program on hostile input with nothing in reach.

The program sees its own files read-only, an empty working folder in memory, no network, no
environment, and has limits on time, memory, file size and output. Linux: bubblewrap; macOS:
sandbox-exec with the same policy. Without either, nothing is run.
"""

import errno
import os
import platform
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Protocol

from curator.base.errors import CompilerError
from curator.rust.toolchain import shared_libraries

SCRATCH = 64 << 20  # bytes in each of the empty folders of a job, and in each file it writes
LINUX_HINT = "install bubblewrap (Debian, Ubuntu: apt install bubblewrap)"


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
class Job:
    """What to run: a command, the files that it may read (where they are), its standard input.

    `work` is a folder of ours to use as its working folder; None gives it an empty one in memory.
    With `single` it may start threads but no process, so that its limits bound all that it does.
    `program` is what the command starts, where that is not its first word.
    """

    command: tuple[str, ...]
    files: tuple[Path, ...]
    stdin: bytes = b""
    work: Path | None = None
    single: bool = False
    program: Path | None = None


@dataclass(frozen=True)
class Completed:
    """How a run ended. `stopped` is "", "time" or "output"; outputs are cut at the limit."""

    code: int
    stdout: str
    stderr: str
    stopped: str = ""


class Sandbox(Protocol):
    """Runs a job that may read only its files and write only to its working folder."""

    name: str
    shell: tuple[Path, ...]  # a shell and its libraries, where a job may start several programs

    def run(self, job: Job, limits: Limits) -> Completed:
        """Run to the end or to a limit; leaves no process behind, and no file of its own."""
        ...


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


def _collect(streams: Sequence[IO[bytes]], limits: Limits) -> tuple[list[bytearray], str]:
    """Read pipes until all have ended, or until time or output run out."""
    deadline = time.monotonic() + limits.seconds * limits.runs
    taken = [bytearray() for _ in streams]
    with selectors.DefaultSelector() as selector:
        for stream, buffer in zip(streams, taken, strict=True):
            selector.register(stream, selectors.EVENT_READ, buffer)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                return taken, "time"
            for key, _ in ready:
                part = os.read(key.fd, 1 << 16)
                if not part:
                    selector.unregister(key.fileobj)
                key.data.extend(part)
                if sum(map(len, taken)) > limits.output:
                    return taken, "output"
    return taken, ""


def _text(taken: bytearray, limits: Limits) -> str:
    return bytes(taken[: limits.output]).decode("utf-8", "replace")


def execute(
    command: Sequence[str],
    stdin: bytes,
    limits: Limits,
    cwd: Path | None = None,
    keep: tuple[int, ...] = (),
) -> Completed:
    """Run `command` under `limits` with an empty environment; kills its whole process group.

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
    with process:
        try:
            taken, stopped = _collect([s for s in (process.stdout, process.stderr) if s], limits)
            if not stopped:
                process.wait(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            stopped = "time"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    stdout, stderr = (_text(t, limits) for t in taken)
    return Completed(process.returncode, stdout, stderr, stopped)


# Kernel name of a processor, and its numbers for clone, clone3, and what a single job lacks: fork,
# vfork, ptrace, unshare, setns, keys, and memory outside its limit (memfd, SysV, io_uring, bpf).
_CALLS: dict[str, tuple[int, int, int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        56,
        435,
        (57, 58, 101, 272, 308, 248, 249, 250, 319, 447, 29, 68, 425, 321, 298, 323),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        435,
        (117, 97, 268, 217, 218, 219, 279, 447, 194, 186, 425, 280, 241, 282),
    ),
}


def single_process_filter(machine: str) -> bytes:
    """A seccomp program that lets a process start threads only; CompilerError if none is known."""
    if machine not in _CALLS:
        raise CompilerError(
            f"no process filter for {machine}", hint=f"known: {', '.join(sorted(_CALLS))}"
        )
    architecture, clone, clone3, denied = _CALLS[machine]
    load, equal, at_least, has_bits, end = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill, fail, thread = 0x7FFF0000, 0x80000000, 0x00050000, 0x00010000
    refuse = (end, 0, 0, fail | errno.EPERM)
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (end, 0, 0, kill), (load, 0, 0, 0)]
    steps += [(at_least, 0, 1, 0x40000000), refuse]  # the numbers of the x32 variant
    # clone3 hides its flags from us; without it the C library takes clone.
    steps += [(equal, 0, 1, clone3), (end, 0, 0, fail | errno.ENOSYS)]
    for number in denied:
        steps += [(equal, 0, 1, number), refuse]
    steps += [(equal, 0, 3, clone), (load, 0, 0, 16), (has_bits, 1, 0, thread), refuse]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (end, 0, 0, allow)])


@cache
def _shell() -> tuple[Path, ...]:
    shell = Path("/bin/sh").resolve()
    return (shell, *shared_libraries(shell))


class Bubblewrap:
    """Linux: fresh namespaces in which only a job's files and its working folder exist."""

    name = "bubblewrap"

    def __init__(self, bwrap: str):
        self._bwrap = bwrap
        self.shell = _shell()
        told = subprocess.run([bwrap, "--help"], capture_output=True, text=True)
        self._sizes = "--size" in told.stdout + told.stderr  # since 0.7

    def _folders(self, job: Job) -> list[str]:
        """The writable folders, bounded; a release that cannot bound them gives none."""
        size = ["--size", str(SCRATCH)] if self._sizes else []
        words = [*size, "--tmpfs", "/tmp"]  # noqa: S108
        words += ["--bind", str(job.work), "/work"] if job.work else [*size, "--tmpfs", "/work"]
        if job.single and not self._sizes:
            words += ["--remount-ro", "/tmp", "--remount-ro", "/work"]  # noqa: S108
        return [*words, "--chdir", "/work"]

    def _environment(self, job: Job) -> list[str]:
        # There is no /proc to find libraries beside the program, so the loader is told; it knows
        # the folder of the C library itself.
        known = {p.parent for p in job.files if p.name.startswith(("libc.", "ld-", "ld64"))}
        folders = dict.fromkeys(str(p.parent) for p in job.files if ".so" in p.name)
        told = [folder for folder in folders if Path(folder) not in known]
        words = ["--setenv", "LD_LIBRARY_PATH", ":".join(told)] if told else []
        # glibc reserves 64 MiB for each of many threads, which would use up the limit on memory.
        return [*words, "--setenv", "MALLOC_ARENA_MAX", "1"] if job.single else words

    def _command(self, job: Job) -> list[str]:
        isolate = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        isolate += ["--cap-drop", "ALL", "--hostname", "sandbox", "--dev", "/dev"]
        # The empty folders come first, so that files of ours below /tmp stay visible.
        folders = self._folders(job)
        binds = [word for path in job.files for word in ("--ro-bind", str(path), str(path))]
        # Older releases of rustc insist on reading this link; the rest of /proc stays away.
        rest = ["--symlink", str(job.program or job.command[0]), "/proc/self/exe"]
        rest += self._environment(job)
        rest += ["--remount-ro", "/dev", "--remount-ro", "/"]  # both are memory without a bound
        return [self._bwrap, *isolate, *folders, *binds, *rest]

    def run(self, job: Job, limits: Limits) -> Completed:
        """See Sandbox."""
        command = self._command(job)
        if not job.single:
            return execute([*command, "--", *job.command], job.stdin, limits)
        with tempfile.TemporaryFile() as rules:
            rules.write(single_process_filter(platform.machine()))
            rules.seek(0)
            command += ["--seccomp", str(rules.fileno()), "--", *job.command]
            return execute(command, job.stdin, limits, keep=(rules.fileno(),))


_SEATBELT = """(version 1)
(deny default)
{fork}
(allow sysctl-read)
(allow file-read-metadata)
(allow file-read* (subpath "/usr/lib") (subpath "/System") (literal "/dev/null")
  (literal "/dev/urandom") (literal "/") {reads})
(allow process-exec {reads})
(allow file-read* file-write* (subpath "{work}"))
"""


class Seatbelt:
    """macOS: `sandbox-exec`, writing only to the working folder."""

    name = "sandbox-exec"
    shell: tuple[Path, ...] = ()

    def run(self, job: Job, limits: Limits) -> Completed:
        """See Sandbox."""
        reads = " ".join(f'(subpath "{path}")' for path in job.files)
        with tempfile.TemporaryDirectory() as folder:
            work = (job.work or Path(folder)).resolve()
            fork = "" if job.single else "(allow process-fork)"
            profile = _SEATBELT.format(reads=reads, work=work, fork=fork)
            wrapped = ["/usr/bin/sandbox-exec", "-p", profile, *job.command]
            return execute(wrapped, job.stdin, limits, work)


class Unsandboxed:
    """No isolation, only limits and an empty environment: for compiling what reaches nowhere.

    The user asks for it where there is no sandbox; texts that could reach outside are refused
    before they come here, and programs are never run.
    """

    name = "no sandbox"
    shell: tuple[Path, ...] = (Path("/bin/sh"),)

    def run(self, job: Job, limits: Limits) -> Completed:
        """See Sandbox."""
        with tempfile.TemporaryDirectory() as folder:
            return execute(job.command, job.stdin, limits, job.work or Path(folder))


def find_sandbox() -> Sandbox:
    """The sandbox of this machine; raises CompilerError, with the way to get one, if none."""
    if sys.platform == "darwin" and Path("/usr/bin/sandbox-exec").exists():
        return Seatbelt()
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise CompilerError("no sandbox to run rustc in", hint=LINUX_HINT)
    return Bubblewrap(bwrap)
