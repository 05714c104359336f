"""Llama 3's scaled RoPE: a rule in config.json, a tensor of factors in a GGUF ("rope_freqs")."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

TENSOR = "rope_freqs.weight"
# What all of Meta's models with this rule have; they differ in the factor, 8 or 32.
_LLAMA3 = {
    "rope_type": "llama3",
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


def theta(config: Mapping[str, Any]) -> float:
    """Return the base of RoPE's frequencies that a config.json states."""
    inner = config.get("rope_parameters") or {}
    return float(config.get("rope_theta") or inner.get("rope_theta") or 10000.0)


def rule(config: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the scaling that a config.json asks for, if any.

    Raises ModelError for one that is not Llama 3's.
    """
    found = config.get("rope_scaling") or config.get("rope_parameters") or {}
    kind = found.get("rope_type") or found.get("type") or "default"
    if kind == "default":
        return None
    if kind != "llama3":
        raise ModelError(f"its RoPE is scaled ({kind}), which has no way to GGUF here")
    return {**_LLAMA3, **found}


def factors(scaling: Mapping[str, Any], base: float, width: int) -> "Array":
    """Return by what each frequency of heads of `width` is divided, as llama.cpp's converter."""
    import numpy as np

    lengths = 2 * math.pi * base ** (np.arange(0, width, 2, dtype=np.float64) / width)
    factor, low, high = (
        float(scaling[k]) for k in ("factor", "low_freq_factor", "high_freq_factor")
    )
    old = float(scaling["original_max_position_embeddings"])
    smooth = np.clip((old / lengths - low) / (high - low), 0.0, 1.0)
    return (1 / ((1 - smooth) / factor + smooth)).astype(np.float32)


def rule_of(found: "Array", base: float, width: int) -> dict[str, Any]:
    """Return the rule for config.json that gives these factors; raises ModelError for others."""
    import numpy as np

    scaling = {**_LLAMA3, "factor": float(found.max())}
    if found.shape != (width // 2,) or not np.allclose(factors(scaling, base, width), found, 1e-3):
        raise ModelError(f"its {TENSOR} follow no rule that is taken over")
    return scaling
