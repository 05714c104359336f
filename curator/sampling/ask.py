"""Ask a model each task several times, wave by wave; interrupted at any instant, it resumes.

Which answers make a wave is fixed by their places, because a model may write another text in
another wave, and a wave is on disk whole or not at all. So what is on disk is never asked again,
and the answers are those of an uninterrupted run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.base.errors import DataError
from curator.base.progress import Progress
from curator.base.seeds import derive_seed
from curator.evaluation.respond import Responder
from curator.models.base import ChatRequest, Message
from curator.records.samples import Answer, SampledTask
from curator.sampling.recipe import SampleRecipe

Item = tuple[SampledTask, int]
_AGAIN = "--name NAME asks under another name; or delete the folder"


@dataclass(frozen=True)
class Asking:
    """What is asked of whom, and the file that the answers are appended to."""

    tasks: Sequence[SampledTask]
    recipe: SampleRecipe
    responder: Responder
    file: Path

    @property
    def items(self) -> list[Item]:
        """Each task with the number of each of its samples."""
        return [(task, number) for task in self.tasks for number in range(self.recipe.per_task)]


def messages(task: SampledTask) -> tuple[Message, ...]:
    """Return the conversation that a task is asked in."""
    first = (Message("system", task.system),) if task.system else ()
    return (*first, Message("user", task.question))


def too_long(tasks: Sequence[SampledTask], recipe: SampleRecipe, responder: Responder) -> list[str]:
    """Return the ids of the tasks that leave no room for an answer."""
    room = recipe.context - recipe.sampling.max_tokens
    return [task.id for task in tasks if responder.prompt_tokens(messages(task)) > room]


def ask(asking: Asking, progress: Progress) -> list[Answer]:
    """Return all answers: those on disk, and the others, which are made and written.

    Raises ModelError, and DataError where the answers on disk are to other tasks.
    """
    items, width = asking.items, asking.responder.width
    answers = _whole_waves(asking, items)
    progress("asking", len(answers), len(items))
    while len(answers) < len(items):
        before = len(answers)

        def told(ended: int, before: int = before) -> None:
            progress("asking", before + ended, len(items))

        wave = _wave(asking, items[before : before + width], told)
        store.append_all(asking.file, wave)
        answers += wave
    return answers


def _whole_waves(asking: Asking, items: Sequence[Item]) -> list[Answer]:
    if not asking.file.exists():
        return []
    rows = list(store.read(asking.file, Answer))[: len(items)]  # more where `limit` was higher
    wanted = [(task.id, number) for task, number in items]
    if [(one.task, one.sample) for one in rows] != wanted[: len(rows)]:
        what = "these are not the answers to the tasks in their order"
        raise DataError(what, where=asking.file, hint=_AGAIN)
    width = asking.responder.width
    whole = len(rows) if len(rows) == len(items) else len(rows) - len(rows) % width
    if whole < len(rows):
        store.write_atomic(asking.file, rows[:whole])
    return rows[:whole]


def _wave(asking: Asking, items: Sequence[Item], told: Callable[[int], None]) -> list[Answer]:
    recipe = asking.recipe
    seeds = [derive_seed(recipe.seed, task.id, number) for task, number in items]
    requests = [
        ChatRequest(messages(task), recipe.sampling, seed)
        for (task, _), seed in zip(items, seeds, strict=True)
    ]
    completions = asking.responder.respond(requests, told)
    return [
        Answer(
            task=task.id,
            sample=number,
            text=one.text,
            tokens=one.tokens,
            finished=one.finished,
            seed=seed,
        )
        for (task, number), seed, one in zip(items, seeds, completions, strict=True)
    ]
