"""Direct preference optimisation (Rafailov et al. 2023): the loss of a batch of pairs.

For a prompt x, a preferred answer y_w and another y_l, the model's p and the reference's r it is

    - log sigmoid(beta * (log p(y_w|x) - log r(y_w|x)) - beta * (log p(y_l|x) - log r(y_l|x)))

(equation 7), its mean over the batch. What stands in brackets with its beta is the implicit reward
of an answer; the difference of the two is the margin. What the reference gives is computed once
(curator/training/reference.py) and comes with the pairs.

A package with such a loss (mlx-lm-lora 5.10) was looked at: its loop keeps neither the optimiser's
state nor its place, cuts rows, and asks a second model in memory for the reference at each step.
"""

from collections.abc import Sequence
from typing import Any

from curator.training.batches import padded
from curator.training.pairs import Pair, halves


class PreferenceLoss:
    """The loss, with how far a preference counts against the reference: its beta."""

    def __init__(self, beta: float):
        self.beta = beta

    def batch(self, rows: Sequence[Pair]) -> tuple[Any, ...]:
        """Return tokens and ends of the answers, chosen ones first, and the reference's part."""
        import mlx.core as mx

        tokens, ends = (mx.array(a, dtype=mx.int32) for a in padded(halves(rows)))
        return tokens, ends, mx.array([p.reference for p in rows], dtype=mx.float32)

    def margins(self, model: Any, *arrays: Any) -> Any:
        """Return by how much the implicit reward of each pair's chosen answer is the higher."""
        import mlx.core as mx

        tokens, ends, reference = arrays
        chosen, rejected = mx.split(log_probabilities(model, tokens, ends), 2)
        return self.beta * (chosen - rejected - reference)

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


def log_probabilities(model: Any, tokens: Any, ends: Any) -> Any:
    """Return the log-probability of each row's answer, the sum over the tokens from end to end."""
    import mlx.core as mx
    import mlx.nn as nn

    targets = tokens[:, 1:]
    steps = mx.arange(1, tokens.shape[1])
    answer = mx.logical_and(steps >= ends[:, 0:1], steps <= ends[:, 1:])
    losses = nn.losses.cross_entropy(model(tokens[:, :-1]).astype(mx.float32), targets)
    return -(losses * answer).sum(axis=1)
