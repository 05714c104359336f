"""Estimate what strategies bring: accepted candidates per candidate made, and what one costs.

A strategy's rate in one cell rests on few candidates, so it is shrunk towards the strategy's rate
over all cells: (accepted + K r) / (tried + K), with r = (accepted + 1) / (tried + 2) over all
cells. This is the posterior mean under a Beta prior of K observations (Gelman et al., Bayesian Data
Analysis, 3rd ed., section 2.4); r itself has the uniform prior, which gives Laplace's rule.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from curator.records.example import Example
from curator.records.taxonomy import Cell

PRIOR = 4
# What a candidate costs beside its tokens (rustc, the other filters), in tokens of decoding.
OVERHEAD = 40


@dataclass
class YieldCount:
    """Candidates tried, candidates accepted, and the tokens that the model wrote for them."""

    tried: int = 0
    accepted: int = 0
    tokens: int = 0

    @property
    def per_accepted(self) -> float | None:
        """The tokens that an accepted candidate cost; None where there is none."""
        return self.tokens / self.accepted if self.accepted else None

    def add(self, tried: int, accepted: int, tokens: int) -> None:
        """Add counts of more candidates."""
        self.tried += tried
        self.accepted += accepted
        self.tokens += tokens


@dataclass
class Yields:
    """Counts per strategy, over all cells and per cell. Rates are in 0..1, prices in tokens."""

    whole: dict[str, YieldCount] = field(default_factory=lambda: defaultdict(YieldCount))
    cells: dict[tuple[str, str], YieldCount] = field(
        default_factory=lambda: defaultdict(YieldCount)
    )

    def count(self, strategy: str, cell: str, counts: tuple[int, int, int]) -> None:
        """Add `counts` (tried, accepted, tokens) of one strategy in one cell."""
        self.whole[strategy].add(*counts)
        self.cells[strategy, cell].add(*counts)

    def learn(self, judged: Iterable[Example]) -> None:
        """Count candidates that the filters have judged."""
        for example in judged:
            counts = (1, int(example.rejection is None), example.provenance.tokens or 0)
            self.count(example.provenance.strategy or "", str(example.cell), counts)

    def recall(self, document: Mapping[str, Any]) -> None:
        """Add the counts in the manifest of an earlier batch; see `document`."""
        for strategy, cells in document.items():
            for cell, (tried, accepted, tokens) in cells.items():
                self.count(strategy, cell, (tried, accepted, tokens))

    def document(self) -> dict[str, dict[str, list[int]]]:
        """Return strategy -> cell -> [tried, accepted, tokens], ordered by name."""
        counts: dict[str, dict[str, list[int]]] = {}
        for (strategy, cell), n in sorted(self.cells.items()):
            counts.setdefault(strategy, {})[cell] = [n.tried, n.accepted, n.tokens]
        return counts

    def by_topic(self) -> dict[str, dict[str, YieldCount]]:
        """Add the counts up to strategy -> topic, ordered by name."""
        sums: dict[str, dict[str, YieldCount]] = {}
        for (strategy, cell), n in sorted(self.cells.items()):
            topics = sums.setdefault(strategy, {})
            here = topics.setdefault(cell.partition("/")[0], YieldCount())
            here.add(n.tried, n.accepted, n.tokens)
        return sums

    def tried(self, strategy: str) -> int:
        """Return how many candidates of a strategy were judged."""
        return self.whole.get(strategy, YieldCount()).tried

    def rate(self, strategy: str, cell: Cell) -> float:
        """Estimate the share of a strategy's candidates in a cell that is accepted."""
        whole = self.whole.get(strategy, YieldCount())
        prior = (whole.accepted + 1) / (whole.tried + 2)
        here = self.cells.get((strategy, str(cell)), YieldCount())
        return (here.accepted + PRIOR * prior) / (here.tried + PRIOR)

    def price(self, strategy: str, guess: int) -> float:
        """Return the cost of a candidate in tokens; `guess` stands in where none was made yet."""
        seen = self.whole.get(strategy, YieldCount())
        return OVERHEAD + (seen.tokens / seen.tried if seen.tried else guess)


def tokens_document(yields: Yields) -> dict[str, dict[str, dict[str, int]]]:
    """Return strategy -> topic -> candidates tried and accepted, and tokens, as a JSON object."""
    return {
        strategy: {topic: vars(count) for topic, count in topics.items()}
        for strategy, topics in yields.by_topic().items()
    }
