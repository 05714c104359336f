"""Run a program on hostile input with nothing in reach.

The program sees its own files read-only, an empty working folder in memory, no network, no
environment, and has limits on time, memory, file size and output. Linux: bubblewrap; macOS:
sandbox-exec with the same policy. Without either, nothing is run unless the user says so.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from typing_extensions import override

from curator.base.errors import CompilerError
from curator.rust.process import SCRATCH, Completed, Limits, execute
from curator.rust.seccomp import single_process_filter
from curator.rust.toolchain import shared_libraries
from curator.rust.unsandboxed import NO_SANDBOX, is_unsandboxed

LINUX_HINT = "install bubblewrap (Debian, Ubuntu: apt install bubblewrap)"
WITHOUT = "it compiles what reaches nowhere, and runs no program"


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


class Sandbox(Protocol):
    """Runs a job that may read only its files and write only to its working folder.

    `shell` are a shell and its libraries, where a job may start several programs.
    """

    name: str
    shell: tuple[Path, ...]

    def run(self, job: Job, limits: Limits) -> Completed:
        """Run a job to its end or to a limit; leaves no process behind, and no file of its own."""
        ...


@cache
def _shell() -> tuple[Path, ...]:
    shell = Path("/bin/sh").resolve()
    return (shell, *shared_libraries(shell))


class Bubblewrap(Sandbox):
    """Linux: fresh namespaces in which only a job's files and its working folder exist.

    Processes inside have a session of their own, which a signal to our group does not reach. They
    end with bwrap all the same: --die-with-parent ends the first of them, and with the first
    process of a namespace of process ids (--unshare-all) the kernel ends all others.
    """

    name = "bubblewrap"

    def __init__(self, bwrap: str):
        self._bwrap = bwrap
        self.shell = _shell()
        help_text = subprocess.run([bwrap, "--help"], capture_output=True, text=True)
        self._sizes = "--size" in help_text.stdout + help_text.stderr  # since 0.7

    def _folders(self, job: Job) -> list[str]:
        """Make the writable folders, bounded; a release that cannot bound them gives none."""
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
        others = [folder for folder in folders if Path(folder) not in known]
        words = ["--setenv", "LD_LIBRARY_PATH", ":".join(others)] if others else []
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

    @override
    def run(self, job: Job, limits: Limits) -> Completed:
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
(allow file-read* file-write* (subpath {work}))
"""


def _quoted(path: Path) -> str:
    """Write a path as a string of the profile's language, which is a Scheme."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def seatbelt_profile(files: Sequence[Path], work: Path, single: bool) -> str:
    """Write the policy of one job: read `files`, write below `work`, fork unless `single`."""
    reads = " ".join(f"(subpath {_quoted(path)})" for path in files)
    fork = "" if single else "(allow process-fork)"
    return _SEATBELT.format(reads=reads, work=_quoted(work), fork=fork)


class Seatbelt(Sandbox):
    """macOS: `sandbox-exec`, writing only to the working folder."""

    name = "sandbox-exec"
    shell: tuple[Path, ...] = ()

    @override
    def run(self, job: Job, limits: Limits) -> Completed:
        with tempfile.TemporaryDirectory() as folder:
            work = (job.work or Path(folder)).resolve()
            profile = seatbelt_profile(job.files, work, job.single)
            wrapped = ["/usr/bin/sandbox-exec", "-p", profile, *job.command]
            return execute(wrapped, job.stdin, limits, work)


class Unsandboxed(Sandbox):
    """No isolation, only limits and an empty environment: for compiling what reaches nowhere.

    The user asks for it where there is no sandbox; see curator.rust.unsandboxed. Texts that could
    reach outside are refused before they come here, and programs are never run.
    """

    name = NO_SANDBOX
    shell: tuple[Path, ...] = (Path("/bin/sh"),)

    @override
    def run(self, job: Job, limits: Limits) -> Completed:
        with tempfile.TemporaryDirectory() as folder:
            return execute(job.command, job.stdin, limits, job.work or Path(folder))


def find_sandbox() -> Sandbox:
    """Find the sandbox of this machine, or none where the user chose so.

    Raises CompilerError, with what to do, where there is none and nobody said to go without.
    """
    if is_unsandboxed():
        return Unsandboxed()
    if sys.platform == "darwin" and Path("/usr/bin/sandbox-exec").exists():
        return Seatbelt()
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        hint = f"{LINUX_HINT}; or add --unsandboxed: {WITHOUT}"
        raise CompilerError("no sandbox to run rustc in", hint=hint)
    return Bubblewrap(bwrap)
