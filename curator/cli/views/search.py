"""Passages of the documentation, in a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.retrieval import Hit

_COLUMNS = (("rank", "right"), ("address", "left"), ("title", "left"), ("found by", "left"))
_SHOWN = 30  # characters of a title


def search_view(hits: "Sequence[Hit]") -> "Iterator[Table | str]":
    """The passages in the order of their rank, and what found them."""
    if not hits:
        yield "No passage shares a word with this question; --embeddings e5 searches by meaning."
        return
    yield table("Passages", _COLUMNS, [_row(i, h) for i, h in enumerate(hits, 1)])
    if not any("words" in hit.ranks for hit in hits):
        yield "None shares a word with this question: they are only the nearest in meaning."


def search_document(index: str, hits: "Sequence[Hit]") -> dict[str, Any]:
    """The passages, and the digest of the index, as a JSON object."""
    return {"index": index, "hits": [hit.document() for hit in hits]}


def _row(rank: int, hit: "Hit") -> list[str]:
    """Rank, address, its heading, and the place by words and by meaning."""
    page, mark, anchor = hit.address.partition("#")
    title = hit.title.rpartition(" > ")[2]
    title = title if len(title) <= _SHOWN else f"{title[: _SHOWN - 1]}…"
    places = ", ".join(f"{name} {place}" for name, place in hit.ranks.items())
    return [str(rank), f"{page}\n{mark}{anchor}" if mark else page, title, places]
