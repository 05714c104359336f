"""How many examples are wanted, per cell and per category."""

from pydantic import Field, field_validator

from curator.base.settings import Settings
from curator.records.taxonomy import Category, Difficulty, check_topics
from curator.records.topic import Topic

_OWN = {Topic.LIFETIMES: 9, Topic.BORROWING: 9}


class Targets(Settings):
    """How many examples are wanted: per cell, with other numbers for some topics.

    Topics are checked against the project's taxonomy; the default ones may be absent there.

    `surplus` is how many accepted candidates are wanted for each example that is missing, since
    reviewers reject some.
    """

    per_cell: int = Field(5, ge=0)
    topics: dict[Topic, int] = Field(_OWN)
    categories: dict[Category, float] = Field(
        {
            Category.DEBUG: 0.4,
            Category.CONCEPTS: 0.4,
            Category.EXERCISES: 0.2,
        }
    )
    surplus: float = Field(1.5, ge=1)

    @field_validator("topics")
    @classmethod
    def _known(cls, topics: dict[Topic, int]) -> dict[Topic, int]:
        check_topics(topics, _OWN)
        return topics

    @field_validator("categories")
    @classmethod
    def _shares(cls, shares: dict[Category, float]) -> dict[Category, float]:
        if abs(sum(shares.values()) - 1) > 1e-6 or min(shares.values()) < 0:
            raise ValueError(f"the shares of the categories sum to {sum(shares.values())}, not 1")
        return shares

    def of(self, topic: Topic, difficulty: Difficulty) -> int:
        """Return how many examples a cell wants: the same at each difficulty of a topic."""
        return self.topics.get(topic, self.per_cell)

    def split(self, topic: Topic, difficulty: Difficulty) -> dict[Category, int]:
        """Divide a cell's number over the categories, by their shares and the largest remainder."""
        return self.divide(self.of(topic, difficulty))

    def divide(self, total: int) -> dict[Category, int]:
        """Divide a number of examples over the categories, in the same way."""
        exact = {c: self.categories.get(c, 0.0) * total for c in Category}
        whole = {c: int(n + 1e-9) for c, n in exact.items()}
        by_rest = sorted(Category, key=lambda c: whole[c] - exact[c])
        for category in by_rest[: total - sum(whole.values())]:
            whole[category] += 1
        return whole
