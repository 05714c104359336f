"""A model's own answers to training tasks, each with what came of its task's check.

training/own/NAME/tasks.jsonl     SampledTask: what was asked, and what an answer is checked by
training/own/NAME/answers.jsonl   Answer: appended as the model writes, a wave at a time
training/own/NAME/samples.jsonl   Sample: every answer, solved or not and why, kept or not and why

Both bad and good answers stay, so that pairs of them can be made.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from curator.records.example import ExampleId, Record
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic

OWN = Path("training") / "own"
TASKS, ANSWERS, SAMPLES = "tasks.jsonl", "answers.jsonl", "samples.jsonl"


class SampledTask(Record):
    """A row of the train split that can be checked; `id` is that of its example.

    `system`, `question` and `reference` are the turns of its chat in train.jsonl. `check` is of
    curator/evaluation/solving/kinds.py; `uses` are the names that the main of an answer's program
    must have besides, so that printing the expected lines is not enough.
    """

    id: ExampleId
    category: Category
    topic: Topic
    difficulty: Difficulty
    system: str
    question: str
    reference: str
    check: Mapping[str, Any]
    uses: tuple[str, ...] = ()


class Answer(Record):
    """What a model wrote to a task; `finished` is False where it was cut."""

    task: ExampleId
    sample: int = Field(ge=0)
    text: str
    tokens: int = Field(ge=0)
    finished: bool
    seed: int


class Sample(Answer):
    """An answer with its outcome.

    `solved` is what the task's check says, `why` what it lacks. `reason` is why it is no row, ""
    for one that is: unsolved, unfinished, repeats, not_french, copies_reference, repeated (another
    one is the same text) or alike (others of its task were chosen, which differ more).
    """

    solved: bool
    why: str = ""
    reason: str = ""

    @property
    def kept(self) -> bool:
        """Whether it became a row."""
        return not self.reason
