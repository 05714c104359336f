"""Keep what rustc said of each text, so that a second run over the same data compiles nothing.

Keys hold the text, edition, kind, crates, and the versions of rustc and of this engine; what ended
at a limit is not kept, since another day may have more time. The file may be deleted at any time.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from curator.base.cache_folder import cache_folder
from curator.base.errors import StoreError
from curator.rust.batch import Workers, all_cores, compile_units
from curator.rust.compiler import Compilation, Compiler, Diagnostic
from curator.rust.unit import Unit

ENGINE = "7"  # raise when the same text may get another verdict


def key_of(unit: Unit, version: str, *more: str) -> str:
    """Return the key of what is asked: of a unit, of a version of the compiler, in which way."""
    libraries = [name for name, _ in unit.externs.libraries]
    crates = [libraries, str(unit.externs.folder)]
    parts = [ENGINE, version, unit.edition, unit.tested, *crates, *more]
    data = json.dumps(parts).encode() + b"\x00" + unit.text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()


def _encode(outcome: Compilation) -> str:
    return json.dumps({"ok": outcome.ok, "errors": [asdict(e) for e in outcome.errors]})


def _decode(text: str) -> Compilation:
    data = json.loads(text)
    errors = ({**e, "imports": tuple(e["imports"])} for e in data["errors"])
    return Compilation(data["ok"], tuple(Diagnostic(**e) for e in errors))


@dataclass
class Cache:
    """Outcomes by key, on disk; safe between threads and processes (SQLite)."""

    path: Path = field(default_factory=lambda: cache_folder() / "rust.sqlite")

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        with self._open() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, said TEXT)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open one transaction; raises StoreError where the file cannot be used."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            opened = closing(sqlite3.connect(self.path, timeout=30))
            with self._lock, opened as connection, connection:
                yield connection
        except (OSError, sqlite3.Error) as error:
            hint = "delete this file, or set XDG_CACHE_HOME to a folder that can be written"
            raise StoreError(f"cannot keep results: {error}", where=self.path, hint=hint) from error

    def get(self, keys: Sequence[str]) -> dict[str, str]:
        """Return what is known, by key."""
        with self._open() as connection:
            query = "SELECT said FROM seen WHERE key = ?"
            rows = {k: connection.execute(query, (k,)).fetchone() for k in keys}
        return {k: row[0] for k, row in rows.items() if row}

    def put(self, texts: dict[str, str]) -> None:
        """Keep texts by key, in one transaction."""
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", texts.items())


def compile_cached(
    units: Sequence[Unit],
    compiler: Compiler,
    cache: Cache | None,
    batched: bool = True,
    workers: Workers = all_cores,
) -> list[Compilation]:
    """Compile units like `compile_units`, but only those that the cache does not know.

    A text that occurs twice is compiled once. What is compiled alone is kept apart: the verdicts
    are the same, but rustc writes names in full where several texts of a crate have them.
    """
    alone = () if batched else ("alone",)
    keys = [key_of(unit, compiler.version, *alone) for unit in units]
    cached = cache.get(list(dict.fromkeys(keys))) if cache else {}
    known = {key: _decode(text) for key, text in cached.items()}
    new = {key: unit for key, unit in zip(keys, units, strict=True) if key not in known}
    outcomes = compile_units(list(new.values()), compiler, batched, workers) if new else []
    fresh = dict(zip(new, outcomes, strict=True))
    if cache and fresh:
        cache.put({key: _encode(outcome) for key, outcome in fresh.items() if not outcome.problem})
    return [known.get(key) or fresh[key] for key in keys]
