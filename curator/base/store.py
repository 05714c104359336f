"""Records on disk: JSONL files that survive a kill at any instant.

- `Appender` holds an exclusive lock, writes whole lines, and first repairs what a killed writer
  left: an unfinished last line is moved to `<file>.torn`, never parsed, never lost.
- `write_atomic` replaces a file in one step; `write_json` does so for one document, `replacing`
  for what is written bit by bit.
- `read` names broken lines by file and number, all of them at once. An unfinished last line is
  passed over with a warning, because it is the record that was in flight; not so with `strict`,
  for files that people give.
"""

import fcntl
import glob
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from curator.base.decoding import numbered_lines, parse_json, read_text
from curator.base.disk import refused
from curator.base.errors import BrokenLine, DataError, StoreError

if TYPE_CHECKING:
    pass

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)
TOGETHER = 256  # records that are written with one wait for the disk
# What is left at the end of a text that was cut in null, true, false, or a number.
_CUT_WORD = re.compile(r"n|nu|nul|t|tr|tru|f|fa|fal|fals|-|\.|[eE][+-]?")
_CUT_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{0,4}$")
SHOWN = 20  # broken lines that are listed
log = logging.getLogger(__name__)


def encode(record: BaseModel) -> bytes:
    """Write a record as one line of JSON with its line end; fields that are None are left out."""
    text = record.model_dump_json(exclude_none=True)
    return text.encode("utf-8") + b"\n"


def why(error: ValueError) -> str:
    """Describe the first fault of a record in one line: where in it, and what."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error.msg} at column {error.colno}"
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"])
    message = first["msg"].removeprefix("Value error, ").replace(" at line 1 column", " at column")
    return f"{place}: {message}" if place else message


def _is_torn(line: bytes) -> bool:
    """Tell whether a line is the beginning of a record, as a killed writer leaves it."""
    if line.endswith(b"\n"):
        return False
    try:
        parse_json(line)
    except json.JSONDecodeError as error:
        end = error.doc.rstrip()
        return (
            error.msg.startswith("Unterminated string")
            or error.pos >= len(end)
            or _CUT_WORD.fullmatch(end, error.pos) is not None
            or _CUT_ESCAPE.search(end) is not None
        )
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    except ValueError:
        return False
    return False


def read_lines(path: Path, *, strict: bool = False) -> Iterator[tuple[int, bytes]]:
    """Read the numbered, non-blank lines of a JSONL file.

    A last one that was left unfinished is passed over with a warning, unless `strict` is set.
    Raises DataError for a file that cannot be read or that is in another format.
    """
    for number, line in numbered_lines(path):
        if not strict and _is_torn(line):
            log.warning("%s:%d: unfinished last line passed over", path, number)
        elif line.strip():
            yield number, line


def parsed(path: Path, parse: Callable[[int, bytes], T], *, strict: bool = False) -> Iterator[T]:
    """Yield what `parse` makes of each numbered line of a JSONL file; `strict`: see read_lines.

    It raises ValueError or DataError for a line that is none. From the first such line on, the
    rest of the file is read for others only, and BrokenLine counts them all and lists SHOWN.
    """
    faults, count = list[tuple[int, str]](), 0
    for number, line in read_lines(path, strict=strict):
        try:
            record = parse(number, line)
        except BrokenLine:
            raise
        except (ValueError, DataError) as error:
            count += 1
            if count <= SHOWN:
                faults.append((number, why(error) if isinstance(error, ValueError) else str(error)))
            continue
        if not count:
            yield record
    if faults:
        (number, fault), *others = faults
        raise BrokenLine(path, number, fault, others, count=count)


def read(path: Path, model: type[R], *, strict: bool = False) -> Iterator[R]:
    """Read the records of a JSONL file; `strict`: see read_lines.

    Raises BrokenLine with the file and the numbers of the lines that hold none.
    """

    def parse(number: int, line: bytes) -> R:
        return model.model_validate_json(line.rstrip())

    return parsed(path, parse, strict=strict)


def files_at(path: Path, *suffixes: str) -> list[Path]:
    """List a file by itself; of a folder, the files with these suffixes, by name.

    Raises DataError for a folder that has none.
    """
    if not path.is_dir():
        return [path]
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in suffixes and p.is_file())
    if not files:
        raise DataError(f"no file {' or '.join(suffixes)} in this folder", where=path)
    return files


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
        if _is_torn(tail):
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
