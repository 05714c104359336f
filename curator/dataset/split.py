"""Split without leaks: an example, its relatives and its near duplicates lie on one side.

Examples that are related (by provenance, or because their prose is alike) form groups, and groups
are dealt out whole by iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011): the rarest
label first, each group to the split that still lacks most of that label. Labels are topic,
difficulty, category and cell.

A group that has a side from an earlier set keeps it, so that one more example does not deal all
others anew. Where relations join groups of two sides, the group is held out: what was tested on is
never trained on.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain

from curator.dataset.select import prose_of
from curator.records.example import Example
from curator.text.shingles import jaccard

SPLITS = ("train", "valid", "test")  # a group on several sides goes to the last of them
Link = tuple[str, str]  # the ids of an example and of one that it was made from


class Groups:
    """Union-find over ids; those that were never joined are groups of one."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, key: str) -> str:
        """Return the id that stands for the group of an id."""
        above = self._above.setdefault(key, key)
        while above != self._above[above]:
            self._above[key] = self._above[above]  # halves the path for the next time
            key, above = above, self._above[above]
        return above

    def join(self, first: str, second: str) -> None:
        """Make the groups of two ids one."""
        low, high = sorted((self.root(first), self.root(second)))
        self._above[high] = low

    def of(self, examples: Iterable[Example]) -> list[list[Example]]:
        """Return these examples in their groups."""
        by_root: dict[str, list[Example]] = defaultdict(list)
        for example in examples:
            by_root[self.root(example.id)].append(example)
        return list(by_root.values())

    def kept(self, earlier: Mapping[str, str], examples: Iterable[Example]) -> dict[str, str]:
        """Return the sides that these examples keep, by id: those of their groups in `earlier`.

        `earlier` maps ids to sides; they need not be among the examples.
        """
        sides: dict[str, str] = {}
        for one, side in earlier.items():
            root = self.root(one)
            sides[root] = max(side, sides.get(root, side), key=SPLITS.index)
        roots = ((e.id, self.root(e.id)) for e in examples)
        return {one: sides[root] for one, root in roots if root in sides}


def links(examples: Iterable[Example]) -> list[Link]:
    """Link each example to those that it was made from."""
    return [(e.id, parent) for e in examples for parent in e.provenance.parents]


def ancestry(examples: Iterable[Example], family: Iterable[Link]) -> list[Link]:
    """Return the links of `family` that lead from some examples to their ancestors, in order.

    What was made from an example and is not among them has no part in the groups, so that a
    candidate that waits for people does not move others to another split.
    """
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in family:
        parents[child].add(parent)
    left, ancestors = [e.id for e in examples], set[Link]()
    seen = set(left)
    while left:
        child = left.pop()
        for parent in parents.get(child, ()):
            ancestors.add((child, parent))
            if parent not in seen:
                seen.add(parent)
                left.append(parent)
    return sorted(ancestors)


def join(examples: Sequence[Example], family: Iterable[Link], alike: float) -> Groups:
    """Join examples with their relatives.

    These are by provenance, however far and through any of `family` too, and by prose: those with
    a Jaccard similarity of at least `alike`.
    """
    joined = Groups()
    for child, parent in chain(family, links(examples)):
        joined.join(child, parent)
    for first, second in _alike(examples, alike):
        joined.join(first, second)
    return joined


def groups(
    examples: Sequence[Example], family: Iterable[Link], alike: float
) -> list[list[Example]]:
    """Group examples with their relatives, as `join` does."""
    return join(examples, family, alike).of(examples)


def _alike(examples: Sequence[Example], least: float) -> Iterable[tuple[str, str]]:
    """Yield pairs by exact similarity; an inverted index skips those that share nothing."""
    texts = [prose_of(e) for e in examples]
    places: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        shared: Counter[int] = Counter(n for part in text for n in places[part])
        for other, count in shared.items():
            # No Jaccard similarity is higher than this: most pairs need no exact one.
            bound = count / max(len(text), len(texts[other]))
            if bound >= least and jaccard(text, texts[other]) >= least:
                yield examples[number].id, examples[other].id
        for part in text:
            places[part].append(number)


def _labels(example: Example) -> tuple[Hashable, ...]:
    return (example.topic, example.difficulty, example.category, example.cell)


class _Table:
    """Where groups are dealt to: what each split has, and what it lacks of each label."""

    def __init__(self, examples: Sequence[Example], shares: Mapping[str, float]):
        total: Counter[Hashable] = Counter(label for e in examples for label in _labels(e))
        self.lack = {s: {label: shares.get(s, 0) * n for label, n in total.items()} for s in SPLITS}
        self.room = {s: shares.get(s, 0) * len(examples) for s in SPLITS}
        self.dealt: dict[str, list[Example]] = {s: [] for s in SPLITS}

    def deal(self, group: Sequence[Example], side: str) -> None:
        """Put a group on a side."""
        self.dealt[side] += group
        self.room[side] -= len(group)
        for example in group:
            for label in _labels(example):
                self.lack[side][label] -= 1

    def best(self, group: Sequence[Example], label: Hashable, open_: Sequence[str]) -> str:
        """Return the side that has room for a group, and lacks most of a label."""
        lack, room = self.lack, self.room
        return max(open_, key=lambda s: (room[s] >= len(group), lack[s][label], room[s]))


def split(
    related: Sequence[list[Example]],
    shares: Mapping[str, float],
    seed: int,
    kept: Mapping[str, str] | None = None,
) -> dict[str, list[Example]]:
    """Deal groups of related examples out to SPLITS, so that each label is near its `shares`.

    Groups whose examples have a side in `kept` are on it, the others are dealt around them. The
    same arguments give the same splits; a split with a share of 0 stays empty.
    """
    open_ = [s for s in SPLITS if shares.get(s, 0) > 0]
    sides = {i: side for i, side in (kept or {}).items() if side in open_}
    table = _Table([e for group in related for e in group], shares)
    for group in related:
        if group[0].id in sides:
            table.deal(group, sides[group[0].id])
    waiting = sorted(
        (g for g in related if g[0].id not in sides), key=lambda g: min(e.id for e in g)
    )
    random.Random(seed).shuffle(waiting)  # noqa: S311 - variety, not secrecy
    while waiting:
        counts: Counter[Hashable] = Counter(_l for g in waiting for e in g for _l in _labels(e))
        rarest = min(counts, key=lambda label: (counts[label], str(label)))
        holders = [g for g in waiting if any(rarest in _labels(e) for e in g)]
        group = max(holders, key=len)  # the large ones while there is room for them
        waiting.remove(group)
        table.deal(group, table.best(group, rarest, open_))
    return {s: sorted(part, key=lambda e: (e.slot, e.id)) for s, part in table.dealt.items()}
