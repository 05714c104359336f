"""Count the arithmetic of a training: what bounds it where nothing else does.

A product of (m, k) and (k, n) is 2 m k n operations, and nearly all are in such products. For a row
of T tokens, of which N are learned, hidden size H, feed-forward size I, A attention heads of size
D, K of them with keys of their own, and a vocabulary of V:

    one layer, forward   2 T (2 H A D + 2 H K D + 3 H I) + 2 T^2 A D
    the head, forward    2 N H V

The backward pass of a layer whose weights are frozen costs as much as its forward pass again, of
one whose weights are learned twice as much. A layer that is computed again (gradient checkpointing)
costs a third time; a layer below the first that is trained has no backward pass, and is computed
once for a row where its output is kept.
"""

import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from curator.base import child
from curator.training.blas import with_openblas
from curator.training.config import TrainConfig

_MATRIX = 2000  # rows and columns of the products that `matrix_speed` times


@dataclass(frozen=True)
class Cost:
    """What a model costs; `head` is per learned token, and `trained` and `frozen` count layers."""

    hidden: int
    per_token: int
    heads_size: int
    head: int
    trained: int
    frozen: int
    passes: int

    @classmethod
    def of(cls, config: TrainConfig, shape: Mapping[str, Any], checkpointed: bool) -> "Cost":
        """Return the cost of a model of this config.json, as `config` trains it."""
        hidden, heads = int(shape["hidden_size"]), int(shape["num_attention_heads"])
        size = int(shape.get("head_dim") or hidden // heads)
        keys = int(shape.get("num_key_value_heads") or heads)
        layers, inner = int(shape["num_hidden_layers"]), int(shape["intermediate_size"])
        trained = layers if config.num_layers == -1 else min(config.num_layers, layers)
        weights = 2 * hidden * size * (heads + keys) + 3 * hidden * inner
        passes = 2 + (config.fine_tune_type == "full") + checkpointed
        head = 2 * hidden * int(shape["vocab_size"])
        return cls(hidden, 2 * weights, heads * size, head, trained, layers - trained, passes)

    def _layer(self, tokens: int) -> int:
        return self.per_token * tokens + 2 * tokens**2 * self.heads_size

    def below(self, tokens: int) -> int:
        """Operations of the frozen layers for a row."""
        return self.frozen * self._layer(tokens)

    def step(self, tokens: int, learned: int) -> int:
        """Operations to learn a row, without the frozen layers."""
        return self.trained * self.passes * self._layer(tokens) + 2 * self.head * learned

    def validate(self, tokens: int, learned: int) -> int:
        """Operations to validate on a row, without the frozen layers."""
        return self.trained * self._layer(tokens) + self.head * learned

    def least(self, iterations: float, rows: Iterable[tuple[int, int]]) -> float:
        """Operations of a run over rows of (tokens, learned ones), each with its frozen layers."""
        every = [self.below(tokens) + self.step(tokens, learned) for tokens, learned in rows]
        return iterations * sum(every) / len(every)


@cache
def speed_here() -> float | None:
    """Measure `matrix_speed` as a worker has it, in a process of its own; None if it fails."""
    done = subprocess.run(
        child.command("curator.training.cost"), capture_output=True, env=with_openblas()
    )
    return float(done.stdout) if done.returncode == 0 else None


def matrix_speed() -> float:
    """Measure the operations a second of a product of matrices in this process (float32)."""
    import mlx.core as mx

    a, b = (mx.random.normal((_MATRIX, _MATRIX)) for _ in range(2))
    best = float("inf")
    for _ in range(3):
        mx.eval(a, b)
        began = time.perf_counter()
        mx.eval(a @ b)
        best = min(best, time.perf_counter() - began)
    return 2 * _MATRIX**3 / best


if __name__ == "__main__":
    sys.stdout.write(f"{matrix_speed()}\n")
