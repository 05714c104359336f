"""Estimate how much memory a run will take, and measure how much this machine has.

weights + trained weights x (gradient, two moments, update) + activations, where for rows of T
tokens, hidden size H, feed-forward size I, A attention heads and a vocabulary of V:

    one layer        T x (12 H + 4 I) + 2 A T^2     (with gradient checkpointing: one layer whole,
    logits           3 T V                           and T H for each of the others)

in numbers of 4 bytes. On a processor, where numpy computes part of it (kernels.py), a layer
is T x (12 H + 24 I), since what it made is all kept to the end, and the logits are those of 512
tokens at once. benchmarks/train.py puts the estimate beside the peak that mlx measures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curator.training.config import TrainConfig
from curator.training.modelling import Counts, on_cpu

_STATES = {"adam": 4, "adamw": 4, "sgd": 3, "muon": 3, "adafactor": 3}


@dataclass(frozen=True)
class Estimate:
    """Bytes: the model's weights, the training's own state, activations of the largest batch."""

    weights: int
    state: int
    activations: int

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return self.weights + self.state + self.activations


def estimate(
    config: TrainConfig,
    shape: Mapping[str, Any],
    counts: Counts,
    longest: int,
    float32: bool,
    checkpointed: bool,
) -> Estimate:
    """Estimate the memory of a run with rows of at most `longest` tokens (`shape`: config.json).

    `checkpointed`: layers are computed again in the backward pass.
    """
    weights = max(counts.bytes, counts.total * 4 if float32 else 0)
    state = counts.trainable * 4 * _STATES[config.optimizer]
    numpy = float32 and on_cpu()
    layers = _layers(config, shape, longest, numpy, checkpointed)
    logits = (2 * min(longest, 512) if numpy else 3 * longest) * int(shape["vocab_size"])
    rows = config.batch_size * (2 if config.objective == "dpo" else 1)  # both answers of a pair
    return Estimate(weights, state, 4 * rows * (layers + logits))


def _layers(
    config: TrainConfig, shape: Mapping[str, Any], tokens: int, numpy: bool, checkpointed: bool
) -> int:
    hidden, heads = int(shape["hidden_size"]), int(shape["num_attention_heads"])
    inner = int(shape["intermediate_size"])
    layers = int(shape["num_hidden_layers"])
    trained = layers if config.num_layers == -1 else min(config.num_layers, layers)
    whole = tokens * (12 * hidden + (24 if numpy else 4) * inner)
    whole += 0 if numpy else 2 * heads * tokens**2
    return trained * tokens * hidden + whole if checkpointed else trained * whole


def available() -> int:
    """Return the bytes that training may take here: a GPU's working set, else free memory."""
    import mlx.core as mx
    import psutil

    free = int(psutil.virtual_memory().available)
    if on_cpu():
        return free
    limit = int(mx.device_info().get("max_recommended_working_set_size", 0))
    return limit or free
