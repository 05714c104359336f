"""Keep what the beginnings of prompts left in the KV cache, between waves and between runs.

A prompt is read in pieces (see `batch_decoder.split`), each after those before it, alone in a
context: so the state of a piece depends on the tokens up to its end and on nothing else, and it is
the same, bit for bit, whether it was read just now, kept in memory, or loaded from disk.

A file's name is the digest of the model, of what changes its numbers, and of those tokens. The
folder may be deleted at any time; processes may share it.
"""

import hashlib
import json
import logging
import os
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.base.errors import StoreError
from curator.models.llama.batch_decoder import Tokens

MEMORY = 256 << 20  # bytes that one model keeps in memory: 9,000 tokens of a 1.5B
DISK = 2 << 30  # bytes that all models together keep on disk
# A piece goes to disk if reading it took longer than a slow disk takes to give it back. Measured on
# two cores (benchmarks/prefixes.py): 64 tokens of a 1.5B are read in a second, loaded in 3 ms.
_SLOW_DISK = 100e6  # bytes per second
_OFTEN = DISK // 32  # bytes after which a process looks again at what all of them keep
_MAGIC = b"curator: state of a prompt's piece, 1\n"
log = logging.getLogger(__name__)


def keys_of(settings: object, pieces: Sequence[Tokens]) -> list[str]:
    """Return a key for each piece of a prompt, of all tokens up to its end and of `settings`."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).digest()
    keys = []
    for piece in pieces:
        digest = hashlib.sha256(digest + array("i", piece).tobytes()).digest()
        keys.append(digest.hex())
    return keys


@dataclass
class _Kept:
    state: bytes
    worth: bool  # of space on disk
    asked: bool = False  # for a second time, or by two prompts at once: it may be wanted again


class Prefixes:
    """States of pieces by key: the latest in memory, those that are wanted again also on disk."""

    def __init__(self, folder: Path, memory: int = MEMORY, disk: int = DISK):
        self._folder, self._memory, self._disk = folder, memory, disk
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._written = _OFTEN  # since this process last looked at the folder
        self._broken: set[str] = set()
        self._writable = True

    def get(self, key: str) -> bytes | None:
        """Return the state of a piece; None if it has to be read."""
        kept = self._kept.get(key)
        if kept is None:
            state = self._load(key)
            if state is not None:
                self._remember(key, _Kept(state, worth=True, asked=True))
            return state
        self._kept.move_to_end(key)
        if not kept.asked:
            kept.asked = True
            self._save(key, kept)
        return kept.state

    def put(self, key: str, state: bytes, seconds: float, shared: bool) -> None:
        """Keep a state that took `seconds` to read; `shared` if several prompts want it."""
        worth = seconds > len(state) / _SLOW_DISK
        kept = _Kept(state, worth, asked=shared or key in self._broken)
        self._remember(key, kept)
        if kept.asked:
            self._save(key, kept)

    def _remember(self, key: str, kept: _Kept) -> None:
        before = self._kept.pop(key, None)
        self._bytes -= len(before.state) if before else 0
        self._kept[key] = kept
        self._bytes += len(kept.state)
        while self._bytes > self._memory:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.state)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.state"

    def _load(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)  # what was used last goes last
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("%s: cannot be read (%s): the prompt is read instead", path, error.strerror)
            return None
        head, state = data[: len(_head(key, b""))], data[len(_head(key, b"")) :]
        if head == _head(key, state):
            return state
        log.warning("%s: broken, or no state of this prompt: read anew and replaced", path)
        self._broken.add(key)
        return None

    def _save(self, key: str, kept: _Kept) -> None:
        if not (kept.worth and self._writable):
            return
        try:
            store.write_bytes(self._path(key), _head(key, kept.state) + kept.state)
        except StoreError as error:
            log.warning("%s: prompts are not kept for later runs", error)
            self._writable = False
            return
        self._written += len(kept.state)
        if self._written >= min(_OFTEN, self._disk):
            self._written = 0
            self._trim()

    def _trim(self) -> None:
        """Remove the files that were not used for longest, where all take more than they may."""
        files = []
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process removed it
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._disk:
                return
            path.unlink(missing_ok=True)
            total -= size


def _head(key: str, state: bytes) -> bytes:
    return _MAGIC + key.encode() + hashlib.sha256(state).digest()
