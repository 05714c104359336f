"""Examples in JSONL files, and as a polars frame."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from curator.base import store
from curator.base.errors import BrokenLine
from curator.records.example import Example

if TYPE_CHECKING:
    import polars as pl


def _is_chat(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line).get("messages"), list)
    except (ValueError, AttributeError):
        return False


def read_examples(*paths: Path) -> Iterator[Example]:
    """Read the examples of JSONL files, in the order given.

    Raises BrokenLine; for a chat where an example should be at once, with the command that reads
    chats.
    """
    for path in paths:

        def parse(number: int, line: bytes, path: Path = path) -> Example:
            try:
                return Example.model_validate_json(line.rstrip())
            except ValidationError:
                if not _is_chat(line):
                    raise
                hint = f"curator import {path} reads this format"
                raise BrokenLine(path, number, "a chat, not an example", hint=hint) from None

        yield from store.parsed(path, parse)


def frame(examples: Iterable[Example]) -> "pl.DataFrame":
    """Examples as a polars frame: one row each, their scalar fields and origin as columns."""
    import polars as pl

    names = ("id", "category", "topic", "difficulty", "question", "answer")
    rows = [[str(getattr(e, n)) for n in names] + [str(e.provenance.origin)] for e in examples]
    schema = dict.fromkeys((*names, "origin"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")
