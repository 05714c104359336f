"""Keep the vectors of texts, so that a text is embedded once and not at every push, pull and build.

Keys are digests of the model, its version, the role and the text; no text is kept. What was not
wanted for longest goes when there are too many. One transaction for every few texts: whatever kills
the process loses no more than these. The file may be deleted at any time.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from curator.base.cache_folder import cache_folder
from curator.base.errors import StoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

AT_ONCE = 64  # texts between two transactions
MOST = 100_000  # vectors that are kept; of 384 numbers about 170 MB
_DAY = 86400

Embed = Callable[[Sequence[str]], "Matrix"]


def key_of(model: str, text: str) -> bytes:
    """Return the key of a text's vector by a model, which is named with version and role."""
    data = model.encode() + b"\x00" + text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).digest()


@dataclass(frozen=True)
class KeptVectors:
    """Vectors by key, on disk; safe between threads and processes (SQLite)."""

    path: Path = field(default_factory=lambda: cache_folder() / "vectors.sqlite")
    most: int = MOST

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open one transaction; raises StoreError where the file cannot be used."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, row BLOB, day INT)"
                )
                yield connection
        except (OSError, sqlite3.Error) as error:
            hint = "delete this file, or set XDG_CACHE_HOME to a folder that can be written"
            raise StoreError(f"cannot keep vectors: {error}", where=self.path, hint=hint) from error

    def _get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        today = int(time.time()) // _DAY
        with self._open() as connection:
            query = "SELECT row, day FROM vectors WHERE key = ?"
            rows = {k: connection.execute(query, (k,)).fetchone() for k in keys}
            old = [(today, k) for k, row in rows.items() if row and row[1] != today]
            connection.executemany("UPDATE vectors SET day = ? WHERE key = ?", old)
        return {k: row[0] for k, row in rows.items() if row}

    def _put(self, rows: dict[bytes, bytes]) -> None:
        today = int(time.time()) // _DAY
        with self._open() as connection:
            values = [(key, row, today) for key, row in rows.items()]
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", values)
            (count,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
            surplus = """DELETE FROM vectors WHERE key IN
              (SELECT key FROM vectors ORDER BY day, rowid LIMIT ?)"""
            if count > self.most:
                connection.execute(surplus, (count - self.most,))

    def rows(self, model: str, texts: Sequence[str], embed: Embed, size: int) -> "Matrix":
        """Return a row of `size` for each text, embedding those that are not known.

        Raises what `embed` raises, and StoreError where the file cannot be used.
        """
        import numpy as np

        keys = [key_of(model, text) for text in texts]
        known = self._get(list(dict.fromkeys(keys)))
        new = {k: t for k, t in zip(keys, texts, strict=True) if len(known.get(k, b"")) != 4 * size}
        for start in range(0, len(new), AT_ONCE):
            some = list(new)[start : start + AT_ONCE]
            made = np.asarray(embed([new[k] for k in some]), np.float32)
            fresh = {k: row.tobytes() for k, row in zip(some, made, strict=True)}
            self._put(fresh)
            known |= fresh
        joined = b"".join(known[k] for k in keys)
        return np.frombuffer(joined, np.float32).reshape(len(keys), size).copy()
