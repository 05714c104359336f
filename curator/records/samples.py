"""A model's own answers to training tasks, each with what came of its task's check.

training/own/NAME/request.json    what the answers follow from: model, sampling, rows
training/own/NAME/tasks.jsonl     SampledTask: what was asked, and what an answer is checked by
training/own/NAME/answers.jsonl   Answer: appended as the model writes, a wave at a time
training/own/NAME/samples.jsonl   Sample: every answer, solved or not and why, kept or not and why
training/own/NAME/left_out.jsonl  LeftOut: rows of the train split that are not asked, and why
training/own/NAME/own.jsonl       the rows for a training: what curator/sampling keeps
training/own/NAME/manifest.json   written last: counts, digests, what made them

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
LEFT_OUT, ROWS, MANIFEST = "left_out.jsonl", "own.jsonl", "manifest.json"
REQUEST = "request.json"


class SampledTask(Record):
    """A row of the train split that can be checked; `id` is that of its example.

    `system`, `question` and `reference` are the turns of its chat in train.jsonl. `check` is of
    curator/evaluation/solving/kinds.py; `uses` are the names that the main of an answer's program
    must have besides, so that printing the expected lines is not enough. `main` is the one that
    runs in the place of an answer's own; "" where that runs.
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
    main: str = ""


class LeftOut(Record):
    """A row of the train split that is not asked, with a snake_case reason and more of it."""

    id: ExampleId
    category: Category
    reason: str
    detail: str = ""


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
    for one that is: unsolved, unfinished, repeats, not_french, copies_reference, leaks or alike
    (its task has rows enough, or one that is much like it).
    """

    solved: bool
    why: str = ""
    reason: str = ""

    @property
    def kept(self) -> bool:
        """Whether it became a row."""
        return not self.reason
