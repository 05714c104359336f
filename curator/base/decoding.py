"""Bytes that people give become text here, and nowhere else.

UTF-8 with or without a byte order mark is read; every other format is named in one line, with
what to do. Lines and nesting are bounded, so that a hostile or broken file costs no memory.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from curator.base.errors import DataError

MAX_LINE = 16 << 20  # bytes of one line of JSONL; our longest records have some 40 KiB
MAX_FILE = 256 << 20  # bytes of a file that is read whole (Markdown, YAML, a JSON document)
MAX_DEPTH = 100  # of nested lists and objects in JSON
BOM = b"\xef\xbb\xbf"

_SIGNATURES = (
    (b"\x1f\x8b", "gzip-compressed", "gunzip it first"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "unzstd it first"),
    (b"BZh", "bzip2-compressed", "bunzip2 it first"),
    (b"\xfd7zXZ", "xz-compressed", "unxz it first"),
    (b"PK\x03\x04", "a zip archive", "unzip it first"),
    (b"PAR1", "Parquet", "write it as JSONL first, such as with polars: write_ndjson"),
    (b"ARROW1", "an Arrow file", "write it as JSONL first, such as with polars: write_ndjson"),
    (b"SQLite format 3\x00", "an SQLite database", "write its records as JSONL first"),
    (b"GGUF", "a GGUF model", "give a file of texts"),
    (b"%PDF", "a PDF", "give a file of texts"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8"),
)
_HEAD = 4096  # bytes that tell a format


def raise_for_format(head: bytes, path: Path) -> None:
    """Raise DataError, naming the format, where the first bytes of a file are no UTF-8 text."""
    for signature, name, hint in _SIGNATURES:
        if head.startswith(signature):
            raise DataError(f"this is {name}, not UTF-8 text", where=path, hint=hint)
    zeros = head.count(0)
    if zeros and (head[::2].count(0) in (0, zeros)) and zeros >= len(head) // 4:
        raise DataError("this is UTF-16 text, not UTF-8", where=path, hint="save it as UTF-8")
    if zeros:
        raise DataError("this is a binary file, not text", where=path, hint="give a file of texts")


def open_text(path: Path) -> BinaryIO:
    """Open a file of UTF-8 text for reading, past its byte order mark.

    Raises DataError for a file that cannot be read or that is in another format.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=path) from error
    try:
        head = file.read(_HEAD)
        raise_for_format(head, path)
        file.seek(len(BOM) if head.startswith(BOM) else 0)
    except OSError as error:
        file.close()
        raise DataError(f"cannot read: {error.strerror}", where=path) from error
    except BaseException:
        file.close()
        raise
    return file


def read_text(path: Path) -> str:
    """Read a whole file of UTF-8 text; line ends are LF afterwards.

    Raises DataError, naming the place, for anything else and for more than MAX_FILE bytes.
    """
    with open_text(path) as file:
        try:
            data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise DataError(f"cannot read: {error.strerror}", where=path) from error
    if len(data) > MAX_FILE:
        hint = "split it, or write its records as JSONL, which is read line by line"
        raise DataError(f"more than {MAX_FILE >> 20} MiB", where=path, hint=hint)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"not UTF-8: {error.reason} at byte {error.start}"
        raise DataError(what, where=f"{path}:{line}", hint="save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Read the lines of a file with their numbers, from 1, and their line ends.

    Raises DataError for a file that cannot be read, that is no UTF-8 text, or that has a line of
    more than MAX_LINE bytes, which is not kept in memory.
    """
    with open_text(path) as file:
        number = 0
        try:
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    what, hint = f"more than {MAX_LINE >> 20} MiB in one line", "split this record"
                    raise DataError(what, where=f"{path}:{number}", hint=hint)
                yield number, line
        except OSError as error:
            raise DataError(f"cannot read: {error.strerror}", where=path) from error


def parse_json(text: str | bytes) -> Any:
    """Parse one JSON document.

    Raises ValueError (JSONDecodeError, where it is no JSON) with what is wrong with it: bytes that
    are no UTF-8, or lists and objects nested deeper than MAX_DEPTH.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError(f"nested more than {MAX_DEPTH} deep") from None
    _check_depth(document)
    return document


def _check_depth(document: Any) -> None:
    """Raise ValueError for a document that recursion over it could not follow."""
    level, depth = [document], 0
    while level:
        if depth >= MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(v for v in item.values() if isinstance(v, dict | list))
            elif isinstance(item, list):
                below.extend(v for v in item if isinstance(v, dict | list))
        level, depth = below, depth + 1
