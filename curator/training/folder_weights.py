"""Read the weights of a model folder by a GGUF's names and in its order of rows, one at a time."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.training import rope
from curator.training.families import (
    Family,
    gguf_name,
    head_width,
    heads_of,
    permuted,
)
from curator.training.tensors import load_tensors

if TYPE_CHECKING:
    import mlx.core as mx
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


class FolderWeights:
    """The tensors of a model folder for a GGUF: matrices in float16, vectors in float32.

    `shapes` names all of them. Those that mlx quantised are dequantised. Raises ModelError for
    weights that cannot be read, and for one that llama.cpp has no name for.
    """

    def __init__(self, folder: Path, family: Family, config: Mapping[str, Any]):
        self._family, self._config = family, config
        self._tensors: dict[str, mx.array] = {}
        for path in sorted(folder.glob("*.safetensors")):
            try:
                self._tensors |= load_tensors(path)[0]
            except ValueError as error:
                raise ModelError(f"cannot read it: {error}", where=path) from error
        names = [n for n in self._tensors if n.endswith((".weight", ".bias"))]
        if config.get("tie_word_embeddings", True):
            names = [n for n in names if not n.startswith("lm_head.")]
        self._names = {gguf_name(n): n for n in names}
        self.shapes = {ours: self._shape(theirs) for ours, theirs in self._names.items()}
        self._rule = rope.rule(config)
        if self._rule:
            self.shapes[rope.TENSOR] = (head_width(config) // 2,)

    def _shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of the weights themselves: quantised ones are packed in 32 bits."""
        shape = tuple(self._tensors[name].shape)
        settings = self._packed(name)
        return (shape[0], shape[1] * 32 // settings["bits"]) if settings else shape

    def _packed(self, name: str) -> dict[str, Any] | None:
        """Return how mlx quantised a tensor; None where it did not."""
        stem, _, kind = name.rpartition(".")
        if kind != "weight" or f"{stem}.scales" not in self._tensors:
            return None
        every: dict[str, Any] = self._config.get("quantization") or {}
        own = {**every, **(every.get(stem) or {})}
        return {k: own[k] for k in ("group_size", "bits", "mode") if k in own}

    def read(self, name: str) -> "Array":
        """Return a tensor of `shapes`."""
        import numpy as np

        if name == rope.TENSOR and self._rule:
            return rope.factors(self._rule, rope.theta(self._config), head_width(self._config))
        value = self._full(self._names[name])
        if heads := heads_of(self._family, name, self._config):
            value = permuted(value, heads)
        return np.ascontiguousarray(value, np.float16 if value.ndim > 1 else np.float32)

    def _full(self, name: str) -> "Array":
        """Return a tensor in float32; what was read of the file for it is let go."""
        import mlx.core as mx
        import numpy as np

        settings = self._packed(name)
        value = self._tensors.pop(name)
        if settings:
            stem = name.rpartition(".")[0]
            others: Any = {k: self._tensors.get(f"{stem}.{k}") for k in ("scales", "biases")}
            value = mx.dequantize(value, **others, **settings)
        return np.array(value.astype(mx.float32))
