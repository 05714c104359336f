"""What strategies have brought so far: accepted candidates per candidate made, and its price.

A strategy's rate in a cell is estimated from few candidates, so it is drawn towards the strategy's
rate over all cells: (accepted + K r) / (tried + K), with r = (accepted + 1) / (tried + 2) over all
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
class Tally:
    """Candidates made, those accepted, and the tokens that the model wrote for them."""

    tried: int = 0
    accepted: int = 0
    tokens: int = 0

    def add(self, tried: int, accepted: int, tokens: int) -> None:
        """Count more candidates."""
        self.tried += tried
        self.accepted += accepted
        self.tokens += tokens


@dataclass
class Yields:
    """Tallies per strategy, in all and per cell. Rates are in 0..1, prices in tokens."""

    whole: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    cells: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))

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
        """Count what the manifest of an earlier batch says; see `document`."""
        for strategy, cells in document.items():
            for cell, (tried, accepted, tokens) in cells.items():
                self.count(strategy, cell, (tried, accepted, tokens))

    def document(self) -> dict[str, dict[str, list[int]]]:
        """Strategy -> cell -> [tried, accepted, tokens], in the order of their names."""
        found: dict[str, dict[str, list[int]]] = {}
        for (strategy, cell), n in sorted(self.cells.items()):
            found.setdefault(strategy, {})[cell] = [n.tried, n.accepted, n.tokens]
        return found

    def tried(self, strategy: str) -> int:
        """How many candidates of a strategy are known."""
        return self.whole.get(strategy, Tally()).tried

    def rate(self, strategy: str, cell: Cell) -> float:
        """How many of a strategy's candidates in a cell are expected to be accepted."""
        whole = self.whole.get(strategy, Tally())
        prior = (whole.accepted + 1) / (whole.tried + 2)
        here = self.cells.get((strategy, str(cell)), Tally())
        return (here.accepted + PRIOR * prior) / (here.tried + PRIOR)

    def price(self, strategy: str, guess: int) -> float:
        """Tokens per candidate of a strategy; `guess` tokens stand for one that was not tried."""
        seen = self.whole.get(strategy, Tally())
        return OVERHEAD + (seen.tokens / seen.tried if seen.tried else guess)
