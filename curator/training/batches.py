"""Order the rows to learn: a function of seed and iteration alone.

So a resumed run sees what the uninterrupted one would have seen, without anything to restore.
(mlx-lm's own order comes from a global generator, and it never trains the longest rows of a set
that is no multiple of the batch.)
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from curator.base.seeds import derive_seed
from curator.training.data import Row

T = TypeVar("T")

# Rows are padded to a multiple of this, plus one, as mlx-lm does: fewer shapes to compile.
PAD = 32


@dataclass(frozen=True)
class Order:
    """Which rows each iteration takes, for `lengths` of all rows (in tokens).

    An epoch is a shuffle cut into batches of rows of like length; what does not fill a batch
    sits this epoch out, drawn anew each time.
    """

    lengths: tuple[int, ...]
    batch: int
    seed: int

    @property
    def per_epoch(self) -> int:
        """Batches in an epoch."""
        return len(self.lengths) // self.batch

    def rows(self, iteration: int) -> tuple[int, ...]:
        """Return the indices of the rows that iteration 1, 2, ... takes."""
        epoch, place = divmod(iteration - 1, self.per_epoch)
        return _epoch(self, epoch)[place]


@lru_cache(maxsize=4)
def _epoch(order: Order, epoch: int) -> tuple[tuple[int, ...], ...]:
    draw = random.Random(derive_seed(order.seed, "epoch", epoch))  # noqa: S311 an order
    shuffled = draw.sample(range(len(order.lengths)), order.per_epoch * order.batch)
    if order.batch > 1:
        shuffled.sort(key=lambda i: order.lengths[i])
    cut = [tuple(shuffled[i : i + order.batch]) for i in range(0, len(shuffled), order.batch)]
    draw.shuffle(cut)
    return tuple(cut)


def parts(rows: Sequence[T], count: int) -> list[Sequence[T]]:
    """Cut a batch into `count` parts at most, of like size."""
    size = -(-len(rows) // count)
    return [rows[i : i + size] for i in range(0, len(rows), size)]


def padded(rows: Sequence[Row]) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Pad rows to lists of one length; returns them, and the first and last index to learn."""
    longest = max(len(r.tokens) for r in rows)
    width = 1 + PAD * -(-(longest - 1) // PAD)
    filled = [[*r.tokens, *[0] * (width - len(r.tokens))] for r in rows]
    return filled, [(max(r.offset, 1), len(r.tokens) - 1) for r in rows]
