"""The index of texts: what triggers marked as stale is read and indexed when it is next wanted."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

from .readable import indexed
from .schema import COLUMNS, TEXT_COLUMNS, transaction

_WAITING = """SELECT d.doc, d.dataset_id, r.fields FROM curator_stale s
  JOIN curator_docs d ON d.doc = s.doc JOIN records r ON r.id = d.record_id LIMIT ?"""
_FIELDS = "SELECT dataset_id, name, position FROM curator_fields"
_ADD = f"""INSERT INTO curator_text (rowid, dataset, {", ".join(TEXT_COLUMNS)})
  VALUES (?, ?{", ?" * COLUMNS})"""


def fill(connection: sqlite3.Connection, at_once: int = 500) -> None:
    """Index the texts that are stale; `connection` is in autocommit mode."""
    while connection.execute("SELECT 1 FROM curator_stale LIMIT 1").fetchone():
        with transaction(connection):
            _fill_some(connection, at_once)


def fill_behind(connect: Callable[[], sqlite3.Connection]) -> None:
    """Index in a thread what a new version made stale, so that the first search need not wait."""
    threading.Thread(target=lambda: fill(connect()), name="texts", daemon=True).start()


def _fill_some(connection: sqlite3.Connection, at_once: int) -> None:
    names: dict[str, list[tuple[str, int]]] = {}
    for dataset, name, position in connection.execute(_FIELDS):
        names.setdefault(dataset, []).append((name, position))
    rows = connection.execute(_WAITING, (at_once,)).fetchall()
    for doc, dataset, fields in rows:
        columns = _columns(json.loads(fields), names.get(dataset, []))
        connection.execute("DELETE FROM curator_text WHERE rowid = ?", (doc,))
        connection.execute(_ADD, (doc, dataset, *columns))
        connection.execute("DELETE FROM curator_stale WHERE doc = ?", (doc,))
    if not rows:  # of records that are gone
        connection.execute("DELETE FROM curator_stale")


def _columns(fields: dict[str, Any], names: list[tuple[str, int]]) -> list[str | None]:
    """Return the text of each column; fields that share one are joined."""
    texts: list[list[str]] = [[] for _ in range(COLUMNS)]
    for name, position in names:
        texts[position] += [indexed(text) for text in _strings(fields.get(name))]
    return ["\n".join(found) or None for found in texts]


def _strings(value: Any) -> Iterator[str]:
    """Yield every text and number of a field, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
