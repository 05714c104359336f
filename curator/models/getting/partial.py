"""The file that a model grows in until it is whole: an interrupted attempt leaves it behind.

Whatever the source, the bytes are the same ones, so that one may go on where another stopped.
"""

import hashlib
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from types import TracebackType

from curator.base.disk import refused
from curator.base.errors import ModelError
from curator.models.known import KnownModel, Part
from curator.models.places import own_file

CHUNK = 1 << 20


class PartialFile:
    """The beginning of a model's file, open for writing at its end; a context manager.

    Whoever opens it holds the model's lock. Raises StoreError where the disk refuses.
    """

    def __init__(self, model: KnownModel):
        self._model = model
        self.path = own_file(model).with_name(f".{model.name}.part")
        self._file: FileIO

    def __enter__(self) -> "PartialFile":
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Without a buffer: what a full disk refused would be tried again on closing.
            self._file = FileIO(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644), "r+")
        except OSError as error:
            raise refused(error, self.path) from error
        if self.size > self._model.bytes:
            self.cut(0)
        self._file.seek(0, os.SEEK_END)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return os.fstat(self._file.fileno()).st_size

    def cut(self, size: int) -> None:
        """Keep the first `size` bytes."""
        self._file.truncate(size)
        self._file.seek(size)

    def append(self, data: bytes) -> None:
        """Write bytes at the end."""
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise refused(error, self.path) from error

    def keep_whole_parts(self, parts: Iterable[Part]) -> int:
        """Cut behind the last part that is there with its digest; returns how many are."""
        count, kept = 0, 0
        self._file.seek(0)
        for part in parts:
            if kept + part.bytes > self.size or self._digest(part.bytes) != part.sha256:
                break
            count, kept = count + 1, kept + part.bytes
        self.cut(kept)
        return count

    def _digest(self, size: int) -> str:
        """Return the digest of the next bytes."""
        digest = hashlib.sha256()
        while size and (data := self._file.read(min(size, CHUNK))):
            digest.update(data)
            size -= len(data)
        return digest.hexdigest()

    def finish(self) -> Path:
        """Give the file its name, in one step, if its digest is the model's.

        Otherwise nothing of it is kept, and ModelError is raised.
        """
        self._file.seek(0)
        size, digest = self.size, self._digest(self.size)
        if digest != self._model.sha256:
            self.path.unlink()
            what = (
                f"what came is not {self._model.name}: {size} bytes with the sha256 {digest}, "
                f"not {self._model.sha256}"
            )
            hint = "nothing was kept; try the other source (--from), or correct schemas/models.yaml"
            raise ModelError(what, where=self.path.name, hint=hint)
        target = own_file(self._model)
        try:
            os.fsync(self._file.fileno())
            self.path.replace(target)
        except OSError as error:
            raise refused(error, target) from error
        return target
