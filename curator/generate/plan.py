"""What to ask for: deficits per cell -> requests, in an order that lets neighbours share a prompt.

First form: the cells that lack most come first, each with a few candidates in a row, and the
category is the one that is furthest below its share.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from curator.coverage import Coverage
from curator.recipe import AugmentRecipe
from curator.taxonomy import Category, Cell, Difficulty, Topic, taxonomy


class Request(BaseModel):
    """One candidate to be made. `seed` is its own, so that it does not depend on its neighbours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    category: Category
    topic: Topic
    difficulty: Difficulty
    idea: str
    seed: int

    @property
    def cell(self) -> Cell:
        """The topic x difficulty cell that the candidate is for."""
        return Cell(self.topic, self.difficulty)


def derive_seed(*parts: object) -> int:
    """A seed of 31 bits that depends on all parts: SHA-256 of their texts."""
    text = "/".join(map(str, parts)).encode("utf-8")
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1


def _next_category(counts: Counter[str], shares: Mapping[Category, float]) -> Category:
    """The category that is furthest below its share of the total."""
    total = sum(counts.values()) + 1
    return max(Category, key=lambda c: shares.get(c, 0.0) * total - counts[c])


def plan(covered: Coverage, recipe: AugmentRecipe, seed: int) -> list[Request]:
    """The requests of one batch, in the order in which they are made.

    Cells are filled from the largest deficit down, `generate.per_prompt` candidates at a time;
    a full set (no deficit left) is filled evenly. Same arguments, same plan.
    """
    lacking = dict(covered.deficits)
    categories = Counter(covered.axes["category"])
    ideas = {t: _shuffled_ideas(t, seed) for t in Topic}
    requests: list[Request] = []
    while len(requests) < recipe.generate.candidates:
        cell = max(lacking, key=lambda c: lacking[c])
        category = _next_category(categories, recipe.targets.categories)
        room = recipe.generate.candidates - len(requests)
        for _ in range(min(recipe.generate.per_prompt, room)):
            index = len(requests)
            idea = ideas[cell.topic].pop(0)
            ideas[cell.topic].append(idea)
            own = derive_seed(seed, index)
            requests.append(
                Request(
                    index=index,
                    category=category,
                    topic=cell.topic,
                    difficulty=cell.difficulty,
                    idea=idea,
                    seed=own,
                )
            )
            lacking[cell] -= 1
            categories[category] += 1
    return requests


def _shuffled_ideas(topic: Topic, seed: int) -> list[str]:
    ideas = list(taxonomy().topics[topic].ideas)
    random.Random(derive_seed(seed, topic)).shuffle(ideas)  # noqa: S311 - variety, not secrecy
    return ideas
