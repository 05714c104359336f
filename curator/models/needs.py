"""Estimate how much memory a model takes to write, in bytes: a bound rather than a guess.

weights   the file, which llama.cpp maps and reads whole
copy      half of it again: tensors of some quantisations are kept a second time, rearranged for
          the processor
context   keys and values of every cell: 2 x layers x key-value heads x length x 2 bytes (float16)
process   PROCESS, for Python and what llama.cpp works in

docs/models.md has the estimates beside what was measured.
"""

from dataclasses import dataclass

from curator.models.known import KnownModel
from curator.models.settings import ModelSettings

CONTEXT: int = ModelSettings.model_fields["context"].default
PROCESS = 200_000_000


@dataclass(frozen=True)
class Needs:
    """Bytes of memory; the module says what for."""

    weights: int
    copy: int
    context: int
    process: int = PROCESS

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return self.weights + self.copy + self.context + self.process


def needs_of(model: KnownModel, context: int = CONTEXT) -> Needs:
    """Estimate what a known model takes with a context of so many tokens."""
    shape = model.shape
    cell = 2 * shape.layers * shape.heads * shape.length * 2
    return Needs(model.bytes, model.bytes // 2, context * cell)


def free_memory() -> int:
    """Return how many bytes of memory are free on this machine."""
    import psutil

    return int(psutil.virtual_memory().available)
