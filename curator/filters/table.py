"""A hash table of 64-bit keys beyond memory: 9 bytes an entry, where a dictionary takes 100.

In memory are the chains, and 16 bits of each key. The keys lie in a spill file: read to make sure
of an entry whose 16 bits are those that are looked for, and all of them when the table has grown.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from curator.base.disk_buffer import DiskBuffer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GROWTH = 1.1
_LINKED = 1 << 18  # entries that are linked at a time when the table has grown
_BYTES = 8  # of a key
_GAP = 64  # entries; keys that are no farther from each other are read at once


class Table:
    """Entries with keys of 64 bits: a hash table with chains, of the entry's numbers.

    Two keys of a million sets in 64 bands are taken for each other once in 10^4 runs; whether
    two sets are alike is then decided by themselves.
    """

    def __init__(self) -> None:
        import numpy as np

        self._bits = 12
        self._count = 0
        self._keys = DiskBuffer()  # by entry
        self._tags = np.zeros(1 << self._bits, np.uint16)  # the last bits of its key
        self._next = np.zeros(1 << self._bits, np.uint32)  # of the chain, plus 1; 0 ends it
        self._heads = np.zeros(1 << self._bits, np.uint32)  # the same

    def add(self, keys: "NDArray[Any]") -> None:
        """Add entries, numbered from where the last ones ended."""
        if not len(keys):
            return
        first, self._count = self._count, self._count + len(keys)
        if self._count > len(self._tags):
            size = max(self._count, int(len(self._tags) * _GROWTH))
            for one in (self._tags, self._next):
                one.resize(size, refcheck=False)  # in place, where copies would double the peak
        self._keys.append(keys.tobytes())
        self._tags[first : self._count] = keys  # numpy takes the last bits
        if self._count > 2 * len(self._heads):
            self._grow()
        else:
            self._link(first, keys)

    def _grow(self) -> None:
        import numpy as np

        self._bits = self._count.bit_length() - 1
        del self._heads
        self._heads = np.zeros(1 << self._bits, np.uint32)
        for start in range(0, self._count, _LINKED):
            self._link(start, self._read(start, min(start + _LINKED, self._count)))

    def _read(self, start: int, end: int) -> "NDArray[Any]":
        """The keys of entries."""
        import numpy as np

        found = self._keys.read(_BYTES * start, _BYTES * (end - start))
        return np.frombuffer(found, np.uint64)

    def _slots(self, keys: "NDArray[Any]") -> "NDArray[Any]":
        import numpy as np

        return (keys >> np.uint64(64 - self._bits)).astype(np.int64)

    def _link(self, start: int, keys: "NDArray[Any]") -> None:
        """Put entries in front of their chains; of those in one slot, the last comes first."""
        import numpy as np

        slots = self._slots(keys)
        order = np.argsort(slots, kind="stable")
        slots, entries = slots[order], (order + (start + 1)).astype(np.uint32)
        again = slots[1:] == slots[:-1]
        following = self._heads[slots]
        following[1:][again] = entries[:-1][again]
        self._next[entries - np.uint32(1)] = following
        last = np.append(~again, True)
        self._heads[slots[last]] = entries[last]

    def find(self, keys: "NDArray[Any]") -> Iterator[tuple["NDArray[Any]", "NDArray[Any]"]]:
        """Pairs, in arrays: the place of a key among those asked for, and an entry that has it."""
        import numpy as np

        tags = keys.astype(np.uint16)
        chain = self._heads[self._slots(keys)]
        asked = np.flatnonzero(chain)
        chain = chain[asked]
        while len(asked):
            entries = chain - np.uint32(1)
            hit = self._tags[entries] == tags[asked]
            if hit.any():
                yield self._sure(keys, asked[hit], entries[hit].astype(np.int64))
            chain = self._next[entries]
            asked, chain = asked[chain != 0], chain[chain != 0]

    def _sure(
        self, keys: "NDArray[Any]", asked: "NDArray[Any]", entries: "NDArray[Any]"
    ) -> tuple["NDArray[Any]", "NDArray[Any]"]:
        """Those of the pairs whose whole keys are the same; entries of one set lie together."""
        import numpy as np

        order = np.argsort(entries)
        asked, entries = asked[order], entries[order]
        own = np.empty(len(entries), np.uint64)
        ends = [*(np.flatnonzero(np.diff(entries) > _GAP) + 1).tolist(), len(entries)]
        for start, end in zip([0, *ends], ends, strict=False):
            first = int(entries[start])
            found = self._read(first, int(entries[end - 1]) + 1)
            own[start:end] = found[entries[start:end] - first]
        same = own == keys[asked]
        return asked[same], entries[same]
