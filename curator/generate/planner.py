"""Decide what to make next, from what slots need and strategies offer, and when to stop.

A strategy that was never tried comes first, once. After that most requests go to the offer with the
largest need x rate / price. The need is the mean of those of its slot, cell and topic, each as a
share of what was wanted there: a batch that is too small for all that is missing spreads over the
topics, then over their cells, before it comes back to one. The share `explore` goes to any strategy
that has room, so that one that began badly is tried again (epsilon-greedy with estimated rates:
Sutton & Barto, Reinforcement Learning, 2nd ed., section 2.2). It is drawn with one over the price
as the weight, so that exploring costs about the same for each strategy.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from curator.generate.recipe import AugmentRecipe, StopSettings
from curator.generate.yields import Yields
from curator.records.coverage import Coverage
from curator.records.example import Example
from curator.records.targets import Targets
from curator.records.taxonomy import Category, Cell, Slot


@dataclass(frozen=True)
class Offer:
    """What one strategy can do for one slot.

    It can make `room` candidates, preferably `group` in a row, for the price of `guess` tokens
    each, as long as none was made.
    """

    strategy: str
    slot: Slot
    room: int
    group: int
    guess: int


@dataclass(frozen=True)
class Pick:
    """`count` candidates of a strategy for a slot."""

    strategy: str
    slot: Slot
    count: int


def needs(
    before: Coverage, targets: Targets, more: int = 0, room: Mapping[Slot, int] | None = None
) -> dict[Slot, float]:
    """Return how many accepted candidates each slot needs: what it lacks times the surplus.

    Each cell lacks what is missing to its target, and `more` examples beyond that. Where `room`
    says how many further examples the slots would hold, those `more` go to slots of their cell that
    have room, as far as there are any.
    """
    shares = targets.divide(more)
    extra = {slot: shares[slot.category] for slot in before.lacking}
    if room is not None:
        spare = {slot: max(0, room[slot] - n) for slot, n in before.lacking.items()}
        for cell in before.cells:
            _shift(extra, spare, [Slot(*cell, category) for category in Category])
    lacking = {slot: n + extra[slot] for slot, n in before.lacking.items()}
    return {slot: n * targets.surplus for slot, n in lacking.items() if n}


def _shift(extra: dict[Slot, int], spare: Mapping[Slot, int], slots: Sequence[Slot]) -> None:
    """Shift what finds its slot full to the slot that has most room left, if any has some."""
    over = [slot for slot in slots for _ in range(extra[slot] - spare[slot])]
    for slot in over:
        roomiest = max(slots, key=lambda s: spare[s] - extra[s])
        if spare[roomiest] > extra[roomiest]:
            extra[slot] -= 1
            extra[roomiest] += 1


def prompt_size(wanted: Mapping[Slot, float], recipe: AugmentRecipe) -> int:
    """How many candidates of one slot a model writes in a row: `per_prompt`, or fewer.

    A batch that is too small to give each missing topic so many gives more topics some.
    """
    topics = len({slot.topic for slot in wanted})
    return min(recipe.generate.per_prompt, max(1, recipe.stop.candidates // max(1, topics)))


def remaining(
    wanted: Mapping[Slot, float],
    accepted: Iterable[Example],
    in_flight: Iterable[Example],
    yields: Yields,
) -> dict[Slot, float]:
    """Return what is still wanted; candidates not judged yet count by their expected yield."""
    left = dict(wanted)
    for example in accepted:
        left[example.slot] = left.get(example.slot, 0) - 1
    for example in in_flight:
        rate = yields.rate(example.provenance.strategy or "", example.cell)
        left[example.slot] = left.get(example.slot, 0) - rate
    return {slot: n for slot, n in left.items() if n > 0}


class Planner:
    """Divide a wave among offers; the same arguments give the same picks."""

    def __init__(self, wanted: Mapping[Slot, float], yields: Yields, explore: float):
        self.wanted = wanted
        self.yields = yields
        self.explore = explore

    def picks(
        self, left: Mapping[Slot, float], offers: Sequence[Offer], size: int, seed: int
    ) -> list[Pick]:
        """Pick at most `size` candidates, for slots that still need some."""
        draw = random.Random(seed)  # noqa: S311 - variety, not secrecy
        need, room = _Need(self.wanted, left), {(o.strategy, o.slot): o.room for o in offers}
        picks: list[Pick] = []
        while size > 0:
            free = [o for o in offers if need[o.slot] > 0 and room[o.strategy, o.slot] > 0]
            if not free:
                break
            tried = {p.strategy for p in picks}
            offer = self._choose([o for o in free if o.strategy not in tried], free, need, draw)
            count = min(size, offer.group, room[offer.strategy, offer.slot])
            picks.append(Pick(offer.strategy, offer.slot, count))
            need.lower(offer.slot, count * self.yields.rate(offer.strategy, offer.slot.cell))
            room[offer.strategy, offer.slot] -= count
            size -= count
        return picks

    def _choose(
        self,
        fresh: Sequence[Offer],
        offers: Sequence[Offer],
        need: "_Need",
        draw: random.Random,
    ) -> Offer:
        """Choose one of the offers; `fresh` are those of strategies not in this wave yet."""
        unknown = [o for o in fresh if not self.yields.tried(o.strategy)]
        if not unknown and draw.random() < self.explore:
            prices = {o.strategy: self.yields.price(o.strategy, o.guess) for o in offers}
            names = sorted(prices)
            [strategy] = draw.choices(names, [1 / prices[name] for name in names])
            return draw.choice([o for o in offers if o.strategy == strategy])
        # Of offers that are worth the same, the topic, cell and slot that need most come first.
        return max(unknown or offers, key=lambda o: (self._value(o, need), need.rank(o.slot)))

    def _value(self, offer: Offer, need: "_Need") -> float:
        """Return the expected accepted candidates per token, less where there are some already."""
        rate = self.yields.rate(offer.strategy, offer.slot.cell)
        return need.share(offer.slot) * rate / self.yields.price(offer.strategy, offer.guess)


class _Need:
    """What is left to make in each slot, and so in each cell and topic, of what was wanted."""

    def __init__(self, wanted: Mapping[Slot, float], left: Mapping[Slot, float]):
        self._wanted, self._left = _sums(wanted), _sums(left)

    def __getitem__(self, slot: Slot) -> float:
        return self._left[slot]

    def lower(self, slot: Slot, count: float) -> None:
        """Take what is expected to be made off; a slot that gets too much feeds no other."""
        count = min(count, self._left[slot])
        for part in _parts(slot):
            self._left[part] -= count

    def share(self, slot: Slot) -> float:
        """The geometric mean of the shares that are left in the slot, its cell and its topic."""
        shares = (max(0.0, self._left[part]) / self._wanted[part] for part in _parts(slot))
        return math.prod(shares) ** (1 / 3)

    def rank(self, slot: Slot) -> tuple[float, ...]:
        """Order slots of the same share by what is left in topic, cell and slot."""
        return tuple(self._left[part] for part in reversed(_parts(slot)))


@cache
def _parts(slot: Slot) -> tuple[Slot | Cell | str, ...]:
    return slot, slot.cell, slot.topic


def _sums(counts: Mapping[Slot, float]) -> defaultdict[Slot | Cell | str, float]:
    sums: defaultdict[Slot | Cell | str, float] = defaultdict(float)
    for slot, count in counts.items():
        for part in _parts(slot):
            sums[part] += count
    return sums


def reason_to_stop(
    stop: StopSettings, left: Mapping[Slot, float], judged: Sequence[Example], made: int
) -> str | None:
    """Return why a batch ends here, if it does: "targets_met", "candidates" or "low_yield"."""
    if not left:
        return "targets_met"
    if made >= stop.candidates:
        return "candidates"
    last = judged[-stop.window :]
    accepted = sum(e.rejection is None for e in last)
    if len(last) == stop.window and accepted < stop.min_yield * stop.window:
        return "low_yield"
    return None
