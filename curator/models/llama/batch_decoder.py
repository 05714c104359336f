"""Write texts together: decide which prompts share a prefix, which text is written when.

The prompts of a wave are sorted by their tokens, so that those which share most stand side by side.
One sequence of the context, the prefix sequence, holds what the next prompt shares with its
neighbours; it is cut back and extended as the prompts go by, so every shared prefix is read once. A
prompt starts as a copy of it, reads its own rest, and then gets one token with each step, which
evaluates a token of every running text. All of this depends on the wave alone, and so do the texts:
another grouping would add floating-point numbers in another order, and draw other tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

Tokens = tuple[int, ...]
_PREFIX = 0  # the number of the prefix sequence


class TokenSampler(Protocol):
    """Draws the tokens of one text."""

    def draw(self, row: int) -> int | None:
        """Return the next token, from a row of the last step; None at the end of the text."""
        ...


class SequenceContext(Protocol):
    """What a context offers: numbered sequences of tokens, evaluated in common."""

    def read(self, sequence: int, tokens: Tokens, start: int) -> None:
        """Evaluate tokens of a sequence, from position `start` on."""
        ...

    def copy(self, source: int, target: int) -> None:
        """Let an empty sequence share everything that another one holds."""
        ...

    def cut(self, sequence: int, length: int) -> int:
        """Forget what lies beyond `length`; return the length that is left, which may be less."""
        ...

    def step(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Evaluate one token of each of some sequences: (sequence, token, position)."""
        ...


@dataclass
class Job:
    """A text to write: its prompt, its largest number of new tokens, and what it has so far.

    The first `shared` tokens of the prompt are read in the prefix sequence.
    """

    prompt: Tokens
    limit: int
    sampler: TokenSampler
    written: list[int] = field(default_factory=list)
    finished: bool = False
    shared: int = 0
    sequence: int = _PREFIX

    @property
    def own_cells(self) -> int:
        """The cells of the KV cache that it takes beside those of the shared prefix."""
        return len(self.prompt) - self.shared + self.limit


def common_prefix(one: Tokens, other: Tokens) -> int:
    """Count the tokens that two prompts share from the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def order_by_prefix(jobs: Sequence[Job]) -> list[Job]:
    """Sort jobs by their prompts, and set how much each shares with a neighbour.

    The last token of a prompt is never shared, since its evaluation gives the first new token.
    """
    ordered = sorted(jobs, key=lambda job: job.prompt)
    for one, other in pairwise(ordered):
        most = min(len(one.prompt), len(other.prompt)) - 1
        shared = min(common_prefix(one.prompt, other.prompt), most)
        one.shared, other.shared = max(one.shared, shared), shared
    return ordered


def cells_needed(jobs: Sequence[Job]) -> int:
    """Return the KV cells that ordered jobs take together, each shared prefix counted once."""
    total = 0
    before: Tokens = ()
    for job in jobs:
        prefix = job.prompt[: job.shared]
        total += len(prefix) - common_prefix(prefix, before) + job.own_cells
        before = prefix
    return total


class BatchDecoder:
    """Writes the texts of some jobs, at most `width` at a time, in `pool` cells of memory."""

    def __init__(self, context: SequenceContext, width: int, pool: int):
        self._context = context
        self._pool = pool
        self._free = list(range(width, _PREFIX, -1))
        self._running: list[Job] = []
        self._prefix: Tokens = ()  # what the prefix sequence holds

    def run(self, jobs: Sequence[Job], done: Callable[[int], None]) -> None:
        """Write the jobs, which are ordered by prefix; each must fit the pool alone."""
        waiting, ended = list(reversed(jobs)), 0
        while waiting or self._running:
            # Only the next one may start, even if a later one would fit: the order decides which
            # texts are evaluated together.
            while waiting and self._free and self._fits(waiting[-1]):
                self._start(waiting.pop())
            for job in self._advance():
                self._end(job)
                ended += 1
                done(ended)

    def _fits(self, job: Job) -> bool:
        return cells_needed([*self._running, job]) <= self._pool

    def _start(self, job: Job) -> None:
        wanted = job.prompt[: job.shared]
        kept = self._context.cut(_PREFIX, common_prefix(self._prefix, wanted))
        self._context.read(_PREFIX, wanted[kept:], kept)
        self._prefix = wanted
        job.sequence = self._free.pop()
        self._context.copy(_PREFIX, job.sequence)
        # But for its last token, which goes into the next step, and gives the first new one.
        self._context.read(job.sequence, job.prompt[job.shared : -1], job.shared)
        self._running.append(job)

    def _advance(self) -> list[Job]:
        """Write one token of each running job; return those that ended with it."""
        self._context.step([self._row(job) for job in self._running])
        for row, job in enumerate(self._running):
            token = job.sampler.draw(row)
            if token is None:
                job.finished = True
            else:
                job.written.append(token)
        return [j for j in self._running if j.finished or len(j.written) == j.limit]

    @staticmethod
    def _row(job: Job) -> tuple[int, int, int]:
        last = job.written[-1] if job.written else job.prompt[-1]
        return job.sequence, last, len(job.prompt) + len(job.written) - 1

    def _end(self, job: Job) -> None:
        self._running.remove(job)
        self._context.cut(job.sequence, 0)
        self._free.append(job.sequence)
