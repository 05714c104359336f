"""Compute on a processor, with numpy, what mlx does slowly there.

mlx takes its exponentials one at a time on Linux: 9 ns each where numpy's take 0.35, which made
softmax, SiLU and the cross entropy most of a step's time. Here are attention and SwiGLU with their
gradients, for float32 and no compiled graph, in pieces that stay in the processor's cache, on a
thread for each core. So numpy's own BLAS must not have threads besides: `one_thread_each`.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import mlx.core as mx
    import numpy as np

_PIECE = 1 << 16  # elements of one piece of an array: a quarter of a megabyte
_QUERIES = 128  # rows of the attention matrix that are computed together


def one_thread_each() -> None:
    """Keep numpy's BLAS to one thread; to be called before anything imports numpy.

    The products here are small, and the threads that they would wait for cost 20 times as much.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1)


def spread(work: Callable[[Any], object], parts: Iterable[Any]) -> None:
    """Do the work on each part, on as many threads as there are cores; raises what it raises."""
    list(_pool().map(work, parts))


def view(array: "mx.array") -> "np.ndarray[Any, Any]":
    """Return an array's elements for numpy, without a copy; evaluates it."""
    import mlx.core as mx
    import numpy as np

    return np.array(mx.contiguous(array), copy=False)


@contextmanager
def installed(model: Any) -> Iterator[None]:
    """Let the model compute attention, SwiGLU and LoRA layers as here, while the block runs.

    What is asked otherwise than in training (a mask of its own, another type) stays mlx's.
    """
    from mlx_lm.tuner.lora import LoRALinear

    module = sys.modules[type(model).__module__]
    ours = {"scaled_dot_product_attention": _attention, "swiglu": _swiglu}
    before = {name: getattr(module, name) for name in ours if hasattr(module, name)}
    for name, theirs in before.items():
        setattr(module, name, ours[name](theirs))
    plain, LoRALinear.__call__ = LoRALinear.__call__, _lora
    try:
        yield
    finally:
        LoRALinear.__call__ = plain
        for name, theirs in before.items():
            setattr(module, name, theirs)


def _lora(layer: Any, x: Any) -> Any:
    """Compute a LoRA layer: the scale is taken on the few columns between A and B, not on all."""
    import mlx.core as mx

    within = layer.dropout(x) @ layer.lora_a * layer.scale
    return mx.addmm(layer.linear(x), within, layer.lora_b)


def _attention(theirs: Callable[..., Any]) -> Callable[..., Any]:
    import mlx.core as mx

    def attention(
        queries: Any, keys: Any, values: Any, cache: Any, scale: float, mask: Any, **other: Any
    ) -> Any:
        plain = cache is None and not other and isinstance(mask, str) and mask == "causal"
        same = queries.shape[-2] == keys.shape[-2] and keys.shape == values.shape
        if plain and same and queries.dtype == mx.float32:
            return causal_attention(queries, keys, values, scale)
        return theirs(queries, keys, values, cache=cache, scale=scale, mask=mask, **other)

    return attention


def _swiglu(theirs: Callable[..., Any]) -> Callable[..., Any]:
    import mlx.core as mx

    def swiglu_(gate: Any, x: Any) -> Any:
        plain = gate.dtype == x.dtype == mx.float32 and gate.shape == x.shape
        return swiglu(gate, x) if plain else theirs(gate, x)

    return swiglu_


def swiglu(gate: Any, x: Any) -> Any:
    """Return silu(gate) * x, of two arrays of float32 and of one shape; it has a gradient."""
    import mlx.core as mx

    @mx.custom_function
    def compute(gate: Any, x: Any) -> Any:
        return mx.array(_swiglu_forward(view(gate), view(x)))

    @compute.vjp
    def gradient(primals: Any, cotangent: Any, output: Any) -> Any:
        found = _swiglu_backward(view(primals[0]), view(primals[1]), view(cotangent))
        return tuple(mx.array(one) for one in found)

    return compute(gate, x)


def _pieces(size: int) -> Iterator[slice]:
    return (slice(start, start + _PIECE) for start in range(0, size, _PIECE))


def _sigmoid(x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    import numpy as np

    with np.errstate(over="ignore"):  # exp(-x) is infinite, and the sigmoid 0
        found: np.ndarray[Any, Any] = np.exp(-x)
    found += 1
    np.reciprocal(found, out=found)
    return found


def _swiglu_forward(gate: Any, x: Any) -> "np.ndarray[Any, Any]":
    import numpy as np

    out: np.ndarray[Any, Any] = np.empty_like(gate)
    flat_gate, flat_x, flat_out = gate.reshape(-1), x.reshape(-1), out.reshape(-1)

    def piece(part: slice) -> None:
        one = _sigmoid(flat_gate[part])
        one *= flat_gate[part]
        np.multiply(one, flat_x[part], out=flat_out[part])

    spread(piece, _pieces(gate.size))
    return out


def _swiglu_backward(
    gate: Any, x: Any, into: Any
) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    """Return the gradients: into * x * s * (1 + gate * (1 - s)) and into * gate * s."""
    import numpy as np

    to_gate, to_x = np.empty_like(gate), np.empty_like(x)
    flats = [a.reshape(-1) for a in (gate, x, into, to_gate, to_x)]

    def piece(part: slice) -> None:
        g, other, given, out_gate, out_x = (a[part] for a in flats)
        s = _sigmoid(g)
        np.multiply(g, s, out=out_x)
        slope = out_x * (1 - s)
        slope += s
        out_x *= given
        np.multiply(slope, given, out=out_gate)
        out_gate *= other

    spread(piece, _pieces(gate.size))
    return to_gate, to_x


def causal_attention(queries: Any, keys: Any, values: Any, scale: float) -> Any:
    """Return softmax(scale * Q K^T) V where no position sees a later one; it has a gradient.

    Q is (batch, heads, length, size); K and V may have fewer heads, of which each serves as many
    of Q's in turn. Only the half of the matrix that counts is computed, and none of it is kept.
    """
    import mlx.core as mx

    @mx.custom_function
    def compute(queries: Any, keys: Any, values: Any) -> Any:
        out, sums = _attention_forward(view(queries), view(keys), view(values), scale)
        return mx.array(out), mx.array(sums)

    @compute.vjp
    def gradient(primals: Any, cotangents: Any, outputs: Any) -> Any:
        arrays = [view(a) for a in (*primals, cotangents[0], *outputs)]
        return tuple(mx.array(one) for one in _attention_backward(arrays, scale))

    found: Any = compute(queries, keys, values)
    return found[0]


Block = tuple[int, int, slice]  # of a row of the batch and a head: these positions


def _groups(queries: Any, keys: Any) -> Iterator[list[tuple[Block, Block]]]:
    """Yield the blocks of queries, each with the keys that it sees, by the head of the keys."""
    batch, heads, length, _ = queries.shape
    shared = heads // keys.shape[1]
    ends = [(start, min(start + _QUERIES, length)) for start in range(0, length, _QUERIES)]
    for one in range(batch):
        for group in range(keys.shape[1]):
            mine = range(group * shared, (group + 1) * shared)
            yield [
                ((one, head, slice(start, end)), (one, group, slice(0, end)))
                for head in mine
                for start, end in ends
            ]


def _scores(queries: Any, keys: Any, scale: float) -> "np.ndarray[Any, Any]":
    """Return scale * Q K^T of one block, minus infinity where a key is later than the query."""
    import numpy as np

    found: np.ndarray[Any, Any] = queries @ keys.T
    found *= scale
    rows, columns = found.shape
    later = np.triu(np.ones((rows, rows), dtype=bool), 1)
    found[:, columns - rows :][later] = -np.inf
    return found


def _attention_forward(
    queries: Any, keys: Any, values: Any, scale: float
) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    """Return the output, and for each query the logarithm of the sum of its exponentials."""
    import numpy as np

    out, sums = np.empty_like(queries), np.empty(queries.shape[:-1], np.float32)

    def blocks(group: list[tuple[Block, Block]]) -> None:
        for mine, seen in group:
            weights = _scores(queries[mine], keys[seen], scale)
            top = weights.max(-1, keepdims=True)
            weights -= top
            np.exp(weights, out=weights)
            total = weights.sum(-1, keepdims=True)
            np.divide(weights @ values[seen], total, out=out[mine])
            sums[mine] = (top + np.log(total))[:, 0]

    spread(blocks, _groups(queries, keys))
    return out, sums


def _attention_backward(arrays: list[Any], scale: float) -> "tuple[np.ndarray[Any, Any], ...]":
    """Return the gradients to Q, K and V; the weights are computed again from the sums."""
    import numpy as np

    queries, keys, values, into, out, sums = arrays
    to_queries, to_keys, to_values = (np.zeros_like(a) for a in (queries, keys, values))
    inner = (into * out).sum(-1)

    def blocks(group: list[tuple[Block, Block]]) -> None:
        for mine, seen in group:
            weights = _scores(queries[mine], keys[seen], scale)
            weights -= sums[mine][:, None]
            np.exp(weights, out=weights)
            to_values[seen] += weights.T @ into[mine]
            slope = into[mine] @ values[seen].T
            slope -= inner[mine][:, None]
            slope *= weights
            slope *= scale
            to_queries[mine] = slope @ keys[seen]
            to_keys[seen] += slope.T @ queries[mine]

    spread(blocks, _groups(queries, keys))
    return to_queries, to_keys, to_values
