"""Estimate how much memory a model takes to write, in bytes.

weights   the file: llama.cpp maps it, and reads all of it
context   keys and values of every cell: 2 x layers x key-value heads x length x 2 bytes (float16)
work      logits of one call (BATCH x vocabulary x 4 bytes), and PROCESS for Python and the rest

docs/models.md has the estimate beside what was measured.
"""

from dataclasses import dataclass

from curator.models.known import KnownModel
from curator.models.settings import ModelSettings

CONTEXT: int = ModelSettings.model_fields["context"].default
PROCESS = 200_000_000
_BATCH = 512  # tokens evaluated in one call: curator/models/llama/context.py


@dataclass(frozen=True)
class Needs:
    """Bytes of memory: the weights, a context's keys and values, and room to work in."""

    weights: int
    context: int
    work: int

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return self.weights + self.context + self.work


def needs_of(model: KnownModel, context: int = CONTEXT) -> Needs:
    """Estimate what a known model takes with a context of so many tokens."""
    shape = model.shape
    cell = 2 * shape.layers * shape.heads * shape.length * 2
    return Needs(model.bytes, context * cell, _BATCH * shape.vocabulary * 4 + PROCESS)


def free_memory() -> int:
    """Return how many bytes of memory are free on this machine."""
    import psutil

    return int(psutil.virtual_memory().available)
