"""Records beyond memory: bytes that are put aside, and examples as a sequence that lies on disk.

The file has no name, so that it goes with the process however that ends. It lies below TMPDIR,
which should be on a disk rather than in memory where there are millions of records.
"""

import os
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

from curator.errors import StoreError
from curator.example import Example
from curator.store import encode

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


class Spool(Sequence[Example]):
    """Examples in the order in which they were added; in memory are 12 bytes for each.

    One is read from disk whenever it is asked for.
    """

    def __init__(self, examples: Iterable[Example] = ()):
        self._lines = Spill()
        self._places = array("Q")
        self._sizes = array("I")
        for example in examples:
            self.add(example)

    def add(self, example: Example) -> None:
        """Put one more at the end."""
        line = encode(example)
        self._places.append(self._lines.put(line))
        self._sizes.append(len(line))

    def replace(self, number: int, example: Example) -> None:
        """Put an example in the place of another."""
        line = encode(example)
        self._places[number], self._sizes[number] = self._lines.put(line), len(line)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> Example: ...
    @overload
    def __getitem__(self, number: slice) -> list[Example]: ...
    def __getitem__(self, number: int | slice) -> Example | list[Example]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        line = self._lines.get(self._places[number], self._sizes[number])
        return Example.model_validate_json(line)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Items, `size` at a time; the last list may be shorter."""
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
