"""Selection: a quota per slot, filled with the examples that are least alike.

Within a slot examples are taken by farthest-first traversal (Gonzalez 1985; the greedy 2-
approximation of k-center): each next one is that whose nearest neighbour among those taken for the
topic is farthest. Distance is 1 - Jaccard similarity of the bigrams of prose. What people wrote
comes before what was generated.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curator.example import Example, Origin
from curator.recipe import Targets
from curator.shingles import jaccard, shingles, split, words
from curator.taxonomy import SLOTS, Slot

_BY_PEOPLE = {Origin.AUTHORED: 0, Origin.CORRECTED: 1, Origin.IMPORTED: 2}


@dataclass(frozen=True)
class Selection:
    """The examples chosen, in slot order, and those left out because their slot is full."""

    chosen: list[Example]
    surplus: list[Example]


def prose_of(example: Example) -> set[str]:
    """The bigrams of an example's prose, question and answer together."""
    texts = (words(split(text).prose) for text in (example.question, example.answer))
    return set().union(*(shingles(found, 2) for found in texts))


def _rank(example: Example) -> tuple[int, str]:
    return (_BY_PEOPLE.get(example.provenance.origin, 3), example.id)


def quotas(targets: Targets, excess: float) -> dict[Slot, int]:
    """How many examples a slot may hold: its target times `excess`, rounded up."""
    return {
        slot: math.ceil(targets.split(slot.topic, slot.difficulty)[slot.category] * excess)
        for slot in SLOTS
    }


def select(examples: Iterable[Example], targets: Targets, excess: float) -> Selection:
    """Choose within the quotas. The same examples in any order give the same selection."""
    limits = quotas(targets, excess)
    waiting: dict[Slot, list[Example]] = {slot: [] for slot in SLOTS}
    for example in sorted(examples, key=_rank):
        waiting[example.slot].append(example)
    taken: dict[Slot, list[Example]] = {}
    surplus: list[Example] = []
    for slot, found in waiting.items():
        if len(found) <= limits[slot]:
            taken[slot] = found
            continue
        near = [e for other, kept in taken.items() if other.topic == slot.topic for e in kept]
        taken[slot] = farthest_first(found, near, limits[slot])
        kept = {e.id for e in taken[slot]}
        surplus += [e for e in found if e.id not in kept]
    return Selection([e for found in taken.values() for e in found], surplus)


def farthest_first(
    candidates: Sequence[Example], taken: Sequence[Example], count: int
) -> list[Example]:
    """`count` of the candidates, people's first, each as unlike all before it as can be."""
    texts = {e.id: prose_of(e) for e in [*candidates, *taken]}
    chosen: list[Example] = []
    left = list(candidates)

    def nearness(example: Example) -> float:
        return max((jaccard(texts[example.id], texts[o.id]) for o in [*taken, *chosen]), default=0)

    while left and len(chosen) < count:
        first = min(_rank(e)[0] for e in left)
        best = min((e for e in left if _rank(e)[0] == first), key=lambda e: (nearness(e), e.id))
        chosen.append(best)
        left.remove(best)
    return chosen
