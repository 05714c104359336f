"""What is put aside comes back, from memory or from disk."""

import errno
import os
from itertools import combinations_with_replacement
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.base.disk_buffer import DiskBuffer, chunks
from curator.base.errors import StoreError
from curator.records.spool import Spool
from tests.conftest import first_49


@given(st.lists(st.binary(max_size=30), max_size=30), st.integers(0, 100))
def test_bytes_come_back_from_where_they_were_put(parts: list[bytes], memory: int) -> None:
    aside = DiskBuffer(memory)
    places = [aside.append(part) for part in parts]
    assert [aside.read(at, len(p)) for at, p in zip(places, parts, strict=True)] == parts
    whole = b"".join(parts)
    for start, end in combinations_with_replacement(range(0, len(whole) + 1, 11), 2):
        assert aside.read(start, end - start) == whole[start:end]


def test_no_file_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    aside = DiskBuffer(0)
    assert aside.read(aside.append(b"abc"), 3) == b"abc"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    aside = DiskBuffer(0)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError, match="TMPDIR"):
        aside.append(b"abc")


def test_a_spool_is_a_sequence_of_examples() -> None:
    examples = first_49()
    aside = Spool(examples)
    assert list(aside) == examples
    assert aside[-1] == examples[-1]
    assert aside[3:5] == examples[3:5]
    with pytest.raises(IndexError):
        aside[49]


def test_chunks() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([], 2)) == []
