"""MinHash LSH (Broder 1997; Indyk and Motwani 1998) for sets of shingles beyond memory.

A set's MinHash signature is cut into bands, and each band hashed to one key; sets that share a key
are candidates, whose exact similarity is then computed. In memory is what finds the keys: 9 bytes
for each band of each set. The keys, and the hashes of the sets' members, lie on disk.

The signatures are rensa's. Its own index is not used: it takes 100 bytes and more a band.
"""

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from curator.base.disk_buffer import DiskBuffer
from curator.filters.table import HashTable
from curator.text.shingles import jaccard

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED = 1


class LshIndex:
    """Sets of shingles, found by similarity. `rows` values of a signature make one band.

    With 256 values in bands of 4, a pair of Jaccard similarity 0.5 is found with probability
    1 - (1 - 0.5^4)^64 = 0.98; in bands of 8, one of 0.8 with 0.997.
    """

    def __init__(self, rows: int, size: int = 256):
        self._rows, self._size, self._bands = rows, size, size // rows
        self._table = HashTable()
        self._numbers = array("I")  # of the sets in the table, whose entries are their bands
        self._sets = DiskBuffer()
        self._places, self._lengths = array("Q"), array("I")  # on disk, by number

    def keys(self, texts: Sequence[set[str]]) -> "NDArray[Any]":
        """Hash each band of each set to a key of 64 bits; one row for each set."""
        import numpy as np
        from rensa import RMinHash

        signatures = RMinHash.digests_from_token_sets(texts, num_perm=self._size, seed=_SEED)
        values = np.array(signatures, np.uint64).reshape(len(texts), self._bands, self._rows)
        # The band's number goes in first, so that equal values in different bands differ. Mixing
        # is splitmix64's: the table takes the high bits as the slot and the low ones as the tag,
        # so both must depend on every bit.
        keys = np.tile(np.arange(1, self._bands + 1, dtype=np.uint64), (len(texts), 1))
        for i in range(self._rows):
            keys = (keys ^ values[:, :, i]) * np.uint64(0x9E3779B97F4A7C15)
            keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            keys ^= keys >> np.uint64(31)
        return keys

    def batch(self, texts: Sequence[set[str]]) -> "LshBatch":
        """Return sets to compare with those of the index and with each other, and to add."""
        return LshBatch(self, texts)

    def candidates(self, keys: "NDArray[Any]", rows: Sequence[int]) -> dict[int, set[int]]:
        """Return for each of the `rows` of keys the numbers of the sets that share a key."""
        numbers: dict[int, set[int]] = {row: set() for row in rows}
        for asked, entries in self._table.find(keys[rows].reshape(-1)):
            for place, entry in zip(asked.tolist(), entries.tolist(), strict=True):
                numbers[rows[place // self._bands]].add(self._numbers[entry // self._bands])
        return numbers

    def store(self, number: int, text: set[str]) -> None:
        """Store a set for exact comparison; numbers follow each other from 0."""
        assert number == len(self._places)  # noqa: S101 - a fault of the caller
        # Hashes take a tenth of the strings' size; two differ in 64 bits but once in 10^19.
        self._places.append(self._sets.append(array("q", map(hash, text)).tobytes()))
        self._lengths.append(len(text))

    def link(self, numbers: Sequence[int], keys: "NDArray[Any]") -> None:
        """Let stored sets be found by their keys."""
        self._numbers.extend(numbers)
        self._table.add(keys.reshape(-1))

    def stored(self, number: int) -> "array[int]":
        """Read the hashes of the members of a stored set."""
        hashes = array("q")
        hashes.frombytes(self._sets.read(self._places[number], 8 * self._lengths[number]))
        return hashes

    def similarity(self, number: int, text: set[str]) -> float:
        """Return the exact Jaccard similarity to one stored set."""
        return jaccard(set(map(hash, text)), self.stored(number))


class LshBatch:
    """Sets that are compared with an index, one after the other, and added to it.

    The result is as if each were looked up and added before the next; the work on keys is done for
    all at once, since a call of numpy costs more than the work on one set. `close` makes those that
    were added known to later batches.
    """

    def __init__(self, index: LshIndex, texts: Sequence[set[str]]):
        self._index, self._texts = index, texts
        self._added: dict[int, int] = {}
        self._keys = index.keys(texts)
        self._rows = [row for row, text in enumerate(texts) if text]  # an empty set is like none
        self._exact: dict[tuple[int, int], float] = {}  # similarities, by row and number

    # Looked up when first asked for: sets that are only added are compared with none.
    @cached_property
    def _in_index(self) -> dict[int, set[int]]:
        return self._index.candidates(self._keys, self._rows)

    @cached_property
    def _in_batch(self) -> dict[int, set[int]]:
        return _sharing(self._keys, self._rows)

    def similar(self, row: int) -> dict[int, float]:
        """Return the exact similarity to each set that may be alike, by number, in order."""
        in_batch = {self._added[r] for r in self._in_batch.get(row, ()) if r in self._added}
        numbers = sorted(self._in_index.get(row, set()) | in_batch)
        new = [n for n in numbers if (row, n) not in self._exact]
        own = set(map(hash, self._texts[row])) if new else set[int]()
        self._exact.update({(row, n): jaccard(own, self._index.stored(n)) for n in new})
        return {n: self._exact[row, n] for n in numbers}

    def add(self, row: int, number: int) -> None:
        """Add one of the sets under a number; the rows after it are compared with it."""
        self._index.store(number, self._texts[row])
        self._added[row] = number

    def close(self) -> None:
        """Link the sets that were added."""
        rows = [row for row in self._added if self._texts[row]]
        if rows:
            self._index.link([self._added[row] for row in rows], self._keys[rows])


def _sharing(keys: "NDArray[Any]", rows: Sequence[int]) -> dict[int, set[int]]:
    """Return for each of the `rows` of keys the rows before it that share a key."""
    import numpy as np

    sharing: dict[int, set[int]] = {}
    if not rows:
        return sharing
    flat = keys[rows].reshape(-1)
    order = np.argsort(flat, kind="stable")  # equal keys now stand side by side
    repeated = np.flatnonzero(flat[order][1:] == flat[order][:-1])
    bands = keys.shape[1]
    groups: dict[int, list[int]] = {}
    for place in repeated.tolist():
        for entry in order[place : place + 2].tolist():
            groups.setdefault(int(flat[entry]), []).append(rows[entry // bands])
    for group in groups.values():
        for row in group:
            sharing.setdefault(row, set()).update(r for r in group if r < row)
    return sharing
