"""Keep an index as one file: an npz of arrays, with a JSON document among them; no pickle.

It is written in one step, and zip's checksums tell a file that is not what was written.
"""

import io
import json
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from curator.base import store
from curator.retrieval.bm25 import ARRAYS, Bm25Index
from curator.retrieval.chunks import Chunk
from curator.retrieval.embeddings import Embedder
from curator.retrieval.index import Index
from curator.retrieval.settings import RagSettings

_BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def write(index: Index, path: Path) -> None:
    """Replace the file by this index; raises StoreError where the disk refuses."""
    import numpy as np

    document = {
        "digest": index.digest,
        "made_of": index.made_of,
        "chunks": [asdict(chunk) for chunk in index.chunks],
        "vocabulary": index.words.vocabulary,
        "documents": int(index.words.scores["num_docs"]),
    }
    text = json.dumps(document, ensure_ascii=False).encode("utf-8")
    arrays = {name: index.words.scores[name] for name in ARRAYS}
    if index.vectors is not None:
        arrays["vectors"] = index.vectors
    buffer = io.BytesIO()
    np.savez(buffer, document=np.frombuffer(text, np.uint8), **arrays)
    store.write_bytes(path, buffer.getvalue())


def read(
    path: Path, made_of: dict[str, Any], embedder: Embedder | None, settings: RagSettings
) -> Index | None:
    """Read the index in a file; None where it is absent, broken, or made of something else."""
    if not path.is_file():
        return None
    try:
        document, arrays = _open(path)
        if document["made_of"] != made_of:
            return None
        scores = {**{n: arrays[n] for n in ARRAYS}, "num_docs": document["documents"]}
        chunks = [Chunk(**{**c, "sections": tuple(c["sections"])}) for c in document["chunks"]]
        words = Bm25Index(document["vocabulary"], scores)
        digest = str(document["digest"])
        return Index(digest, made_of, chunks, words, arrays.get("vectors"), embedder, settings)
    except _BROKEN:
        return None


def _open(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np

    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return json.loads(bytes(arrays.pop("document"))), arrays
