"""Bytes become text in one place: what is no UTF-8 is named, lines and nesting are bounded."""

import json
from pathlib import Path

import pytest

from curator.base import decoding
from curator.base.decoding import MAX_DEPTH, numbered_lines, parse_json, read_text
from curator.base.errors import DataError


def test_a_byte_order_mark_and_foreign_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("\ufeffUn\r\ndeux\rtrois\n".encode())
    assert read_text(path) == "Un\ndeux\ntrois\n"
    assert list(numbered_lines(path)) == [(1, b"Un\r\n"), (2, b"deux\rtrois\n")]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ("é".encode("latin-1") + b" la suite", "not UTF-8"),
        ("Bonjour".encode("utf-16"), "UTF-16"),
        ("Bonjour".encode("utf-16-be"), "UTF-16"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"GGUF\x03\x00", "GGUF"),
        (b"a\x00b and the rest of it", "binary"),
    ],
)
def test_another_format_is_named(tmp_path: Path, data: bytes, named: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(data)
    with pytest.raises(DataError, match=named):
        read_text(path)


def test_a_line_without_end_takes_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "MAX_LINE", 1 << 20)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n" + b"x" * (4 << 20))
    lines = numbered_lines(path)
    assert next(lines) == (1, b"{}\n")
    with pytest.raises(DataError, match=r"a\.jsonl:2: more than 1 MiB in one line"):
        next(lines)


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "MAX_FILE", 1 << 20)
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * (2 << 20))
    with pytest.raises(DataError, match="more than 1 MiB"):
        read_text(path)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_bounded(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    for deep in (MAX_DEPTH + 1, 100_000):
        text = opening * deep + "1" + closing * deep
        with pytest.raises(ValueError, match="nested"):
            parse_json(text)
    assert parse_json("[" * 50 + "]" * 50) is not None


def test_json_that_is_none() -> None:
    with pytest.raises(json.JSONDecodeError):
        parse_json(b"{oops}")
