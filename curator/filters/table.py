"""A hash table of 64-bit keys beyond memory: 9 bytes an entry, where a dictionary takes 100.

The keys lie on disk. In memory are the chains of entries, and 16 bits of each key, the tag: a key
is read from disk only where its tag is the one looked for, which is wrong once in 65,536 entries
that share a chain, and where the table has grown and every entry is linked anew.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from curator.base.disk_buffer import DiskBuffer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GROWTH = 1.1
_LINKED = 1 << 18  # entries that are linked at a time when the table has grown
_BYTES = 8  # of a key
_GAP = 64  # entries; keys that are no farther apart are read at once


class HashTable:
    """A hash table with chaining: the numbers of entries by their keys.

    Entries get the numbers 0, 1, 2, ... in the order in which they are added, and several may have
    the same key. Of a million sets with 64 keys each, two different ones get one key once in 10^4
    runs; whether two sets are alike is then decided by comparing them.
    """

    def __init__(self) -> None:
        import numpy as np

        self._bits = 12
        self._count = 0
        self._keys = DiskBuffer()  # by entry
        self._tags = np.zeros(1 << self._bits, np.uint16)  # by entry, the low bits of its key
        # Entries are stored plus 1, so that 0 can end a chain.
        self._next = np.zeros(1 << self._bits, np.uint32)  # by entry, the next one of its chain
        self._heads = np.zeros(1 << self._bits, np.uint32)  # by slot, the first of its chain

    def add(self, keys: "NDArray[Any]") -> None:
        """Add one entry for each key."""
        if not len(keys):
            return
        first, self._count = self._count, self._count + len(keys)
        if self._count > len(self._tags):
            size = max(self._count, int(len(self._tags) * _GROWTH))
            for array in (self._tags, self._next):
                array.resize(size, refcheck=False)  # in place, where copies would double the peak
        self._keys.append(keys.tobytes())
        self._tags[first : self._count] = keys  # numpy takes the low bits
        if self._count > 2 * len(self._heads):
            self._grow()
        else:
            self._link(first, keys)

    def _grow(self) -> None:
        """Take as many slots as there are entries, and link all of them again."""
        import numpy as np

        self._bits = self._count.bit_length() - 1
        del self._heads  # before the new ones are made, so that both are not in memory
        self._heads = np.zeros(1 << self._bits, np.uint32)
        for start in range(0, self._count, _LINKED):
            self._link(start, self._read(start, min(start + _LINKED, self._count)))

    def _read(self, start: int, end: int) -> "NDArray[Any]":
        """Read the keys of the entries from `start` to `end` from disk."""
        import numpy as np

        return np.frombuffer(self._keys.read(_BYTES * start, _BYTES * (end - start)), np.uint64)

    def _slots(self, keys: "NDArray[Any]") -> "NDArray[Any]":
        """Return the slot of each key: its high bits, since the tag is the low ones."""
        import numpy as np

        return (keys >> np.uint64(64 - self._bits)).astype(np.int64)

    def _link(self, start: int, keys: "NDArray[Any]") -> None:
        """Put entries in front of their chains, all at once.

        Sorted by slot, the new entries of a slot stand side by side: each is chained to the one
        before it, the first to the old head, and the last becomes the new head.
        """
        import numpy as np

        slots = self._slots(keys)
        order = np.argsort(slots, kind="stable")
        slots, entries = slots[order], (order + (start + 1)).astype(np.uint32)
        same_slot = slots[1:] == slots[:-1]
        following = self._heads[slots]
        following[1:][same_slot] = entries[:-1][same_slot]
        self._next[entries - np.uint32(1)] = following
        last = np.append(~same_slot, True)
        self._heads[slots[last]] = entries[last]

    def find(self, keys: "NDArray[Any]") -> Iterator[tuple["NDArray[Any]", "NDArray[Any]"]]:
        """Look keys up; yield pairs of arrays: indices into `keys`, and entries that have them.

        All chains are walked in step: one round of the loop looks at one entry of each chain that
        has not ended.
        """
        import numpy as np

        tags = keys.astype(np.uint16)
        chain = self._heads[self._slots(keys)]
        asked = np.flatnonzero(chain)
        chain = chain[asked]
        while len(asked):
            entries = chain - np.uint32(1)
            hit = self._tags[entries] == tags[asked]
            if hit.any():
                yield self._confirmed(keys, asked[hit], entries[hit].astype(np.int64))
            chain = self._next[entries]
            asked, chain = asked[chain != 0], chain[chain != 0]

    def _confirmed(
        self, keys: "NDArray[Any]", asked: "NDArray[Any]", entries: "NDArray[Any]"
    ) -> tuple["NDArray[Any]", "NDArray[Any]"]:
        """Return those of the pairs whose whole keys are equal, which takes the keys on disk.

        The bands of one set were added together, so the entries to confirm lie in clusters; each
        cluster is one read.
        """
        import numpy as np

        order = np.argsort(entries)
        asked, entries = asked[order], entries[order]
        on_disk = np.empty(len(entries), np.uint64)
        ends = [*(np.flatnonzero(np.diff(entries) > _GAP) + 1).tolist(), len(entries)]
        for start, end in zip([0, *ends], ends, strict=False):
            first = int(entries[start])
            cluster = self._read(first, int(entries[end - 1]) + 1)
            on_disk[start:end] = cluster[entries[start:end] - first]
        equal = on_disk == keys[asked]
        return asked[equal], entries[equal]
