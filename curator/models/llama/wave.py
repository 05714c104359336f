"""Texts written together: who shares which prefix, who is written when, what that needs.

The prompts of a wave are taken in the order of their tokens, so that those which share most stand
side by side. One sequence, the stem, holds what the next prompt shares with its neighbours; it is
cut back and grown as the prompts go by, so every shared prefix is read once. A prompt starts as
a copy of the stem, reads its own rest, and then gets one token for each step of all that are at
work. All of this depends on the wave alone, and so do the tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

Tokens = tuple[int, ...]
_STEM = 0


class Drawer(Protocol):
    """Draws one text's tokens."""

    def draw(self, row: int) -> int | None:
        """The next token from a row of the last step; None at the end of the text."""
        ...


class Sequences(Protocol):
    """What a context offers: numbered sequences of tokens, whose evaluations may be shared."""

    def read(self, sequence: int, tokens: Tokens, start: int) -> None:
        """Evaluate tokens of a sequence from position `start` on."""
        ...

    def copy(self, source: int, target: int) -> None:
        """Make an empty sequence share everything that another one holds."""
        ...

    def cut(self, sequence: int, length: int) -> int:
        """Forget what lies beyond `length`; returns what is left, which may be less."""
        ...

    def step(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Evaluate a token each of some sequences: (sequence, token, position)."""
        ...


@dataclass
class Job:
    """A text to write: its prompt, its largest number of new tokens, and what it got so far."""

    prompt: Tokens
    limit: int
    drawer: Drawer
    written: list[int] = field(default_factory=list)
    finished: bool = False
    stem: int = 0
    sequence: int = _STEM

    @property
    def room(self) -> int:
        """The cells of memory that it takes beyond its stem."""
        return len(self.prompt) - self.stem + self.limit


def common(one: Tokens, other: Tokens) -> int:
    """How many tokens two prompts share from the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def line_up(jobs: Sequence[Job]) -> list[Job]:
    """The jobs in the order of their prompts, each with the length of its stem.

    The last token of a prompt is never in a stem, since its evaluation gives the first new token.
    """
    ordered = sorted(jobs, key=lambda job: job.prompt)
    for one, other in pairwise(ordered):
        shared = min(common(one.prompt, other.prompt), len(one.prompt) - 1, len(other.prompt) - 1)
        one.stem, other.stem = max(one.stem, shared), shared
    return ordered


def cells(jobs: Sequence[Job]) -> int:
    """The memory in tokens that jobs, as lined up, take together when each shared stem is one."""
    total = 0
    before: Tokens = ()
    for job in jobs:
        stem = job.prompt[: job.stem]
        total += len(stem) - common(stem, before) + job.room
        before = stem
    return total


class Wave:
    """Writes the texts of some jobs, at most `width` at a time, in `pool` cells of memory."""

    def __init__(self, context: Sequences, width: int, pool: int):
        self._context = context
        self._pool = pool
        self._free = list(range(width, _STEM, -1))
        self._running: list[Job] = []
        self._stem: Tokens = ()

    def run(self, jobs: Sequence[Job], done: Callable[[int], None]) -> None:
        """Write the jobs, as lined up; each must fit the pool alone."""
        waiting, ended = list(reversed(jobs)), 0
        while waiting or self._running:
            while waiting and self._free and self._fits(waiting[-1]):
                self._start(waiting.pop())
            for job in self._advance():
                self._end(job)
                ended += 1
                done(ended)

    def _fits(self, job: Job) -> bool:
        return cells([*self._running, job]) <= self._pool

    def _start(self, job: Job) -> None:
        wanted = job.prompt[: job.stem]
        kept = self._context.cut(_STEM, common(self._stem, wanted))
        self._context.read(_STEM, wanted[kept:], kept)
        self._stem = wanted
        job.sequence = self._free.pop()
        self._context.copy(_STEM, job.sequence)
        self._context.read(job.sequence, job.prompt[job.stem : -1], job.stem)
        self._running.append(job)

    def _advance(self) -> list[Job]:
        """One token for each running job; returns those that ended with it."""
        self._context.step([self._row(job) for job in self._running])
        for row, job in enumerate(self._running):
            token = job.drawer.draw(row)
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
