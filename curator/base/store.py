"""Records on disk: JSONL files that survive a kill at any instant.

- `Appender` holds an exclusive lock, writes whole lines, and first repairs what a killed writer
  left: an unfinished last line is moved to `<file>.torn`, never parsed, never lost.
- `write_atomic` replaces a file in one step; `write_json` does so for one document, `replacing`
  for what is written bit by bit.
- `read` and what goes with it are those of `lines`: broken lines are named by file and number, all
  of them at once.
"""

import fcntl
import glob
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import BaseModel

from curator.base.decoding import parse_json, read_text
from curator.base.disk import refused
from curator.base.errors import DataError, StoreError
from curator.base.lines import (
    SHOWN,
    files_at,
    is_torn,
    parsed,
    read,
    read_lines,
    why,
)

__all__ = [
    "SHOWN",
    "TOGETHER",
    "Appender",
    "append_all",
    "encode",
    "files_at",
    "held",
    "lock",
    "locked",
    "parsed",
    "read",
    "read_json",
    "read_lines",
    "replacing",
    "sha256_of",
    "why",
    "write_atomic",
    "write_bytes",
    "write_json",
]
TOGETHER = 256  # records that are written with one wait for the disk
log = logging.getLogger(__name__)


def encode(record: BaseModel) -> bytes:
    """Write a record as one line of JSON with its line end; fields that are None are left out."""
    text = record.model_dump_json(exclude_none=True)
    return text.encode("utf-8") + b"\n"


class Appender:
    """Appends records to one JSONL file under an exclusive lock; a context manager.

    Each record is on disk when `append` returns. Waits up to `wait` seconds for the lock, then
    raises StoreError. The lock goes with the process, however it ends.
    """

    def __init__(self, path: Path, wait: float = 10.0):
        self.path = path
        self._wait = wait
        self._fd = -1

    def __enter__(self) -> "Appender":
        self._fd = _open_locked(self.path, self._wait, "is writing here", flags=os.O_APPEND)
        try:
            with _translated(self.path):
                self._repair()
        except BaseException:
            os.close(self._fd)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)

    def append(self, record: BaseModel) -> None:
        """Write one record; raises StoreError, leaving no part of it, when the disk refuses."""
        self._write(encode(record))

    def extend(self, records: Iterable[BaseModel]) -> None:
        """Write records, TOGETHER at a time, which is much faster; those are on disk, or none."""
        lines = map(encode, records)
        while part := b"".join(islice(lines, TOGETHER)):
            self._write(part)

    def _write(self, lines: bytes) -> None:
        before = os.fstat(self._fd).st_size
        try:
            written = os.write(self._fd, lines)
            if written != len(lines):
                raise OSError(28, "no space left on device")
            os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, before)
            raise refused(error, self.path) from error

    def _repair(self) -> None:
        start, tail = _tail(self._fd)
        if not tail:
            return
        if is_torn(tail):
            with self.path.with_name(self.path.name + ".torn").open("ab") as torn:
                torn.write(tail + b"\n")
            os.ftruncate(self._fd, start)
            log.warning("%s: unfinished last line moved to %s.torn", self.path, self.path.name)
        else:
            os.write(self._fd, b"\n")


def _tail(fd: int, step: int = 1 << 16) -> tuple[int, bytes]:
    """Return what stands after the last line end of a file, and where that begins."""
    start, tail = os.fstat(fd).st_size, b""
    while start > 0:
        size = min(step, start)
        tail = os.pread(fd, size, start - size) + tail
        start -= size
        cut = tail.rfind(b"\n") + 1
        if cut:
            return start + cut, tail[cut:]
    return start, tail


def lock(fd: int, path: Path, wait: float, doing: str = "is writing here") -> None:
    """Lock an open file for this process alone; raises StoreError after `wait` seconds."""
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                hint = "wait for it to end, or stop it"
                raise StoreError(
                    f"another curator process {doing}", where=path, hint=hint
                ) from error
            time.sleep(0.05)


@contextmanager
def locked(
    path: Path, doing: str, wait: float = 60.0, *, where: Path | None = None
) -> Iterator[None]:
    """Hold the lock file `path`, which is made where it is not there, until the end of the block.

    Waits up to `wait` seconds for another process, then raises StoreError: "another curator
    process {doing}", at `where` (by default the lock file). The lock goes with the process,
    however it ends.
    """
    fd = _open_locked(path, wait, doing, where)
    try:
        yield
    finally:
        os.close(fd)


def _open_locked(
    path: Path, wait: float, doing: str, where: Path | None = None, flags: int = 0
) -> int:
    """Open a file, made where it is not there, and lock it; see `lock`."""
    flags |= os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    while True:
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, flags, 0o644)
        try:
            lock(fd, where or path, wait, doing)
        except BaseException:
            os.close(fd)
            raise
        if not _is_gone(fd, path):
            return fd
        os.close(fd)  # deleted or replaced by the process that held it


def _is_gone(fd: int, path: Path) -> bool:
    """Whether an open file is no longer the one at `path`."""
    try:
        there = path.stat()
    except OSError:
        return True
    opened = os.fstat(fd)
    return (there.st_dev, there.st_ino) != (opened.st_dev, opened.st_ino)


def held(path: Path) -> bool:
    """Whether some process holds the lock file `path`; makes nothing, and keeps nobody out.

    A shared lock is asked for and let go at once, so those who ask do not see each other. Who
    takes the lock has to wait a moment for them: `locked` with a `wait` of more than 0.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a disk without locks
        return False
    finally:
        os.close(fd)
    return False


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a StoreError."""
    try:
        yield
    except OSError as error:
        raise refused(error, path) from error


def _sweep(path: Path) -> None:
    """Remove the temporary files of `replacing` whose writers are gone.

    A writer may live where its number means nothing here (a container, another machine), so its
    lock counts too. One that cannot be asked or removed stays.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        number = left.name.split(".")[-2]
        if not number.isdigit() or _lives(int(number)):
            continue
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's, or too large a number to ask for
        return True
    return True


@contextmanager
def replacing(path: Path, mode: int = 0o666) -> Iterator[Callable[[bytes], None]]:
    """Give a function that writes a new file bit by bit; at the end it replaces `path` in one step.

    Readers see the old bytes or the new ones, never a part; an error leaves the old ones. `mode`
    is what the new file's permissions are, less what the user's umask takes. Raises StoreError.
    What killed writers of this file left beside it is removed first.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with _translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        file = os.fdopen(os.open(temporary, flags, mode), "wb")
        with suppress(OSError):  # where a disk has no locks, the process's number has to do
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(data: bytes) -> None:
        with _translated(path):
            file.write(data)

    try:
        yield write
        with _translated(path):
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        with suppress(OSError):  # of bytes that were refused before
            file.close()
        temporary.unlink(missing_ok=True)
    with _translated(path):
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def append_all(path: Path, records: Iterable[BaseModel]) -> None:
    """Append records to a JSONL file; without any, there need not be one. Raises StoreError."""
    if records := list(records):
        with Appender(path) as appender:
            appender.extend(records)


def write_bytes(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace `path` in one step; see `replacing`."""
    with replacing(path, mode) as write:
        write(data)


def write_atomic(path: Path, records: Iterable[BaseModel]) -> None:
    """Replace a JSONL file by these records, in one step."""
    with replacing(path) as write:
        for record in records:
            write(encode(record))


def write_json(path: Path, document: Any) -> None:
    """Replace a JSON file by this document, in one step, with sorted keys for small diffs."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1, sort_keys=True)
    parts = encoder.iterencode(document)  # whole, a text of millions of ids would be there thrice
    with replacing(path) as write:
        while text := "".join(islice(parts, 10_000)):
            write(text.encode("utf-8"))
        write(b"\n")


def read_json(path: Path) -> Any:
    """Read a JSON document; raises DataError naming the file when it cannot be read."""
    text = read_text(path)
    try:
        return parse_json(text)
    except ValueError as error:
        raise DataError(f"cannot read: {error}", where=path) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_unchanged(path: Path, digest: str | None) -> bool:
    """Tell whether a file is there and has a SHA-256 that is on record."""
    return path.is_file() and sha256_of(path) == digest
