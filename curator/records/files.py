"""Examples in JSONL files, and as a polars frame."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from curator.base import store
from curator.base.errors import BrokenLine
from curator.records.example import Example, Origin

if TYPE_CHECKING:
    import polars as pl

Reader = Callable[..., Iterator[Example]]  # paths -> examples, as `read_examples`


def _is_chat(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line).get("messages"), list)
    except (ValueError, AttributeError):
        return False


def read_examples(*paths: Path) -> Iterator[Example]:
    """Read the examples of JSONL files, in the order given.

    Raises BrokenLine, also for a planted falsehood (records/planted.py); at once for a chat where
    an example should be, with the command that imports chats.
    """
    for path in paths:

        def parse(number: int, line: bytes, path: Path = path) -> Example:
            try:
                example = Example.model_validate_json(line.rstrip())
            except ValidationError:
                if not _is_chat(line):
                    raise
                hint = f"curator import {path} reads this format"
                raise BrokenLine(path, number, "a chat, not an example", hint=hint) from None
            if example.provenance.origin is Origin.PLANTED:
                raise ValueError("a planted falsehood, which is no example to read")
            return example

        yield from store.parsed(path, parse)


class ReadOnce:
    """Reads example files as `read_examples` does, each at most once: it stays in memory."""

    def __init__(self) -> None:
        self._known: dict[Path, list[Example]] = {}

    def __call__(self, *paths: Path) -> Iterator[Example]:
        """Read the examples of files, in the order given; raises as `read_examples`."""
        for path in paths:
            if path not in self._known:
                self._known[path] = list(read_examples(path))
            yield from self._known[path]


def frame(examples: Iterable[Example]) -> "pl.DataFrame":
    """Lay examples out as a polars frame: a row each, with their scalar fields and origin."""
    import polars as pl

    names = ("id", "category", "topic", "difficulty", "question", "answer")
    rows = [[str(getattr(e, n)) for n in names] + [str(e.provenance.origin)] for e in examples]
    schema = dict.fromkeys((*names, "origin"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")
