"""Examples in order, on disk: 12 bytes of memory for each."""

from array import array
from collections.abc import Iterable, Sequence
from typing import overload

from curator.base.disk_buffer import DiskBuffer
from curator.base.store import encode
from curator.records.example import Example


class Spool(Sequence[Example]):
    """Examples in the order in which they were added; in memory are 12 bytes for each.

    One is read from disk whenever it is asked for.
    """

    def __init__(self, examples: Iterable[Example] = ()):
        self._lines = DiskBuffer()
        self._places = array("Q")
        self._sizes = array("I")
        for example in examples:
            self.add(example)

    def add(self, example: Example) -> None:
        """Put one more at the end."""
        line = encode(example)
        self._places.append(self._lines.append(line))
        self._sizes.append(len(line))

    def replace(self, number: int, example: Example) -> None:
        """Put an example in the place of another."""
        line = encode(example)
        self._places[number], self._sizes[number] = self._lines.append(line), len(line)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> Example: ...
    @overload
    def __getitem__(self, number: slice) -> list[Example]: ...
    def __getitem__(self, number: int | slice) -> Example | list[Example]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        line = self._lines.read(self._places[number], self._sizes[number])
        return Example.model_validate_json(line)
