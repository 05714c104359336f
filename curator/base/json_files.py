"""Read the JSON records of a file that people give, whatever way they are written in it.

JSONL, a list, or documents one after another, printed over several lines or not.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from curator.base import store
from curator.base.decoding import open_text, parse_json, read_text
from curator.base.errors import BrokenLine, DataError

T = TypeVar("T")
_HEAD = 1 << 20  # bytes in which the first record of JSONL ends, or its line is no JSONL


def read_documents(path: Path, parse: Callable[[str, Any], T]) -> Iterator[T]:
    """Yield what `parse` makes of each record of a file: its place in it, and the JSON document.

    The place is ":LINE" in JSONL and "#NUMBER", from 1, elsewhere. `parse` raises ValueError or
    DataError for what is no record. Raises BrokenLine, naming all of them, and DataError for a
    file in which no JSON can be.
    """
    if _is_jsonl(path):

        def parse_line(number: int, line: bytes) -> T:
            return parse(f":{number}", parse_json(line))

        yield from store.parsed(path, parse_line, strict=True)
        return
    faults: list[tuple[int, str]] = []
    for number, line, document in _decoded(read_text(path), path):
        try:
            record = parse(f"#{number}", document)
        except (ValueError, DataError) as error:
            what = store.why(error) if isinstance(error, ValueError) else str(error)
            faults.append((line, f"record {number}: {what}"))
            continue
        if not faults:
            yield record
    if faults:
        (line, fault), *others = faults
        raise BrokenLine(path, line, fault, others[: store.SHOWN], count=len(faults))


def _is_jsonl(path: Path) -> bool:
    """Tell whether the first line that is not blank is a record by itself.

    Raises DataError for a file in which no JSON can be.
    """
    with open_text(path) as file:
        head = file.read(_HEAD)
    first = head.lstrip()
    line, end, _ = first.partition(b"\n")
    if first and first[:1] not in b"{[" and not _is_json(line):
        shown = line[:40].decode("utf-8", "replace")
        what = f"no JSON in this file; it begins {shown!r}"
        raise DataError(what, where=path, hint="give JSONL: a JSON object on each line")
    # "[" begins a list; "{" by itself a printed document; any other line is a record.
    return first[:1] != b"[" and (not end or line.strip() != b"{")


def _is_json(line: bytes) -> bool:
    try:
        parse_json(line)
    except ValueError:
        return False
    return True


def _decoded(text: str, path: Path) -> Iterator[tuple[int, int, Any]]:
    """Yield each record of JSON text: its number and line, from 1, and what it is."""
    decoder, place, number = json.JSONDecoder(), 0, 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        line = text.count("\n", 0, place) + 1
        try:
            _, end = decoder.raw_decode(text, place)
            document = parse_json(text[place:end])
        except RecursionError:
            raise BrokenLine(path, line, "nested too deep") from None
        except ValueError as error:
            raise BrokenLine(path, line, f"broken JSON: {store.why(error)}") from error
        for one in document if isinstance(document, list) else [document]:
            number += 1
            yield number, line, one
        place = end
