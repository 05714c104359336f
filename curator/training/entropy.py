"""The cross entropy of the learned positions alone.

mlx-lm's loss computes the logits of all positions, of which a masked prompt leaves less than half,
and with a vocabulary of 150,000 they are a quarter of a step's arithmetic and most of its memory.

On a processor mlx adds a vocabulary's exponentials one by one in float32: with 151,936 of them its
entropy is wrong by 1e-4, always towards less. numpy adds in pairs; its error is 1e-8.
"""

from typing import Any

from curator.training.kernels import spread, view

_ROWS = 512  # positions whose logits are held at once: 311 MB with Qwen's vocabulary


def plain_loss(logits: Any, targets: Any, weights: Any) -> Any:
    """Return the mean over positions by their weights, in nats: mlx's own operations."""
    import mlx.core as mx
    import mlx.nn as nn

    found = nn.losses.cross_entropy(logits, targets).astype(mx.float32) * weights
    return found.sum() / weights.sum()


def numpy_loss(hidden: Any, head: Any, targets: Any, weights: Any, gradient: bool) -> Any:
    """Return what plain_loss does, of logits `hidden` @ `head`.T, where exponentials are slow."""
    return numpy_sum(hidden, targets, weights / weights.sum(), head, gradient)


def numpy_sum(hidden: Any, targets: Any, shares: Any, head: Any, gradient: bool) -> Any:
    """Return the sum of the entropies of logits `hidden` @ `head`.T, by `shares` of any sign.

    The gradient, to `hidden` alone, is found with the sum, where it is asked for.
    """
    import mlx.core as mx
    import numpy as np

    @mx.custom_function
    def compute(hidden: Any) -> Any:
        loss, slope = mx.array(0.0), []
        for start in range(0, hidden.shape[0], _ROWS):
            part = slice(start, start + _ROWS)
            logits = hidden[part] @ head.T
            ours = view(targets[part]), view(shares[part])
            mx.eval(logits)
            loss = loss + _entropies(np.array(logits, copy=False), *ours, gradient)
            slope.append(logits @ head if gradient else mx.zeros_like(hidden[part]))
            mx.eval(loss, slope)
        return loss, mx.concatenate(slope)

    @compute.vjp
    def back(primals: Any, cotangents: Any, outputs: Any) -> Any:
        return cotangents[0] * outputs[1]

    found: Any = compute(hidden)
    return found[0]


def _entropies(logits: Any, targets: Any, shares: Any, gradient: bool) -> float:
    """Return the sum by `shares`; puts the gradient in the logits' place."""
    import numpy as np

    losses = np.empty(len(logits))

    def position(i: int) -> None:
        row, target = logits[i], targets[i]
        top, own = row.max(), row[target]
        row -= top
        np.exp(row, out=row)
        total = row.sum()
        losses[i] = np.log(total) + top - own
        if gradient:
            row *= shares[i] / total
            row[target] -= shares[i]

    spread(position, range(len(logits)))
    return float(losses @ shares)
