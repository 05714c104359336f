"""The request for one candidate."""

from pydantic import BaseModel, ConfigDict

from curator.records.example import ExampleId
from curator.records.taxonomy import Category, Difficulty, Slot
from curator.records.topic import Topic


class Request(BaseModel):
    """One candidate to be made.

    `seed` is the candidate's own, so that its text does not depend on its neighbours. `idea` is
    what to write about; `parents` are the examples, and `source` the mutated place or the address
    in the documentation, that the strategy works on.
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
        """The cell and category that the candidate is for."""
        return Slot(self.topic, self.difficulty, self.category)
