"""Keep what the frozen layers make of each row: it is the same in every epoch and validation.

One file a row in a folder of the run, up to a number of bytes; what has no place is computed each
time. A file appears in one step, so that a killed worker leaves none that is half written, and its
name is a digest of the weights, the number of layers and the tokens, so that none is taken for
another. Where the disk refuses, nothing more is kept, and the training goes on.
"""

import hashlib
import logging
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.training.batches import PAD
from curator.training.layers import Layers

if TYPE_CHECKING:
    import mlx.core as mx

log = logging.getLogger(__name__)
_SPARE = 2 * 10**9  # bytes that are left free on the disk, for checkpoints
_NUMBER = 4  # bytes: all is kept in float32


class Kept:
    """The hidden states of rows in `folder`, of at most `limit` bytes in all.

    `model` is a digest of the weights that made them.
    """

    def __init__(self, folder: Path, limit: int, model: str):
        self._folder, self._model = folder, model
        with suppress(OSError):  # then nothing is kept, which is said at the first row
            folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob("*.part"):  # of a killed worker
            part.unlink(missing_ok=True)
        self._left = limit - sum(f.stat().st_size for f in folder.glob("*.f32"))

    def get(
        self, tokens: Sequence[int], shape: tuple[int, ...], make: "Callable[[], mx.array]"
    ) -> "mx.array":
        """Return what is kept for the tokens, or what `make` makes, which is kept then."""
        import mlx.core as mx
        import numpy as np

        path = self._path(tokens)
        size = _NUMBER * int(np.prod(shape))
        if path.is_file() and path.stat().st_size == size:
            return mx.array(np.fromfile(path, np.float32).reshape(shape))
        made = make()
        if made.dtype == mx.float32 and size <= self._left:
            self._keep(path, np.array(made), size)
        return made

    def _path(self, tokens: Sequence[int]) -> Path:
        named = f"{self._model} {' '.join(map(str, tokens))}"
        return self._folder / f"{hashlib.sha256(named.encode()).hexdigest()}.f32"

    def _keep(self, path: Path, states: Any, size: int) -> None:
        part = path.with_suffix(".part")
        try:
            if shutil.disk_usage(self._folder).free < size + _SPARE:
                self._left = 0
                return
            states.tofile(part)
            part.replace(path)
            self._left -= size
        except OSError as error:
            self._left = 0
            with suppress(OSError):
                part.unlink(missing_ok=True)
            log.warning("%s: nothing more is kept: %s", self._folder, error.strerror)


def lower(layers: Layers, kept: Kept | None) -> "Callable[[Sequence[int]], mx.array]":
    """Return the function from a row's tokens to (1, length, size): what `below` makes of them.

    Each row is computed by itself and padded alike, so that it is the same to the last bit
    whether it was kept or not, in whatever batch.
    """
    import mlx.core as mx

    def states(tokens: Sequence[int]) -> Any:
        width = PAD * -(-len(tokens) // PAD)
        shape = (1, width, layers.model.args.hidden_size)

        def make() -> Any:
            padded = mx.array([[*tokens, *[0] * (width - len(tokens))]], dtype=mx.int32)
            return mx.stop_gradient(layers.below(padded))

        return kept.get(tokens, shape, make) if kept and layers.frozen else make()

    return states
