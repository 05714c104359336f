"""Write tensors to disk in one step, and read them."""

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.disk import refused
from curator.base.errors import StoreError

if TYPE_CHECKING:
    import mlx.core as mx
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


def save_tensors(path: Path, tensors: Mapping[str, "mx.array"], metadata: dict[str, str]) -> None:
    """Replace a safetensors file in one step; raises StoreError, leaving no part of it."""
    import mlx.core as mx

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp.safetensors")
    try:
        mx.save_safetensors(str(temporary), dict(tensors), metadata)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise refused(error, path) from error
    except RuntimeError as error:  # mlx raises it when a write falls short
        temporary.unlink(missing_ok=True)
        hint = "free some space, run again"
        raise StoreError(f"cannot write: {error}", where=path, hint=hint) from error


def stream_tensors(
    path: Path,
    shapes: Mapping[str, tuple[int, ...]],
    parts: Callable[[str], Iterable["Array"]],
) -> None:
    """Write a safetensors file of float32 tensors, of which one part at a time is in memory.

    `parts` gives a tensor's parts by its name, in order. Raises StoreError where the disk refuses.
    """
    head = _head(shapes)
    try:
        with path.open("wb") as file:
            file.write(len(head).to_bytes(8, "little") + head)
            for name in shapes:
                for part in parts(name):
                    file.write(part.astype("<f4", copy=False).tobytes())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise refused(error, path) from error


def _head(shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    """Return the head of a safetensors file: where each tensor lies, filled up to 8 bytes."""
    head: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + 4 * math.prod(shape)
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": (start, end)}
    text = json.dumps(head).encode()
    return text + b" " * (-len(text) % 8)


def largest(folder: Path) -> float:
    """Return the largest magnitude of a folder's weights; infinite where one is no number."""
    import mlx.core as mx

    peak = 0.0
    for path in folder.glob("*.safetensors"):
        tensors, _ = load_tensors(path)
        while tensors:  # each is let go when it was read
            found = float(mx.abs(tensors.popitem()[1].astype(mx.float32)).max())
            peak = max(peak, found if math.isfinite(found) else math.inf)
    return peak


def load_tensors(path: Path) -> tuple[dict[str, "mx.array"], dict[str, Any]]:
    """Read the tensors and the metadata of a safetensors or GGUF file, by its suffix.

    Raises ValueError for what mlx cannot read.
    """
    import mlx.core as mx

    try:
        loaded: Any = mx.load(str(path), return_metadata=True)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    tensors, metadata = loaded
    return tensors, metadata
