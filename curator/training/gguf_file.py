"""Read GGUF files through llama.cpp's own package: keys, and tensors in float32, part by part."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from gguf import ReaderTensor

    Array = np.ndarray[Any, np.dtype[Any]]

_PART = 2**23  # weights in memory at a time: 32 MB in float32


class GgufFile:
    """A GGUF file, open: `meta` has its keys with plain values. Raises ModelError."""

    def __init__(self, path: Path):
        from gguf import GGUFReader

        try:
            reader = GGUFReader(path)
            self.meta = {name: field.contents() for name, field in reader.fields.items()}
        except (ValueError, KeyError, IndexError, OSError) as error:
            hint = "get the file again"
            raise ModelError(f"cannot read it: {error}", where=path, hint=hint) from error
        self._tensors = {t.name: t for t in reader.tensors}

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each tensor, rows first."""
        return {n: tuple(int(d) for d in reversed(t.shape)) for n, t in self._tensors.items()}

    def parts(self, name: str) -> Iterator["Array"]:
        """Yield a tensor in float32, some rows at a time.

        A quantised weight is an 11-bit scale times 8 bits at most, plus such a product in some
        kinds; the package computes that in float32 as llama.cpp does. Raises ModelError for a kind
        that the package does not know.
        """
        import numpy as np
        from gguf.quants import dequantize

        tensor = self._tensors[name]
        for rows in _rows(tensor):
            try:
                yield np.asarray(dequantize(np.ascontiguousarray(rows), tensor.tensor_type))
            except NotImplementedError as error:
                what = f"its tensor {name} is quantised as {tensor.tensor_type.name}"
                raise ModelError(f"{what}, which is not taken over") from error

    def whole(self, name: str) -> "Array":
        """Return a tensor in float32."""
        import numpy as np

        return np.concatenate(list(self.parts(name)))

    def equal(self, one: str, other: str) -> bool:
        """Tell whether two tensors have the same weights."""
        shapes = self.shapes()
        if shapes[one] != shapes[other]:
            return False
        return all((a == b).all() for a, b in zip(self.parts(one), self.parts(other), strict=True))


def _rows(tensor: "ReaderTensor") -> Iterator["Array"]:
    data = tensor.data
    step = max(1, _PART // max(1, tensor.n_elements // max(1, len(data))))
    for start in range(0, len(data), step):
        yield data[start : start + step]
