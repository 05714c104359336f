"""The class that Argilla calls: its models in, its answers out.

The database is the index, and triggers keep it: what tells an engine to index has nothing to do
here, and answers are never behind. Differences from the Elasticsearch engine, all meant:

- A user's progress counts that user's responses; there, all responses to the same records.
- Metadata of records from before a property was made are found; there, only after an update.
- Labels can be sorted by, and words are found without their accents.
- Texts are found by what people read: marks of Rust are words (see readable.py), and a search of
  all fields leaves out what the machine found, where nearly every word of the others stands too.
- Equal scores keep the order of arrival, and the order per user survives updates of records.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

from argilla_server.enums import MetadataPropertyType, SimilarityOrder
from argilla_server.models import (
    Dataset,
    MetadataProperty,
    Record,
    Response,
    Suggestion,
    User,
    VectorSettings,
)
from argilla_server.search_engine import (
    Filter,
    FloatMetadataMetrics,
    IntegerMetadataMetrics,
    MetadataMetrics,
    Order,
    SearchEngine,
    SearchResponseItem,
    SearchResponses,
    TermsMetrics,
    TextQuery,
)
from argilla_server.settings import settings
from sqlalchemy import make_url

from . import parties, search, texts, vectors
from .search import Request, SearchResult

NAME = "sqlite"
T = TypeVar("T")

_threads = ThreadPoolExecutor(2, "search")
_own = threading.local()


@cache
def database() -> str:
    """Return the path of Argilla's database file."""
    return str(make_url(settings.database_url).database)


def connect() -> sqlite3.Connection:
    """Open a connection in autocommit mode, with the functions that the queries call."""
    uri = f"file:{quote(database())}"
    connection = sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)
    connection.create_function("shuffle", 2, search.shuffle, deterministic=True)
    connection.execute("PRAGMA cache_size = -16000")  # 16 MB
    return connection


async def _ask(work: Callable[..., T], *args: Any) -> T:
    """Run `work` with a connection in a thread: SQLite waits without stopping the server."""

    def run() -> T:
        if not hasattr(_own, "connection"):
            _own.connection = connect()
        return work(_own.connection, *args)

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


def _words(query: TextQuery | str | None) -> tuple[str | None, str | None]:
    """Return the text looked for, and the field that it must be in."""
    return (query.q, query.field) if isinstance(query, TextQuery) else (query, None)


def _responses(result: SearchResult) -> SearchResponses:
    items = [SearchResponseItem(record_id=record, score=score) for record, score in result.hits]
    return SearchResponses(items=items, total=result.total)


@SearchEngine.register(engine_name=NAME)
class SqliteSearchEngine(SearchEngine):
    """Answer from the tables of schema.py; made anew for every request, so it holds nothing."""

    @classmethod
    async def new_instance(cls) -> "SqliteSearchEngine":
        return cls()

    async def close(self) -> None:
        """Connections belong to the threads."""

    async def ping(self) -> bool:
        return bool(await _ask(lambda c: c.execute("SELECT 1").fetchone()))

    async def info(self) -> dict[str, Any]:
        version = await _ask(lambda c: c.execute("SELECT version FROM curator_schema").fetchone())
        sqlite = {"number": sqlite3.sqlite_version, "index": version[0]}
        return {"name": NAME, "version": sqlite, "tagline": "Argilla's own database"}

    async def create_index(self, dataset: Dataset) -> None:
        """The tables serve every dataset."""

    async def delete_index(self, dataset: Dataset) -> None:
        """Triggers removed it with the records."""

    async def configure_metadata_property(
        self, dataset: Dataset, metadata_property: MetadataProperty
    ) -> None:
        """All metadata is indexed."""

    async def configure_index_vectors(self, vector_settings: VectorSettings) -> None:
        """Vectors of any length fit."""

    async def index_records(self, dataset: Dataset, records: Iterable[Record]) -> None:
        """Triggers did it; only vectors and texts still need what SQL cannot compute."""
        await _ask(vectors.fill)
        await _ask(texts.fill)

    async def partial_record_update(self, record: Record, **update: Any) -> None:
        """Triggers did it."""

    async def delete_records(self, dataset: Dataset, records: Iterable[Record]) -> None:
        """Triggers did it."""

    async def update_record_response(self, response: Response) -> None:
        """Triggers did it."""

    async def delete_record_response(self, response: Response) -> None:
        """Triggers did it."""

    async def update_record_suggestion(self, suggestion: Suggestion) -> None:
        """Triggers did it."""

    async def delete_record_suggestion(self, suggestion: Suggestion) -> None:
        """Triggers did it."""

    async def get_dataset_progress(self, dataset: Dataset) -> dict[str, int]:
        return await self._progress(dataset, search.STATUSES)

    async def get_dataset_user_progress(self, dataset: Dataset, user: User) -> dict[str, int]:
        return await self._progress(dataset, search.USER_STATUSES, user.id.hex)

    async def count_hidden(self, dataset: Dataset, user: User) -> int:
        """Count the records that a user is not shown: disputes to which they are a party."""
        values = dataset.id.hex, user.id.hex
        row = await _ask(lambda c: c.execute(search.HIDDEN_DOCS, values).fetchone())
        return int(row[0])

    async def _progress(self, dataset: Dataset, query: str, *values: str) -> dict[str, int]:
        if dataset.is_draft:
            return {}
        counts = dict(await _ask(search.counts, query, dataset.id.hex, *values))
        return {"total": sum(counts.values()), **counts}

    async def search(  # the interface's arguments, and the user that Argilla passes besides
        self,
        dataset: Dataset,
        query: TextQuery | str | None = None,
        filter: Filter | None = None,  # noqa: A002
        sort: list[Order] | None = None,
        offset: int = 0,
        limit: int = 100,
        user_id: Any = None,
    ) -> SearchResponses:
        text, field = _words(query)
        request = Request(
            dataset.id, text, field, filter, tuple(sort or ()), user_id, offset, limit
        )
        return _responses(await _ask(search.find, request))

    async def compute_metrics_for(self, metadata_property: MetadataProperty) -> MetadataMetrics:
        dataset, field = metadata_property.dataset_id, f"metadata.{metadata_property.name}"
        if metadata_property.type == MetadataPropertyType.terms:
            counts = await _ask(search.counts, search.METADATA, dataset.hex, field)
            values = [TermsMetrics.TermCount(term=str(t), count=n) for t, n in counts]
            return TermsMetrics(total=sum(n for _, n in counts), values=values)
        low, high = await _ask(search.extremes, dataset, field)
        if metadata_property.type == MetadataPropertyType.integer:
            return IntegerMetadataMetrics(min=low, max=high)
        return FloatMetadataMetrics(min=low, max=high)

    async def similarity_search(
        self,
        dataset: Dataset,
        vector_settings: VectorSettings,
        value: Sequence[float] | None = None,
        record: Record | None = None,
        query: TextQuery | str | None = None,
        filter: Filter | None = None,  # noqa: A002
        max_results: int = 100,
        order: SimilarityOrder = SimilarityOrder.most_similar,
        threshold: float | None = None,
    ) -> SearchResponses:
        if bool(value) == bool(record):
            raise ValueError("Must provide either vector value or record to compare with")
        vector = record.vector_value_by_vector_settings(vector_settings) if record else value
        if not vector:
            raise ValueError("Cannot find a vector value to apply with provided info")
        if order == SimilarityOrder.least_similar:
            vector = [-x for x in vector]
        text, field = _words(query)
        asking = parties.asking()
        request = Request(dataset.id, text, field, filter, user=asking, limit=max_results)
        excluded = record.id if record else None
        similar = vectors.find_similar
        near = _responses(await _ask(similar, request, vector_settings.id, vector, excluded))
        if threshold is not None:
            near.items = [item for item in near.items if item.score >= threshold]
        return near
