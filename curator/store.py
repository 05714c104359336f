"""Records on disk: JSONL files that survive a kill at any instant.

- `Appender` holds an exclusive lock, writes whole lines, and first repairs what a killed writer
  left: an unfinished last line is moved to `<file>.torn`, never parsed, never lost.
- `write_atomic` replaces a file in one step; `write_json` does so for one document, `replacing`
  for what is written bit by bit.
- `read` names a broken line by file and number. An unfinished last line is passed over with a
  warning, because it is the record that was in flight.
"""

import fcntl
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
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from curator.errors import BrokenLine, DataError, StoreError
from curator.example import Example

if TYPE_CHECKING:
    import polars as pl

R = TypeVar("R", bound=BaseModel)
log = logging.getLogger(__name__)


def encode(record: BaseModel) -> bytes:
    """`record` as one line of JSON with its line end; fields that are None are left out."""
    text = record.model_dump_json(exclude_none=True)
    return text.encode("utf-8") + b"\n"


def why(error: ValidationError) -> str:
    """The first fault of a record, in one line: where in it, and what."""
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _is_torn(line: bytes) -> bool:
    if line.endswith(b"\n"):
        return False
    try:
        json.loads(line)
    except ValueError:
        return True
    return False


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The numbered, non-blank lines of a JSONL file, less a last one that was left unfinished."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if _is_torn(line):
                    log.warning("%s:%d: unfinished last line passed over", path, number)
                elif line.strip():
                    yield number, line
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=path) from error


def read(path: Path, model: type[R]) -> Iterator[R]:
    """The records of a JSONL file; raises BrokenLine with file and line for one that is not."""
    for number, line in read_lines(path):
        try:
            yield model.model_validate_json(line)
        except ValidationError as error:
            raise BrokenLine(path, number, why(error)) from error


def read_examples(paths: Iterable[Path]) -> Iterator[Example]:
    """The examples of several files, in the order given."""
    for path in paths:
        yield from read(path, Example)


def frame(examples: Iterable[Example]) -> "pl.DataFrame":
    """Examples as a polars frame: one row each, their scalar fields and origin as columns."""
    import polars as pl

    names = ("id", "category", "topic", "difficulty", "question", "answer")
    rows = [[str(getattr(e, n)) for n in names] + [str(e.provenance.origin)] for e in examples]
    schema = dict.fromkeys((*names, "origin"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


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
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            lock(self._fd, self.path, self._wait)
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
        line = encode(record)
        before = os.fstat(self._fd).st_size
        try:
            written = os.write(self._fd, line)
            if written != len(line):
                raise OSError(28, "no space left on device")
            os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, before)
            raise StoreError(
                f"cannot write: {error.strerror}",
                where=self.path,
                hint="free some space, run again",
            ) from error

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
    """What stands after the last line end of a file, and where it begins."""
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
def _telling(path: Path) -> Iterator[None]:
    """What the disk refuses, as a StoreError."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"cannot write: {error.strerror}", where=path) from error


@contextmanager
def replacing(path: Path, mode: int = 0o666) -> Iterator[Callable[[bytes], None]]:
    """What writes a file bit by bit, which takes the place of `path` in one step at the end.

    Readers see the old bytes or the new ones, never a part; an error leaves the old ones. `mode`
    is what the new file's permissions are, less what the user's umask takes. Raises StoreError.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with _telling(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(os.open(temporary, flags, mode), "wb")

    def write(data: bytes) -> None:
        with _telling(path):
            file.write(data)

    try:
        yield write
        with _telling(path):
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        with suppress(OSError):  # of bytes that were refused before
            file.close()
        temporary.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


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
    """One JSON document; raises DataError naming the file when it cannot be read."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"cannot read: {why}", where=path) from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
