"""Count what a set covers, per cell and axis, and what it lacks against its targets.

Balance is normalised Shannon entropy, H / ln k over the k values of an axis: 1 when every value
has the same number of examples, 0 when all examples share one value.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from curator.records.example import Example
from curator.records.targets import Targets
from curator.records.taxonomy import Category, Cell, Difficulty, Slot, Taxonomy, taxonomy
from curator.records.topic import Topic


@dataclass(frozen=True)
class Coverage:
    """Counts of a set of examples, and what is missing from it.

    `cells` and `deficits` map each cell of the taxonomy to a number of examples, `lacking` each
    slot (a category of a cell); `slots` holds the counts of the slots that have any; `axes` maps
    each axis to the counts of its values; `balance` maps each axis, and "cell", to 0..1.
    """

    total: int
    cells: dict[Cell, int]
    deficits: dict[Cell, int]
    lacking: dict[Slot, int]
    axes: dict[str, dict[str, int]]
    balance: dict[str, float]
    slots: Mapping[Slot, int] = field(default_factory=dict)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics of the cells, in their order."""
        return tuple(dict.fromkeys(cell.topic for cell in self.cells))

    @property
    def missing(self) -> int:
        """How many examples it takes to fill every cell up to its target."""
        return sum(self.deficits.values())

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "total": self.total,
            "missing": self.missing,
            "cells": [
                {"topic": c.topic, "difficulty": c.difficulty, "count": n, "missing": d}
                for (c, n), d in zip(self.cells.items(), self.deficits.values(), strict=True)
            ],
            **self.axes,
            "balance": self.balance,
        }


def balance(counts: Iterable[int]) -> float:
    """Return the normalised entropy of counts, in 0..1; 0 for no example or a single value."""
    values = list(counts)
    total = sum(values)
    if total == 0 or len(values) < 2:
        return 0.0
    shares = [n / total for n in values if n]
    return -sum(p * math.log(p) for p in shares) / math.log(len(values)) + 0.0


def _counts(by_slot: Mapping[Slot, int], axis: str, values: Iterable[str]) -> dict[str, int]:
    counts = dict.fromkeys(values, 0)
    for slot, count in by_slot.items():
        counts[getattr(slot, axis)] += count
    return counts


def coverage(
    examples: Iterable[Example], targets: Targets, known: Taxonomy | None = None
) -> Coverage:
    """Count examples per cell and axis, and what each cell lacks against its target.

    The cells are those of `known`, by default of the project that is open. The examples are counted
    one by one, so that they need not fit into memory. Raises DataError for an unknown topic.
    """
    known = known or taxonomy()
    by_slot = Counter(e.slot for e in known.checked(examples))
    cells = {cell: sum(by_slot[Slot(*cell, c)] for c in Category) for cell in known.cells}
    deficits = {c: max(0, targets.of(*c) - n) for c, n in cells.items()}
    wanted = {Slot(*cell, c): n for cell in known.cells for c, n in targets.split(*cell).items()}
    lacking = {slot: max(0, n - by_slot[slot]) for slot, n in wanted.items()}
    values: tuple[tuple[str, Iterable[str]], ...] = (
        ("category", Category),
        ("topic", known.topics),
        ("difficulty", Difficulty),
    )
    axes = {axis: _counts(by_slot, axis, names) for axis, names in values}
    shares = {axis: round(balance(counts.values()), 4) for axis, counts in axes.items()}
    shares["cell"] = round(balance(cells.values()), 4)
    return Coverage(by_slot.total(), cells, deficits, lacking, axes, shares, by_slot)
