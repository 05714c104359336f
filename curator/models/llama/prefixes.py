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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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


class StateFolder:
    """States on disk, at most `room` bytes: those that were not used for longest make way.

    Where the disk refuses, one line says so, and it is not asked again.
    """

    def __init__(self, folder: Path, room: int = DISK):
        self._folder, self._room = folder, room
        self._written = _OFTEN  # since this process last looked at what all of them keep
        self._usable = True
        self.broken: set[str] = set()  # keys whose files are to be replaced

    def load(self, key: str) -> bytes | None:
        """Return a state; None where there is none, or its file is broken."""
        path = self._path(key)
        data = None
        with self._watched(), suppress(FileNotFoundError, NotADirectoryError):
            data = path.read_bytes() if self._usable else None
        if data is None:
            return None
        state = data[len(_head(key, b"")) :]
        if data != _head(key, state) + state:
            log.warning("%s: broken, or no state of this prompt: read anew and replaced", path)
            self.broken.add(key)
            return None
        with suppress(OSError):  # a folder that may only be read
            os.utime(path)
        return state

    def save(self, key: str, state: bytes) -> None:
        """Write a state in one step."""
        with self._watched():
            if self._usable:
                store.write_bytes(self._path(key), _head(key, state) + state)
                self._written += len(state)
                self._trim()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.state"

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except (OSError, StoreError) as error:
            log.warning("%s: no state of a prompt is kept on disk: %s", self._folder, error)
            self._usable = False

    def _trim(self) -> None:
        """Remove the files that were not used for longest, if it is time to look at them."""
        if self._written < min(_OFTEN, self._room):
            return
        self._written = 0
        files = []
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process removed it
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        excess = sum(size for _, size, _ in files) - self._room
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size


def _head(key: str, state: bytes) -> bytes:
    return _MAGIC + key.encode() + hashlib.sha256(state).digest()


@dataclass
class _Kept:
    state: bytes
    worth: bool  # of space on disk
    asked: bool = False  # for a second time, or by two prompts at once: it may be wanted again


class Prefixes:
    """States of pieces by key: the latest in memory, those that are wanted again also on disk.

    `memory` and `disk` are the bytes that they may take; without a folder nothing is on disk.
    """

    def __init__(self, folder: Path | None, memory: int = MEMORY, disk: int = DISK):
        self._folder = StateFolder(folder, disk) if folder else None
        self._memory = memory
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """Return the state of a piece; None if it has to be read."""
        kept = self._kept.get(key)
        if kept is None:
            state = self._folder.load(key) if self._folder else None
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
        kept = _Kept(state, worth=seconds > len(state) / _SLOW_DISK, asked=shared)
        self._remember(key, kept)
        if shared or (self._folder and key in self._folder.broken):
            self._save(key, kept)

    def _save(self, key: str, kept: _Kept) -> None:
        if self._folder and kept.worth:
            self._folder.save(key, kept.state)

    def _remember(self, key: str, kept: _Kept) -> None:
        before = self._kept.pop(key, None)
        self._bytes += len(kept.state) - (len(before.state) if before else 0)
        self._kept[key] = kept
        while self._bytes > self._memory:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.state)
