"""Embed sentences with a GGUF model, through llama-cpp-python.

The file says how its tokens' vectors become one (its pooling); where it says nothing, as in models
that write text, their mean is taken.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.models.base import ignore
from curator.models.llama.gguf import ModelFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

# The longest text, in tokens; the rest is not read. Sentence encoders are trained on 512.
CONTEXT = 512


class LlamaEmbedder:
    """Turns texts into unit vectors; raises ModelError where the file cannot be loaded."""

    def __init__(self, file: ModelFile):
        from curator.models.llama.model import quiet_threads

        quiet_threads()
        from llama_cpp import Llama

        try:
            self._llama: Any = Llama(
                str(file.path), embedding=True, n_ctx=CONTEXT, n_batch=CONTEXT, n_ubatch=CONTEXT,
                n_gpu_layers=-1, verbose=False,
            )  # fmt: skip
        except (ValueError, OSError, RuntimeError) as error:
            hint = "give a sentence-embedding model that llama.cpp knows"
            raise ModelError(
                f"llama.cpp cannot load the model: {error}", where=file.path, hint=hint
            ) from error
        self._path = file.path

    def embed(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        """Return the unit vector of each text, one row each; `done` is called after each one."""
        import numpy as np

        rows = []
        for text in texts:
            rows.append(self._embed(text))
            done(1)
        return np.stack(rows) if rows else np.zeros((0, self._llama.n_embd()), np.float32)

    def _embed(self, text: str) -> "NDArray[np.float32]":
        import numpy as np

        try:
            output = np.asarray(self._llama.embed(text), np.float32)
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"llama.cpp cannot embed: {error}", where=self._path) from error
        vector = output.mean(axis=0) if output.ndim == 2 else output  # one row a token, or pooled
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0:
            raise ModelError("this model gives no vector for a text", where=self._path)
        return (vector / length).astype(np.float32)
