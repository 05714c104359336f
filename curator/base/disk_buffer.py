"""Keep bytes on disk that would not fit into memory, and take iterables in chunks.

The file has no name, so that it is gone with the process, however that ends. It lies below TMPDIR,
which should be on a disk, not in memory, where there are millions of records.
"""

import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from curator.base.errors import StoreError

T = TypeVar("T")
MEMORY = 1 << 22  # bytes


class DiskBuffer:
    """A growing sequence of bytes, read by offset.

    The last ones, at most `memory`, are in memory, the others in a file.
    """

    def __init__(self, memory: int = MEMORY):
        self._memory = memory
        self._pending = bytearray()
        self._written = 0
        self._fd = -1

    def append(self, data: bytes) -> int:
        """Append bytes and return their offset; raises StoreError where the disk is full."""
        offset = self._written + len(self._pending)
        self._pending += data
        if len(self._pending) > self._memory:
            self._flush()
        return offset

    def read(self, offset: int, size: int) -> bytes:
        """Read `size` bytes from an offset on, whether appended at once or in parts."""
        start = offset - self._written
        if start >= 0:
            return bytes(self._pending[start : start + size])
        on_disk = os.pread(self._fd, min(size, -start), offset)
        return on_disk + self._pending[: start + size] if start + size > 0 else on_disk

    def _flush(self) -> None:
        try:
            if self._fd < 0:
                file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as self
                weakref.finalize(self, file.close)
                self._fd = file.fileno()
            rest = memoryview(self._pending)
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            hint = "free some space there, or name another folder in TMPDIR"
            where = tempfile.gettempdir()
            raise StoreError(f"cannot write: {error.strerror}", where=where, hint=hint) from error
        self._written += len(self._pending)
        self._pending = bytearray()


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items in lists of `size`; the last one may be shorter."""
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
