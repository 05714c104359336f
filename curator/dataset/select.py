"""Select a quota per slot, filled with the examples that are least alike.

Within a slot examples are taken by farthest-first traversal (Gonzalez 1985; the greedy 2-
approximation of k-center): each next one is that whose nearest neighbour among those taken for the
topic is farthest. Distance is 1 - Jaccard similarity of the bigrams of prose. What people wrote
comes before what was generated.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from curator.base.disk_buffer import DiskBuffer
from curator.records.example import Example, Origin
from curator.records.targets import Targets
from curator.records.taxonomy import Slot, Taxonomy, taxonomy
from curator.text.shingles import jaccard, shingles, split, words

_BY_PEOPLE = {Origin.AUTHORED: 0, Origin.CORRECTED: 1, Origin.IMPORTED: 2}


class OverQuota(NamedTuple):
    """An example that was left out because its slot is full.

    `accepted` says that people accepted it.
    """

    id: str
    slot: Slot
    accepted: bool = False


@dataclass(frozen=True)
class Selection:
    """The examples chosen, in slot order, and those left out because their slot is full."""

    chosen: list[Example]
    over_quota: list[OverQuota]


def prose_of(example: Example) -> set[str]:
    """Return the bigrams of an example's prose, question and answer together."""
    texts = (words(split(text).prose) for text in (example.question, example.answer))
    return set().union(*(shingles(text, 2) for text in texts))


def _rank(example: Example) -> int:
    return _BY_PEOPLE.get(example.provenance.origin, len(_BY_PEOPLE))


def quotas(targets: Targets, excess: float, known: Taxonomy | None = None) -> dict[Slot, int]:
    """Return how many examples each slot of `known` may hold: its target times `excess`."""
    return {
        slot: math.ceil(targets.split(slot.topic, slot.difficulty)[slot.category] * excess)
        for slot in (known or taxonomy()).slots
    }


def select(
    examples: Sequence[Example], targets: Targets, excess: float, known: Taxonomy | None = None
) -> Selection:
    """Choose within the quotas; the same examples in any order give the same selection.

    Examples are read from the sequence when they are needed, those of one slot at a time. Their
    topics are among those of `known`, by default of the project that is open.
    """
    limits = quotas(targets, excess, known)
    waiting: dict[Slot, list[tuple[int, str, int]]] = {slot: [] for slot in limits}
    accepted = set[str]()
    for number, example in enumerate(examples):
        if example.reviews:
            accepted.add(example.id)
        waiting[example.slot].append((_rank(example), example.id, number))
    taken: dict[Slot, list[Example]] = {}
    over_quota: list[OverQuota] = []
    for slot, ranked in waiting.items():
        ranked.sort()
        if len(ranked) <= limits[slot]:
            taken[slot] = [examples[number] for _, _, number in ranked]
            continue
        # Those of other slots of the topic count as taken: a debug example and an exercise must not
        # teach the same thing in the same words.
        near = [e for other, kept in taken.items() if other.topic == slot.topic for e in kept]
        taken[slot] = _farthest_first(examples, ranked, near, limits[slot])
        kept = {e.id for e in taken[slot]}
        out = (key for _, key, _ in ranked if key not in kept)
        over_quota += [OverQuota(key, slot, key in accepted) for key in out]
    return Selection([e for kept in taken.values() for e in kept], over_quota)


def farthest_first(
    candidates: Sequence[Example], taken: Sequence[Example], count: int
) -> list[Example]:
    """Choose `count` candidates, people's first, each as unlike all before it as possible."""
    ranked = sorted((_rank(e), e.id, n) for n, e in enumerate(candidates))
    return _farthest_first(candidates, ranked, taken, count)


def _farthest_first(
    examples: Sequence[Example],
    ranked: Sequence[tuple[int, str, int]],
    taken: Sequence[Example],
    count: int,
) -> list[Example]:
    """Do so among the examples whose rank, id and number are in `ranked`, in order."""
    chosen: list[Example] = []
    for _, group in groupby(ranked, key=itemgetter(0)):
        if len(chosen) < count:
            numbers = [number for _, _, number in group]
            traversal = _Traversal(examples, numbers, [*taken, *chosen])
            chosen += traversal.take(min(count - len(chosen), len(numbers)))
    return chosen


class _Traversal:
    """A farthest-first traversal of candidates, which are in order of id.

    Of each candidate is known how near it is to the nearest of those taken so far. That is updated
    whenever one is taken, so that time grows with the candidates times the quota. In memory are 40
    bytes for a candidate; its shingles lie on disk.
    """

    def __init__(self, examples: Sequence[Example], numbers: list[int], taken: Iterable[Example]):
        self._examples, self._numbers = examples, numbers
        self._texts, self._places, self._sizes = DiskBuffer(), array("Q"), array("I")
        places, sizes = _inverted(map(prose_of, taken))
        self._nearness: list[float] = []
        for number in numbers:
            own = array("q", map(hash, prose_of(examples[number])))
            self._places.append(self._texts.append(own.tobytes()))
            self._sizes.append(len(own))
            shared = Counter(n for part in own for n in places.get(part, ()))
            scores = (both / (len(own) + sizes[n] - both) for n, both in shared.items())
            self._nearness.append(max(scores, default=0.0))

    def take(self, count: int) -> list[Example]:
        """Take `count` candidates, each time the first of those that are least near."""
        chosen: list[Example] = []
        while True:
            place = min(range(len(self._numbers)), key=self._nearness.__getitem__)
            chosen.append(self._examples[self._numbers[place]])
            if len(chosen) == count:
                return chosen
            self._update(place)

    def _update(self, place: int) -> None:
        """Update the nearness of the others to the candidate that was taken."""
        text = set(self._text(place))
        for other, near in enumerate(self._nearness):
            if near < 2:
                self._nearness[other] = max(near, jaccard(text, self._text(other)))
        self._nearness[place] = 2.0  # farther than any similarity: never again

    def _text(self, place: int) -> "array[int]":
        hashes = array("q")
        hashes.frombytes(self._texts.read(self._places[place], 8 * self._sizes[place]))
        return hashes


def _inverted(texts: Iterable[set[str]]) -> tuple[dict[int, list[int]], list[int]]:
    """Map the hash of each member to the sets that have it; returns the sizes of the sets too."""
    places: dict[int, list[int]] = {}
    sizes = []
    for number, text in enumerate(texts):
        sizes.append(len(text))
        for part in map(hash, text):
            places.setdefault(part, []).append(number)
    return places, sizes
