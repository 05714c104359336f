"""Direct preference optimisation (Rafailov et al. 2023): the loss of a batch of pairs.

For a prompt x, a preferred answer y_w and another y_l, the model's p and the reference's r it is

    - log sigmoid(beta * (log p(y_w|x) - log r(y_w|x)) - beta * (log p(y_l|x) - log r(y_l|x)))

(equation 7), its mean over the batch. What stands in brackets with its beta is the implicit reward
of an answer; the difference of the two is the margin. What the reference gives is computed once
(curator/training/reference.py) and comes with the pairs.

A package with such a loss (mlx-lm-lora 5.10) was looked at: its loop keeps neither the optimiser's
state nor its place, cuts rows, and asks a second model in memory for the reference at each step.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from curator.training.batches import PAD, padded
from curator.training.entropy import numpy_sum
from curator.training.layers import Layers
from curator.training.pairs import Pair, halves

Lower = Callable[[Sequence[int]], Any]  # from a row's tokens to what frozen layers make of them


class PairLoss(ABC):
    """The loss, with how dearly it pays for leaving the reference: its beta."""

    def __init__(self, beta: float):
        self.beta = beta

    @abstractmethod
    def batch(self, rows: Sequence[Pair]) -> tuple[Any, ...]:
        """Return the arrays of a batch; the last is the reference's part, one number a pair."""

    @abstractmethod
    def differences(self, model: Any, *arrays: Any) -> Any:
        """Return by how much each chosen answer's log-probability exceeds the rejected one's."""

    def margins(self, model: Any, *arrays: Any) -> Any:
        """Return by how much the implicit reward of each pair's chosen answer is the higher."""
        return self.beta * (self.differences(model, *arrays) - arrays[-1])

    def loss(self, model: Any, *arrays: Any) -> tuple[Any, Any]:
        """Return the mean loss, and how many pairs there are."""
        import mlx.core as mx

        margins = self.margins(model, *arrays)
        return mx.logaddexp(0.0, -margins).mean(), mx.array(margins.size)

    def measure(self, model: Any, *arrays: Any) -> dict[str, Any]:
        """Return means: the loss, the share of pairs whose margin is positive, the margin."""
        import mlx.core as mx

        margins = self.margins(model, *arrays)
        return {
            "val_loss": mx.logaddexp(0.0, -margins).mean(),
            "val_accuracy": (margins > 0).astype(mx.float32).mean(),
            "val_margin": margins.mean(),
        }


class PreferenceLoss(PairLoss):
    """The loss of any model."""

    def batch(self, rows: Sequence[Pair]) -> tuple[Any, ...]:
        """Return tokens and ends of the answers, chosen ones first, and the reference's part."""
        import mlx.core as mx

        tokens, ends = (mx.array(a, dtype=mx.int32) for a in padded(halves(rows)))
        return tokens, ends, _references(rows)

    def differences(self, model: Any, *arrays: Any) -> Any:
        """See PairLoss."""
        import mlx.core as mx

        tokens, ends, _ = arrays
        chosen, rejected = mx.split(log_probabilities(model, tokens, ends), 2)
        return chosen - rejected


class SplitPreferenceLoss(PairLoss):
    """The same, of a model in two parts: only the answers' positions reach the head.

    `lower` says what the frozen layers make of a row's tokens; `numpy` computes the entropy where
    mlx is slow at it.
    """

    def __init__(self, beta: float, layers: Layers, lower: Lower, numpy: bool):
        super().__init__(beta)
        self._layers, self._lower, self._numpy = layers, lower, numpy

    def batch(self, rows: Sequence[Pair]) -> tuple[Any, ...]:
        """Return hidden states, and for each pair places, targets and signs; the reference's part.

        A place of a chosen answer counts 1, one of a rejected answer -1, and one that only fills
        up 0, so that the sum of their entropies is the difference of the log-probabilities.
        """
        import mlx.core as mx

        hidden = [self._lower(row.tokens[:-1]) for row in halves(rows)]
        width = max(h.shape[1] for h in hidden)
        full = [mx.pad(h, [(0, 0), (0, width - h.shape[1]), (0, 0)]) for h in hidden]
        signed = [_signed(p, i * width, (len(rows) + i) * width) for i, p in enumerate(rows)]
        count = PAD * -(-max(map(len, signed)) // PAD)
        filled = mx.array([[*s, *[(0, 0, 0)] * (count - len(s))] for s in signed])
        places, targets, signs = (filled[:, :, i] for i in range(3))
        signs = signs.astype(mx.float32)
        return mx.concatenate(full), places, targets, signs, _references(rows)

    def differences(self, model: Any, *arrays: Any) -> Any:
        """See PairLoss."""
        import mlx.core as mx
        import mlx.nn as nn

        hidden, places, targets, signs, _ = arrays
        states = self._layers.above(hidden).reshape(-1, hidden.shape[-1])[places]
        head = self._layers.head
        if self._numpy:
            one_by_one = zip(states, targets, signs, strict=True)
            return -mx.stack([numpy_sum(*one, head, model.training) for one in one_by_one])
        losses = nn.losses.cross_entropy((states @ head.T).astype(mx.float32), targets)
        return -(losses * signs).sum(axis=1)


def _signed(pair: Pair, chosen: int, rejected: int) -> list[tuple[int, int, int]]:
    """List the places of both answers, which begin at these ones: place, token, sign."""
    both = (pair.chosen, chosen, 1), (pair.rejected, rejected, -1)
    return [(at + t - 1, row.tokens[t], sign) for row, at, sign in both for t in row.learned_places]


def _references(rows: Sequence[Pair]) -> Any:
    import mlx.core as mx

    return mx.array([p.reference for p in rows], dtype=mx.float32)


def log_probabilities(model: Any, tokens: Any, ends: Any) -> Any:
    """Return the log-probability of each row's answer, the sum over the tokens from end to end."""
    import mlx.core as mx
    import mlx.nn as nn

    targets = tokens[:, 1:]
    steps = mx.arange(1, tokens.shape[1])
    answer = mx.logical_and(steps >= ends[:, 0:1], steps <= ends[:, 1:])
    losses = nn.losses.cross_entropy(model(tokens[:, :-1]).astype(mx.float32), targets)
    return -(losses * answer).sum(axis=1)
