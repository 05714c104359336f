"""The engine's answers, read from SQLite; no Argilla model in or out, so that a thread can run it.

`Request` says what is wanted; `find` gives record ids and scores in order, with the total. The
score of a text is BM25, FTS5's, whose word frequencies are those of all datasets together.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from argilla_server.search_engine import Filter, Order

from . import texts
from .parties import HIDDEN, hidden_from
from .query import Sql, condition, order_value
from .schema import TEXT_COLUMNS
from .text import expression

_RANK = f"-bm25(curator_text, 0.0{', 1.0' * len(TEXT_COLUMNS)})"
# What is found without a word, by negation alone, has no rank; it has an order per user all the
# same, after what has one.
_BM25 = f"max({_RANK}, 1e-9)"
PANELS = ("findings",)  # fields that a search of all fields leaves out


@dataclass(frozen=True)
class Request:
    """What to look for in a dataset; `field` limits `text` to one field of the records.

    `user` mixes the records in an order that is that user's own, and stays.
    """

    dataset: UUID
    text: str | None = None
    field: str | None = None
    filter: Filter | None = None
    sort: Sequence[Order] = ()
    user: UUID | None = None
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class SearchResult:
    """One page of hits, each a record's id and its score, and how many there are in all."""

    hits: tuple[tuple[UUID, float | None], ...]
    total: int


def shuffle(user: str, doc: int) -> float:
    """Return a number in [0, 1) that is always the same for a user and a record; never raises."""
    digest = hashlib.blake2b(f"{user}{doc}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / (1 << 48)


def _columns(
    connection: sqlite3.Connection, dataset: UUID, field: str | None
) -> tuple[str | None, Sequence[str]]:
    """Return the column that a field is in, or none, and those that are not looked at then."""
    query = "SELECT name, position FROM curator_fields WHERE dataset_id = ?"
    places = dict(connection.execute(query, (dataset.hex,)).fetchall())
    if field is None:
        others = {place for name, place in places.items() if name not in PANELS}
        panels = {places[name] for name in PANELS if name in places} - others
        return None, [TEXT_COLUMNS[place] for place in sorted(panels)]
    if field not in places:
        raise ValueError(f"Field {field} not found in dataset {dataset}")
    return TEXT_COLUMNS[places[field]], ()


def matching(connection: sqlite3.Connection, request: Request, joined: str = "") -> Sql | None:
    """Write FROM and WHERE of a request, `joined` after curator_docs; None if nothing can match.

    CROSS JOIN keeps SQLite from asking the text index once for every record.
    """
    docs = f"curator_docs d {joined}"
    if request.text is None:
        rows_of = Sql(f"FROM {docs} WHERE d.dataset_id = ?", [request.dataset.hex])
    else:
        texts.fill(connection)
        columns = _columns(connection, request.dataset, request.field)
        words = expression(request.text, request.dataset.hex, *columns)
        if words is None:
            return None
        rows_of = Sql(f"FROM curator_text CROSS JOIN {docs} WHERE curator_text MATCH ?", [words])
        same = " AND curator_text.rowid = d.doc AND d.dataset_id = ?"
        rows_of += Sql(same, [request.dataset.hex])
    rows_of += hidden_from(request.user)
    return rows_of + Sql(" AND ") + condition(request.filter) if request.filter else rows_of


def _score(request: Request) -> Sql:
    parts = Sql(_BM25 if request.text is not None else "1.0")
    return parts + Sql(" * shuffle(?, d.doc)", [request.user.hex]) if request.user else parts


def find(connection: sqlite3.Connection, request: Request) -> SearchResult:
    """Find the records that match, by the sort asked for or by score; ties in order of arrival."""
    rows_of = matching(connection, request)
    if rows_of is None:
        return SearchResult((), 0)
    count = Sql("SELECT count(*) ") + rows_of
    total = int(connection.execute(count.text, count.values).fetchone()[0])
    if request.offset >= total:
        return SearchResult((), total)
    query = _page(request, rows_of)
    rows = connection.execute(query.text, query.values)
    return SearchResult(tuple((UUID(hex=row[0]), row[1]) for row in rows), total)


def _page(request: Request, rows_of: Sql) -> Sql:
    """Select one page; records without the value sorted by come last, whichever the direction."""
    score = Sql("NULL") if request.sort else _score(request)
    query, by = Sql("SELECT d.record_id, ") + score + Sql(" AS score"), []
    for n, order in enumerate(request.sort):
        query += Sql(", ") + order_value(order) + Sql(f" AS s{n}")
        by.append(f"s{n} IS NULL, s{n} {'DESC' if str(order.order) == 'desc' else 'ASC'}")
    ordered = ", ".join([*(by or ["score DESC"]), "d.doc"])
    limit = Sql(f" ORDER BY {ordered} LIMIT ? OFFSET ?", [request.limit, request.offset])
    return query + Sql(" ") + rows_of + limit


def counts(connection: sqlite3.Connection, query: str, *values: Any) -> list[tuple[Any, int]]:
    """Count how often each value occurs, most frequent first, then in order of value."""
    text = f"SELECT value, count(*) FROM ({query}) GROUP BY value ORDER BY 2 DESC, 1"
    return connection.execute(text, values).fetchall()


STATUSES = "SELECT status AS value FROM curator_docs WHERE dataset_id = ?"
USER_STATUSES = f"""SELECT f.value FROM curator_docs d JOIN curator_facts f ON f.doc = d.doc
  WHERE d.dataset_id = ?1 AND f.field = 'responses.status' AND f.user_id = ?2
  AND d.doc NOT IN ({HIDDEN.replace("?", "?2")})"""
HIDDEN_DOCS = f"""SELECT count(*) FROM curator_docs d
  WHERE d.dataset_id = ? AND d.doc IN ({HIDDEN})"""
METADATA = """SELECT f.value FROM curator_docs d JOIN curator_facts f ON f.doc = d.doc
  WHERE d.dataset_id = ? AND f.field = ?"""


def extremes(connection: sqlite3.Connection, dataset: UUID, field: str) -> tuple[Any, Any]:
    """Return the least and the greatest number of a metadata property; None where there is none."""
    text = f"SELECT min(value), max(value) FROM ({METADATA} AND typeof(f.value) <> 'text')"
    low, high = connection.execute(text, (dataset.hex, field)).fetchone()
    return low, high
