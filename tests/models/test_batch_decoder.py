"""Waves over a context that keeps books: prefixes are read once, memory is never exceeded."""

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from curator.models.llama.batch_decoder import (
    BatchDecoder,
    Job,
    Tokens,
    cells_needed,
    common_prefix,
    order_by_prefix,
)

prompts = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), min_size=1, max_size=9)


class Books:
    """Sequences of (token, cell); a copy shares the cells of what it copies."""

    def __init__(self) -> None:
        self.held: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.fresh = count()
        self.read_tokens = self.most_cells = 0
        self.rows: list[Tokens] = []

    def read(self, sequence: int, tokens: Tokens, start: int) -> None:
        assert start == len(self.held[sequence])
        self.held[sequence] += [(token, next(self.fresh)) for token in tokens]
        self.read_tokens += len(tokens)
        cells = {cell for held in self.held.values() for _, cell in held}
        self.most_cells = max(self.most_cells, len(cells))

    def copy(self, source: int, target: int) -> None:
        assert not self.held[target]
        self.held[target] = list(self.held[source])

    def cut(self, sequence: int, length: int) -> int:
        self.held[sequence] = self.held[sequence][:length]
        return length

    def step(self, rows: Sequence[tuple[int, int, int]]) -> None:
        for sequence, token, position in rows:
            self.read(sequence, (token,), position)
        self.rows = [tuple(token for token, _ in self.held[s]) for s, _, _ in rows]


class Echo:
    """Draws what shows which sequence a row is of, for a while."""

    def __init__(self, books: Books, length: int):
        self.books, self.left = books, length
        self.seen: list[Tokens] = []

    def draw(self, row: int) -> int | None:
        self.seen.append(self.books.rows[row])
        self.left -= 1
        return None if self.left < 0 else 100 + self.left


@given(prompts, st.integers(1, 5), st.integers(1, 4), st.integers(0, 40), st.integers())
def test_each_text_follows_its_prompt(
    texts: list[list[int]], width: int, limit: int, spare: int, seed: int
) -> None:
    books, draw = Books(), random.Random(seed)
    jobs = [Job(tuple(t), limit, Echo(books, draw.randint(0, 5))) for t in texts]
    pool = max(len(job.prompt) + limit for job in jobs) + spare
    ended: list[int] = []
    BatchDecoder(books, width, pool).run(order_by_prefix(jobs), ended.append)
    assert ended == list(range(1, len(jobs) + 1))
    for job in jobs:
        assert isinstance(job.sampler, Echo)
        expected = [(*job.prompt, *job.written[:n]) for n in range(len(job.sampler.seen))]
        assert job.sampler.seen == expected
        assert job.finished == (job.sampler.left < 0)
        assert len(job.written) <= limit
    assert books.most_cells <= pool
    assert not any(held for sequence, held in books.held.items() if sequence)


@given(prompts)
def test_every_shared_prefix_is_read_once(texts: list[list[int]]) -> None:
    books = Books()
    jobs = [Job(tuple(t), 1, Echo(books, 0)) for t in texts]
    BatchDecoder(books, 2, 1000).run(order_by_prefix(jobs), lambda ended: None)
    distinct = {job.prompt[:n] for job in jobs for n in range(1, len(job.prompt))}
    assert books.read_tokens == len(distinct) + len(jobs)  # and the last token of each


def test_the_memory_that_jobs_need() -> None:
    jobs = order_by_prefix(
        [Job(t, 10, Echo(Books(), 0)) for t in ((1, 2, 3, 4), (1, 2, 3, 5), (7, 8))]
    )
    assert [job.shared for job in jobs] == [3, 3, 0]
    assert cells_needed(jobs) == 3 + 2 * (1 + 10) + 2 + 10
    assert cells_needed([]) == 0


def test_what_prompts_share() -> None:
    assert common_prefix((1, 2, 3), (1, 2, 4, 5)) == 2
    assert common_prefix((1, 2), (1, 2, 4)) == 2
    assert common_prefix((), (1,)) == 0
