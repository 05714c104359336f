"""Similarity of vectors: every candidate is compared, so that the answer is exact.

The score is Elasticsearch's for cosine similarity, (1 + cosine) / 2. A vector of length 0, which
Elasticsearch refuses, is found by none.
"""

import json
import sqlite3
from collections.abc import Sequence
from uuid import UUID

import numpy as np

from .query import Sql
from .schema import transaction
from .search import Request, SearchResult, matching

_JOINED = "JOIN curator_vectors v ON v.doc = d.doc"


def _unit(value: Sequence[float]) -> bytes:
    """Scale a vector to length 1, as float32; empty for a vector of length 0."""
    vector = np.array(value, np.float64)
    length = float(np.linalg.norm(vector))
    return (vector / length).astype(np.float32).tobytes() if length else b""


def fill(connection: sqlite3.Connection, at_once: int = 500) -> None:
    """Compute the units that are missing; `connection` is in autocommit mode."""
    waiting = "SELECT count(*) FROM curator_vectors WHERE unit IS NULL"
    while connection.execute(waiting).fetchone()[0]:
        with transaction(connection):
            _fill_some(connection, at_once)


def _fill_some(connection: sqlite3.Connection, at_once: int) -> None:
    query = """SELECT coalesce(v.value, '[]'), c.vector_id FROM curator_vectors c
      LEFT JOIN vectors v ON v.id = c.vector_id WHERE c.unit IS NULL LIMIT ?"""
    rows = connection.execute(query, (at_once,)).fetchall()
    units = [(_unit(json.loads(text)), key) for text, key in rows]
    connection.executemany("UPDATE curator_vectors SET unit = ? WHERE vector_id = ?", units)


def find_similar(
    connection: sqlite3.Connection,
    request: Request,
    settings: UUID,
    value: Sequence[float],
    excluded: UUID | None = None,
) -> SearchResult:
    """Find the `request.limit` records nearest to `value`, less one; ties in order of arrival."""
    fill(connection)
    rows_of = matching(connection, request, _JOINED)
    wanted = np.frombuffer(_unit(value), np.float32)
    if rows_of is None or not wanted.size:
        return SearchResult((), 0)
    query = Sql("SELECT d.record_id, v.unit ") + rows_of
    query += Sql(" AND v.settings_id = ? AND length(v.unit) = ?", [settings.hex, wanted.nbytes])
    query += Sql(" AND d.record_id <> ? ORDER BY d.doc", [excluded.hex if excluded else ""])
    rows = connection.execute(query.text, query.values).fetchall()
    return _nearest(rows, wanted, request.limit)


def _nearest(
    rows: Sequence[tuple[str, bytes]],
    wanted: "np.ndarray[tuple[int], np.dtype[np.float32]]",
    k: int,
) -> SearchResult:
    units = np.frombuffer(b"".join(unit for _, unit in rows), np.float32)
    scores = (1 + units.reshape(len(rows), wanted.size) @ wanted) / 2
    best = np.argsort(-scores, kind="stable")[:k]
    hits = tuple((UUID(hex=rows[i][0]), float(scores[i])) for i in best)
    return SearchResult(hits, len(hits))
