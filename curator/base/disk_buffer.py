"""Records beyond memory: bytes that are put aside, and examples as a sequence that lies on disk.

The file has no name, so that it goes with the process however that ends. It lies below TMPDIR,
which should be on a disk rather than in memory where there are millions of records.
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


class Spill:
    """Bytes by the place where they were put. The last ones, at most `memory`, are not on disk."""

    def __init__(self, memory: int = MEMORY):
        self._memory = memory
        self._pending = bytearray()
        self._written = 0
        self._fd = -1

    def put(self, data: bytes) -> int:
        """Put bytes aside; their place. Raises StoreError where the disk is full."""
        place = self._written + len(self._pending)
        self._pending += data
        if len(self._pending) > self._memory:
            self._flush()
        return place

    def get(self, place: int, size: int) -> bytes:
        """The `size` bytes from a place on, which may be those of several that were put."""
        start = place - self._written
        if start >= 0:
            return bytes(self._pending[start : start + size])
        found = os.pread(self._fd, min(size, -start), place)
        return found + self._pending[: start + size] if start + size > 0 else found

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
    """Items, `size` at a time; the last list may be shorter."""
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
