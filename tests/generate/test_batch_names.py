"""How a batch is named: its full name, or a beginning that is only its own."""

import re
from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.generate.batch import Batch
from curator.generate.batch_names import batch_named, full_name

NAMES = ("augment-s0001-12345678", "augment-s0002-12345678", "demo-s0001-aaaaaaaa", "demo")


@pytest.mark.parametrize(
    ("given", "full"),
    [
        (NAMES[0], NAMES[0]),
        ("augment-s0002", NAMES[1]),
        ("demo-", NAMES[2]),
        ("demo", "demo"),  # a full name, though another one begins with it
    ],
)
def test_one_batch_is_meant(given: str, full: str) -> None:
    assert full_name(NAMES, given) == full
    batches = [Batch(Path("raw") / name) for name in NAMES]
    assert batch_named(batches, given, "raw").name == full


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("aug", "raw: 2 batches begin with 'aug': augment-s0001-12345678, augment-s0002-12345678"),
        ("augmnt-s0001-12345678", "no such batch: augmnt-s0001-12345678: did you mean"),
        ("xyz", "raw: no such batch: xyz (curator batches lists them)"),
        ("", "no such batch"),
    ],
)
def test_none_or_several_are_said_in_one_line(given: str, said: str) -> None:
    with pytest.raises(DataError, match=re.escape(said)) as caught:
        full_name(NAMES, given, "raw")
    assert "\n" not in str(caught.value)


def test_many_are_not_all_listed() -> None:
    with pytest.raises(DataError, match=r"9 batches .* b3, b4, b5, \.\.\."):
        full_name([f"b{n}" for n in range(9)], "b")
