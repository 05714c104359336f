"""Load the index of a folder of documents, from the user's cache or built anew: `load_index`.

One file per toolchain, folder and settings. It is built again when its documents, the version of
this code (FORMAT) or the embedding model changed, or when it is broken. Processes that want the
same index wait for the one that builds it.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.cache_folder import cache_folder
from curator.base.plural import plural
from curator.base.settings import digest
from curator.retrieval import files, sources
from curator.retrieval.bm25 import Bm25Index
from curator.retrieval.chunks import Chunk, chunks
from curator.retrieval.embeddings import Embedder, embedder, text_of
from curator.retrieval.index import Index
from curator.retrieval.settings import RagSettings
from curator.rust.toolchain import installed_version

log = logging.getLogger(__name__)
SECONDS_PER_CHUNK = 0.1  # of one core, to embed it; see embeddings
FORMAT = 1  # raise when the same documents may give another index
Progress = Callable[[str, int, int], None]
_WAIT = 1800.0  # seconds for another process that builds


def silent(label: str, done: int, total: int) -> None:
    """Do nothing: the `progress` of a caller who shows none."""


def load_index(
    settings: RagSettings, docs_root: Path | None = None, progress: Progress = silent
) -> Index:
    """Load the index of `docs_root`, else of the settings' folder, else of the installed Rust docs.

    Raises DataError where there is nothing to search, ModelError or RecipeError where a package
    or model is absent. `progress` is called as chunks are embedded.
    """
    root = sources.find_root(docs_root or (Path(settings.docs) if settings.docs else None))
    by = embedder(settings)
    made_of = describe(root, by, settings)
    path = _path(root, made_of)
    index = files.read(path, made_of, by, settings)
    if index:
        return index
    with _exclusively(path):
        index = files.read(path, made_of, by, settings)  # another process may have built it
        if index is None:
            if path.exists():
                log.warning("%s: this index is stale or broken, and built again", path)
            index = build(root, by, settings, _named(progress, root, by))
            files.write(index, path)
    return index


def _named(progress: Progress, root: Path, by: Embedder | None) -> Progress:
    """Wrap `progress` to say what is indexed, about how long it takes, and that it is once."""
    what = "the Rust documentation" if sources.is_rust(root) else root.name

    def report(label: str, done: int, total: int) -> None:
        seconds = total * SECONDS_PER_CHUNK / (os.cpu_count() or 1) if by else 0
        long = f", about {plural(max(1, round(seconds / 60)), 'minute')}" if seconds > 30 else ""
        progress(f"building the index of {what}{long}, once", done, total)

    return report


def describe(root: Path, by: Embedder | None, settings: RagSettings) -> dict[str, Any]:
    """Describe what an index of this folder is made of; another description, another index."""
    return {
        "format": FORMAT,
        "toolchain": installed_version() if sources.is_rust(root) else None,
        "embedder": by.name if by else None,
        "settings": settings.built_with(),
        "sources": sources.digest(root, sources.files(root)),
    }


def build(
    root: Path, by: Embedder | None, settings: RagSettings, progress: Progress = silent
) -> Index:
    """Build the index of a folder, and keep it nowhere."""
    made_of = describe(root, by, settings)
    every = chunks(sources.passages(root, sources.files(root)))
    progress("index", 0, len(every))
    words = Bm25Index.of(every)
    vectors = by.passages([text_of(c) for c in every], _counter(progress, every)) if by else None
    total = digest(made_of, [asdict(chunk) for chunk in every])
    return Index(total, made_of, every, words, vectors, by, settings)


def _counter(progress: Progress, every: list[Chunk]) -> Callable[[int], None]:
    """Turn "so many more are ready" into calls of `progress` with the sum."""
    ready = 0

    def done(more: int) -> None:
        nonlocal ready
        ready += more
        progress("index", ready, len(every))

    return done


def _path(root: Path, made_of: dict[str, Any]) -> Path:
    """Return the index's file; it stays the same where documents change, and is replaced."""
    which = {name: value for name, value in made_of.items() if name not in ("sources", "format")}
    name = digest(which, str(root.resolve()))[:16]
    return cache_folder() / "retrieval" / f"{name}.npz"


@contextmanager
def _exclusively(path: Path) -> Iterator[None]:
    """Hold the lock that keeps two processes from building one index."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        store.lock(fd, path, _WAIT, "is building this index")
        yield
    finally:
        os.close(fd)
