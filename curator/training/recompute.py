"""Compute layers again in the backward pass instead of keeping what they made: less memory.

As mlx-lm's grad_checkpoint, for a processor: the gradients of a layer are evaluated before those of
the one below it are begun. Left to mlx's laziness they would all be pending to the end, and keep
everything that they are computed from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def recomputing(model: Any) -> Iterator[None]:
    """Let all layers of the model's kind of layer be computed again, while the block runs."""
    kind = type(model.layers[0])
    plain = kind.__call__
    kind.__call__ = lambda layer, *given: _recomputed(plain, layer, *given)
    try:
        yield
    finally:
        kind.__call__ = plain


def _recomputed(plain: Any, layer: Any, hidden: Any, mask: Any = None, cache: Any = None) -> Any:
    """Return what the layer makes of hidden states; dropout draws the same both times.

    Only in training: what is validated has no backward pass.
    """
    import mlx.core as mx
    from mlx.utils import tree_flatten, tree_unflatten

    flat = tree_flatten(layer.trainable_parameters())
    names = [name for name, _ in flat]
    if not names or not layer.training:
        return plain(layer, hidden, mask, cache)
    seed = int(mx.random.randint(0, 2**31 - 1))

    def through(hidden: Any, *values: Any) -> Any:
        mx.random.seed(seed)
        layer.update(tree_unflatten(list(zip(names, values, strict=True))))
        return plain(layer, hidden, mask, cache)

    run = mx.custom_function(through)

    @run.vjp
    def back(primals: Any, cotangent: Any, output: Any) -> Any:
        _, slopes = mx.vjp(through, list(primals), [cotangent])
        mx.eval(slopes)
        return tuple(slopes)

    return run(hidden, *(value for _, value in flat))
