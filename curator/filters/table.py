"""A hash table of 64-bit keys in flat arrays: 15 bytes an entry, where a dictionary takes 100."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GROWTH = 1.2
_LINKED = 1 << 18  # entries that are linked at a time when the table has grown


class Table:
    """Entries with keys of 64 bits: a hash table with chains, of the entry's numbers.

    Two keys of a million sets in 64 bands are taken for each other once in 10^4 runs; whether
    two sets are alike is then decided by themselves.
    """

    def __init__(self) -> None:
        import numpy as np

        self._bits = 12
        self._count = 0
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._next = np.zeros(1 << self._bits, np.uint32)  # of the chain, plus 1; 0 ends it
        self._heads = np.zeros(1 << self._bits, np.uint32)  # the same

    def add(self, keys: "NDArray[Any]") -> None:
        """Add entries, numbered from where the last ones ended."""
        if not len(keys):
            return
        first, self._count = self._count, self._count + len(keys)
        if self._count > len(self._keys):
            size = max(self._count, int(len(self._keys) * _GROWTH))
            for one in (self._keys, self._next):
                one.resize(size, refcheck=False)  # in place, where copies would double the peak
        self._keys[first : self._count] = keys
        if self._count > 2 * len(self._heads):
            self._grow()
        else:
            self._link(first, self._count)

    def _grow(self) -> None:
        import numpy as np

        self._bits = self._count.bit_length() - 1
        del self._heads
        self._heads = np.zeros(1 << self._bits, np.uint32)
        for start in range(0, self._count, _LINKED):
            self._link(start, min(start + _LINKED, self._count))

    def _slots(self, keys: "NDArray[Any]") -> "NDArray[Any]":
        import numpy as np

        return (keys >> np.uint64(64 - self._bits)).astype(np.int64)

    def _link(self, start: int, end: int) -> None:
        """Put entries in front of their chains; of those in one slot, the last comes first."""
        import numpy as np

        slots = self._slots(self._keys[start:end])
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

        chain = self._heads[self._slots(keys)]
        asked = np.flatnonzero(chain)
        chain = chain[asked]
        while len(asked):
            entries = chain - np.uint32(1)
            hit = self._keys[entries] == keys[asked]
            if hit.any():
                yield asked[hit], entries[hit].astype(np.int64)
            chain = self._next[entries]
            asked, chain = asked[chain != 0], chain[chain != 0]
