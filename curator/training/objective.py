"""What a training minimises: how rows become a batch of arrays, and the loss of a model on it.

The loop knows nothing else of it, so that another objective (another kind of row, another loss)
trains in the same supervised loop that resumes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from curator.training.batches import padded
from curator.training.config import TrainConfig
from curator.training.data import Lengthy, read_rows
from curator.training.pairs import read_pairs
from curator.training.preference import PreferenceLoss


class Item(Lengthy, Protocol):
    """What a batch is made of; items of like length are put together."""

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

    def measure(self, model: Any, *arrays: Any) -> dict[str, Any]:
        """Return what validation records of a batch, by a metric's fields: means, as the loss is.

        `val_loss`, by which the best weights are chosen, is among them.
        """


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

    def measure(self, model: Any, *arrays: Any) -> dict[str, Any]:
        """Return the loss."""
        return {"val_loss": self.loss(model, *arrays)[0]}


def read_items(path: Path, tokenizer: Any, config: TrainConfig) -> list[Any]:
    """Read the rows of a file that a training learns from: chats, or pairs of answers."""
    if config.objective == "dpo":
        return read_pairs(path, tokenizer)
    return read_rows(path, tokenizer, config.mask_prompt)


def objective_of(config: TrainConfig) -> Objective:
    """Return what a training minimises."""
    return PreferenceLoss(config.beta) if config.objective == "dpo" else AnswerLoss()
