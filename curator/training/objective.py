"""What a training minimises: how rows become a batch of arrays, and the loss of a model on it.

The loop knows nothing else of it, so that another objective (another kind of row, another loss)
trains in the same supervised loop that resumes.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from curator.training.batches import padded


class Item(Protocol):
    """What a batch is made of."""

    @property
    def length(self) -> int:
        """Tokens that the model reads: rows of like length are put together."""

    @property
    def learned(self) -> int:
        """Tokens that are learned; counted in the metrics."""

    @property
    def weight(self) -> int:
        """What it counts in the mean over a batch or over the validation set."""


class Objective(Protocol):
    """A loss and the arrays that it takes."""

    def batch(self, rows: Sequence[Any]) -> tuple[Any, ...]:
        """Return the arrays of a batch (mlx), of which `loss` takes each as an argument."""

    def loss(self, model: Any, *arrays: Any) -> tuple[Any, Any]:
        """Return a batch's loss, a mean by the rows' weights, and the sum of these."""


class AnswerLoss:
    """The mean cross entropy over the learned tokens, as mlx-lm defines it."""

    def batch(self, rows: Sequence[Any]) -> tuple[Any, ...]:
        """Return the padded tokens, and for each row the first and the last that is learned."""
        import mlx.core as mx

        tokens, ends = padded(rows)
        return mx.array(tokens, dtype=mx.int32), mx.array(ends, dtype=mx.int32)

    def loss(self, model: Any, *arrays: Any) -> tuple[Any, Any]:
        """Return the mean in nats, and how many tokens are learned."""
        from mlx_lm.tuner.trainer import default_loss

        loss, count = default_loss(model, *arrays)
        return loss, count
