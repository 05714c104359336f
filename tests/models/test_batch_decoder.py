"""Waves over a context that keeps books: pieces are read once, memory is never exceeded."""

import random
from collections import Counter, defaultdict
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
    count_tokens,
    order_by_prefix,
    split,
)

prompts = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), min_size=1, max_size=9)
blocks = st.integers(1, 3)


class Books:
    """Sequences of (token, cell); a copy shares the cells of what it copies."""

    def __init__(self) -> None:
        self.held: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.fresh = count()
        self.read_tokens = self.most_cells = 0
        self.rows: list[Tokens] = []
        self.shared: list[Tokens] = []

    def read(
        self, sequence: int, pieces: Sequence[Tokens], start: int, shared: bool = False
    ) -> None:
        held = tuple(token for token, _ in self.held[sequence])
        assert held == sum(pieces[:start], ())
        for piece in pieces[start:]:
            self.shared += [piece] * shared
            self.evaluate(sequence, piece)

    def evaluate(self, sequence: int, tokens: Tokens) -> None:
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
            assert position == len(self.held[sequence])
            self.evaluate(sequence, (token,))
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


def job(tokens: Sequence[int], limit: int, sampler: Echo, block: int = 1) -> Job:
    *begin, last = tokens
    return Job(split(tuple(begin), block), last, limit, sampler)


def prompt(job: Job) -> Tokens:
    return (*sum(job.pieces, ()), job.last)


@given(prompts, st.integers(1, 5), st.integers(1, 4), st.integers(0, 40), st.integers(), blocks)
def test_each_text_follows_its_prompt(
    texts: list[list[int]], width: int, limit: int, spare: int, seed: int, block: int
) -> None:
    books, draw = Books(), random.Random(seed)
    jobs = [job(t, limit, Echo(books, draw.randint(0, 5)), block) for t in texts]
    assert [prompt(j) for j in jobs] == [tuple(t) for t in texts]
    pool = max(j.length + limit for j in jobs) + spare
    ended: list[int] = []
    BatchDecoder(books, books, width, pool).run(order_by_prefix(jobs), ended.append)
    assert ended == list(range(1, len(jobs) + 1))
    for j in jobs:
        assert isinstance(j.sampler, Echo)
        expected = [(*prompt(j), *j.written[:n]) for n in range(len(j.sampler.seen))]
        assert j.sampler.seen == expected
        assert j.finished == (j.sampler.left < 0)
        assert len(j.written) <= limit
    assert books.most_cells <= pool
    assert not any(held for sequence, held in books.held.items() if sequence)


@given(prompts, blocks)
def test_every_shared_piece_is_read_once(texts: list[list[int]], block: int) -> None:
    books = Books()
    jobs = [job(t, 1, Echo(books, 0), block) for t in texts]
    BatchDecoder(books, books, 2, 1000).run(order_by_prefix(jobs), lambda ended: None)
    begun = Counter(j.pieces[:n] for j in jobs for n in range(1, len(j.pieces) + 1))
    distinct = sum(len(pieces[-1]) for pieces in begun)
    assert books.read_tokens == distinct + len(jobs)  # and the last token of each
    wanted_twice = sorted(pieces[-1] for pieces, times in begun.items() if times > 1)
    assert sorted(books.shared) == wanted_twice


def test_the_memory_that_jobs_need() -> None:
    echo = Echo(Books(), 0)
    jobs = order_by_prefix([job(t, 10, echo) for t in ((1, 2, 3, 4), (1, 2, 3, 5), (7, 8))])
    assert [j.shared for j in jobs] == [3, 3, 0]
    assert cells_needed(jobs) == 3 + 2 * (1 + 10) + 2 + 10
    assert cells_needed([]) == 0


def test_prompts_share_whole_pieces() -> None:
    echo = Echo(Books(), 0)
    jobs = order_by_prefix([job(t, 10, echo, 2) for t in ((1, 2, 3, 4), (1, 2, 3, 5), (1, 2, 8))])
    assert [j.shared for j in jobs] == [1, 2, 2]  # the long ones differ in their last token only
    assert split((1, 2, 3), 2) == ((1, 2), (3,))
    assert split((), 2) == ()
    assert count_tokens(split((1, 2, 3), 2)) == 3


def test_what_prompts_share() -> None:
    assert common_prefix((1, 2, 3), (1, 2, 4, 5)) == 2
    assert common_prefix((1, 2), (1, 2, 4)) == 2
    assert common_prefix((), (1,)) == 0
