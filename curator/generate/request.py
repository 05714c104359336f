"""One candidate to be made, and where its seed comes from."""

from pydantic import BaseModel, ConfigDict

from curator.records.example import ExampleId
from curator.records.taxonomy import Category, Difficulty, Slot
from curator.records.topic import Topic


class Request(BaseModel):
    """One candidate to be made. `seed` is its own, so that it does not depend on its neighbours.

    `idea` is what to write about, `parents` the examples and `source` the mutated place or the
    address that the strategy works on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    strategy: str
    category: Category
    topic: Topic
    difficulty: Difficulty
    seed: int
    idea: str = ""
    parents: tuple[ExampleId, ...] = ()
    source: str | None = None

    @property
    def slot(self) -> Slot:
        """The category of a cell that the candidate is for."""
        return Slot(self.topic, self.difficulty, self.category)
