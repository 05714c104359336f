"""What a training minimises: how rows become a batch of arrays, and the loss of a model on it.

The loop knows nothing else of it, so that another objective (another kind of row, another loss)
trains in the same supervised loop that resumes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from curator.training.batches import PAD, padded
from curator.training.config import TrainConfig
from curator.training.data import Lengthy, read_rows
from curator.training.entropy import numpy_loss, plain_loss
from curator.training.layers import Layers
from curator.training.pairs import read_pairs
from curator.training.preference import Lower, PreferenceLoss, SplitPreferenceLoss


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


class WholeLoss:
    """The mean cross entropy over the learned tokens as mlx-lm has it, for any model."""

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


class AnswerLoss:
    """The same, of a model in two parts: only the learned positions reach the head.

    `lower` says what the frozen layers make of a row's tokens; `numpy` computes the entropy where
    mlx is slow at it.
    """

    def __init__(self, layers: Layers, lower: Lower, numpy: bool):
        self._layers, self._lower, self._numpy = layers, lower, numpy

    def batch(self, rows: Sequence[Any]) -> tuple[Any, ...]:
        """Return hidden states (batch, length, size), and places, targets and weights to learn.

        The last three are padded, so that there are fewer shapes to compile.
        """
        import mlx.core as mx

        hidden = [self._lower(row.tokens[:-1]) for row in rows]
        width = max(h.shape[1] for h in hidden)
        full = [mx.pad(h, [(0, 0), (0, width - h.shape[1]), (0, 0)]) for h in hidden]
        starts = [(i * width, row) for i, row in enumerate(rows)]
        learned = [(at + t - 1, row.tokens[t]) for at, row in starts for t in row.learned_places]
        filling = -len(learned) % PAD
        places, targets = zip(*learned, *[(0, 0)] * filling, strict=True)
        weights = [1.0] * len(learned) + [0.0] * filling
        return mx.concatenate(full), mx.array(places), mx.array(targets), mx.array(weights)

    def loss(self, model: Any, *arrays: Any) -> tuple[Any, Any]:
        """Return the mean in nats, and how many tokens are learned."""
        hidden, places, targets, weights = arrays
        states = self._layers.above(hidden).reshape(-1, hidden.shape[-1])[places]
        if self._numpy:
            loss = numpy_loss(states, self._layers.head, targets, weights, model.training)
        else:
            loss = plain_loss(states @ self._layers.head.T, targets, weights)
        return loss, weights.sum()

    def measure(self, model: Any, *arrays: Any) -> dict[str, Any]:
        """Return the loss."""
        return {"val_loss": self.loss(model, *arrays)[0]}


def read_items(path: Path, tokenizer: Any, config: TrainConfig) -> list[Any]:
    """Read the rows of a file that a training learns from: chats, or pairs of answers."""
    if config.objective == "dpo":
        return read_pairs(path, tokenizer)
    return read_rows(path, tokenizer, config.mask_prompt)


def whole_objective(config: TrainConfig) -> Objective:
    """Return what a training minimises, for any model."""
    return PreferenceLoss(config.beta) if config.objective == "dpo" else WholeLoss()


def split_objective(config: TrainConfig, layers: Layers, lower: Lower, numpy: bool) -> Objective:
    """Return the same, for a model in two parts; see AnswerLoss."""
    if config.objective == "dpo":
        return SplitPreferenceLoss(config.beta, layers, lower, numpy)
    return AnswerLoss(layers, lower, numpy)
