"""Write texts together: decide which prompts share a prefix, which text is written when.

Prompts are cut into pieces of BLOCK tokens, counted from their start, and a rest. The prompts of a
wave are sorted, so that those which share most stand side by side. One sequence of the context, the
prefix sequence, holds the pieces that the next prompt shares with its neighbours; it is cut back
and extended as the prompts go by, so every shared piece is read once. A prompt starts as a copy of
it, gets its own pieces, and then one token with each step, which evaluates a token of every running
text. All of this depends on the wave alone, and so do the texts: another grouping would add
floating-point numbers in another order, and draw other tokens.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeVar

Tokens = tuple[int, ...]
T = TypeVar("T")
# Tokens of a piece. Prompts share whole pieces, so it is as small as costs nothing: reading 64 at a
# time is 2 % slower than 512, and 32 are 10 % slower (a 1.5B on two cores).
BLOCK = 64
_PREFIX = 0  # the number of the prefix sequence


class TokenSampler(Protocol):
    """Draws the tokens of one text."""

    def draw(self, row: int) -> int | None:
        """Return the next token, from a row of the last step; None at the end of the text."""
        ...


class SequenceContext(Protocol):
    """What a context offers: numbered sequences of tokens, evaluated in common."""

    def copy(self, source: int, target: int) -> None:
        """Let an empty sequence share everything that another one holds."""
        ...

    def cut(self, sequence: int, length: int) -> int:
        """Forget what lies beyond `length`; return the length that is left, which may be less."""
        ...

    def step(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Evaluate one token of each of some sequences: (sequence, token, position)."""
        ...


class PromptReader(Protocol):
    """Reads prompts into the sequences of a context."""

    def read(
        self, sequence: int, pieces: Sequence[Tokens], start: int, shared: bool = False
    ) -> None:
        """Let a sequence that holds the first `start` pieces hold all of them.

        `shared` says that several prompts begin with them.
        """
        ...


@dataclass
class Job:
    """A text to write: its prompt, its largest number of new tokens, and what it has so far.

    The prompt is its pieces and its last token, which goes into the first step. The first `shared`
    pieces are read in the prefix sequence.
    """

    pieces: tuple[Tokens, ...]
    last: int
    limit: int
    sampler: TokenSampler
    written: list[int] = field(default_factory=list)
    finished: bool = False
    shared: int = 0
    sequence: int = _PREFIX

    @property
    def length(self) -> int:
        """The number of tokens of its prompt."""
        return count_tokens(self.pieces) + 1

    @property
    def own_cells(self) -> int:
        """The cells of the KV cache that it takes beside those of the shared prefix."""
        return self.length - count_tokens(self.pieces[: self.shared]) + self.limit


def split(tokens: Tokens, block: int = BLOCK) -> tuple[Tokens, ...]:
    """Cut tokens into pieces of `block`, and the rest."""
    return tuple(tokens[at : at + block] for at in range(0, len(tokens), block))


def count_tokens(pieces: Iterable[Tokens]) -> int:
    """Count the tokens of some pieces."""
    return sum(map(len, pieces))


def common_prefix(one: Sequence[T], other: Sequence[T]) -> int:
    """Count the items that two sequences share from the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def order_by_prefix(jobs: Sequence[Job]) -> list[Job]:
    """Sort jobs by their prompts, and set how many pieces each shares with a neighbour."""
    ordered = sorted(jobs, key=lambda job: (job.pieces, job.last))
    for one, other in pairwise(ordered):
        shared = common_prefix(one.pieces, other.pieces)
        one.shared, other.shared = max(one.shared, shared), shared
    return ordered


def cells_needed(jobs: Sequence[Job]) -> int:
    """Return the KV cells that ordered jobs take together, each shared prefix counted once."""
    total = 0
    before: tuple[Tokens, ...] = ()
    for job in jobs:
        prefix = job.pieces[: job.shared]
        total += count_tokens(prefix[common_prefix(prefix, before) :]) + job.own_cells
        before = prefix
    return total


class BatchDecoder:
    """Writes the texts of some jobs, at most `width` at a time, in `pool` cells of memory."""

    def __init__(self, context: SequenceContext, reader: PromptReader, width: int, pool: int):
        self._context, self._reader = context, reader
        self._pool = pool
        self._free = list(range(width, _PREFIX, -1))
        self._running: list[Job] = []
        self._prefix: tuple[Tokens, ...] = ()  # what the prefix sequence holds

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
        wanted = job.pieces[: job.shared]
        same = common_prefix(self._prefix, wanted)
        kept = self._context.cut(_PREFIX, count_tokens(wanted[:same]))
        self._reader.read(_PREFIX, wanted, same if kept else 0, shared=True)
        self._prefix = wanted
        job.sequence = self._free.pop()
        self._context.copy(_PREFIX, job.sequence)
        self._reader.read(job.sequence, job.pieces, job.shared)
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
        last = job.written[-1] if job.written else job.last
        return job.sequence, last, job.length + len(job.written) - 1

    def _end(self, job: Job) -> None:
        self._running.remove(job)
        self._context.cut(job.sequence, 0)
        self._free.append(job.sequence)
