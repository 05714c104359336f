"""The LSH index: candidates are those of rensa's own, similarities are exact."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rensa import RMinHash, RMinHashLSH

from curator.filters.lsh import LshIndex
from curator.filters.table import HashTable
from curator.text.shingles import jaccard


def relatives(seed: int, count: int) -> list[set[str]]:
    """Sets of which many are like an earlier one, more or less; a few are empty."""
    draw = random.Random(seed)
    found: list[set[str]] = []
    for _ in range(count):
        if draw.random() < 0.05:
            found.append(set())
        elif found and draw.random() < 0.6:
            share = draw.random()
            parent = draw.choice(found)
            found.append({s for s in sorted(parent) if draw.random() > share} | {str(len(found))})
        else:
            found.append({str(draw.randrange(10**6)) for _ in range(draw.randint(1, 80))})
    return found


@pytest.mark.parametrize(("rows", "size"), [(4, 256), (8, 256), (4, 128)])
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_what_is_found_is_what_rensa_finds(rows: int, size: int, batch: int) -> None:
    sets = relatives(3, 300)
    index, reference = LshIndex(rows, size), RMinHashLSH(0.5, size, size // rows)
    sketches = list(RMinHash.from_token_sets(sets, num_perm=size, seed=1))
    for start in range(0, len(sets), batch):
        made = index.batch(sets[start : start + batch])
        for row, text in enumerate(sets[start : start + batch]):
            number = start + row
            expected = sorted(reference.query(sketches[number])) if text else []
            exact = {n: jaccard(text, sets[n]) for n in expected}
            assert made.similar(row) == exact
            assert list(made.similar(row)) == expected
            made.add(row, number)
            if text:
                reference.insert(number, sketches[number])
        made.close()


def test_what_was_not_added_is_not_found() -> None:
    index = LshIndex(4)
    one = {str(n) for n in range(30)}
    made = index.batch([one, one, one])
    made.add(1, 0)
    assert made.similar(2) == {0: 1.0}
    made.close()
    assert index.batch([one]).similar(0) == {0: 1.0}
    assert index.similarity(0, one) == 1.0


# Keys that a table must look up on disk to tell them apart: those of one chain with one tag.
ALIKE = st.builds(lambda a, b, c: (a << 52) + (b << 30) + c, *[st.integers(0, 2)] * 3)
KEYS = st.one_of(st.integers(0, 2**64 - 1), ALIKE)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(KEYS, max_size=300), max_size=30), st.integers(0, 99))
def test_a_table_that_grows_loses_nothing(parts: list[list[int]], seed: int) -> None:
    table, places = HashTable(), dict[int, list[int]]()
    draw = random.Random(seed)
    padding = [draw.getrandbits(64) for _ in range(9000)]  # grows twice
    entries = [key for part in [*parts, padding] for key in part]
    for part in [*parts, padding]:
        table.add(np.array(part, np.uint64))
    for place, key in enumerate(entries):
        places.setdefault(key, []).append(place)
    asked = list({*places, *range(5), *((1 << 52) + (n << 30) for n in range(5))})
    found: dict[int, list[int]] = {}
    for who, what in table.find(np.array(asked, np.uint64)):
        for one, entry in zip(who.tolist(), what.tolist(), strict=True):
            found.setdefault(asked[one], []).append(entry)
    assert {key: sorted(at) for key, at in found.items()} == places
