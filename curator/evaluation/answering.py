"""Answer the prompts of an arm, wave by wave; interrupted at any instant, the work resumes.

Prompts are answered in waves, each prompt's samples side by side. Which prompts make a wave is
fixed by their places, and a wave counts when it is whole, because a model may write another text
for a prompt in another wave: so the answers are those of an uninterrupted run.
"""

import time
from collections.abc import Sequence

from curator.base import store
from curator.base.errors import DataError
from curator.base.seeds import derive_seed
from curator.evaluation.asking import Asked, Asker
from curator.evaluation.folder import ArmDir
from curator.evaluation.job import Job, Listen
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Response
from curator.models.base import ChatRequest, Completion

Item = tuple[EvalPrompt, int]


def answer(job: Job, listen: Listen) -> list[Response]:
    """Return all answers of a job: those on disk, and the others, which are made and written.

    Raises ModelError, before anything is made, where a prompt does not fit the context.
    """
    items, width = job.items, job.responder.width
    answers = whole_waves(job.folder, items, width)
    listen(job.name, len(answers), len(items))
    if len(answers) == len(items):
        return answers
    room = job.recipe.context - job.recipe.sampling.max_tokens
    asker = Asker(job.system, room, job.responder, job.retriever)
    try:
        for prompt in job.prompts:
            asker.check(prompt)
        while len(answers) < len(items):
            wave = _wave(job, asker, len(answers), listen)
            _append(job.folder, wave)
            answers += wave
    finally:
        job.responder.close()
    return answers


def whole_waves(folder: ArmDir, items: Sequence[Item], width: int) -> list[Response]:
    """Read the answers of all whole waves; those of an interrupted wave are taken off the file.

    Raises DataError for answers to other prompts, or in an order that no evaluation has.
    """
    if not folder.responses_file.exists():
        return []
    rows = list(store.read(folder.responses_file, Response))
    wanted = [(prompt.id, sample) for prompt, sample in items]
    if [(r.prompt_id, r.sample) for r in rows] != wanted[: len(rows)]:
        what = "these are not the answers to the arm's prompts in their order"
        hint = "--again sets the arm aside and evaluates anew"
        raise DataError(what, where=folder.responses_file, hint=hint)
    whole = len(rows) if len(rows) == len(items) else len(rows) - len(rows) % width
    if whole < len(rows):
        store.write_atomic(folder.responses_file, rows[:whole])
    return rows[:whole]


def _append(folder: ArmDir, wave: Sequence[Response]) -> None:
    with store.Appender(folder.responses_file) as file:
        for response in wave:
            file.append(response)


def _wave(job: Job, asker: Asker, before: int, listen: Listen) -> list[Response]:
    """Answer the next wave; `before` is how many answers there are before it."""
    total = len(job.items)
    items = job.items[before : before + job.responder.width]
    seeds = [derive_seed(job.recipe.seed, prompt.id, sample) for prompt, sample in items]
    asked = [asker.ask(prompt) for prompt, _ in items]
    pairs = zip(asked, seeds, strict=True)
    requests = [ChatRequest(one.messages, job.recipe.sampling, seed) for one, seed in pairs]
    began = time.monotonic()
    completions = job.responder.respond(requests, lambda n: listen(job.name, before + n, total))
    # The time of a wave is shared out by tokens: its answers were written side by side.
    per_token = (time.monotonic() - began) / max(1, sum(one.tokens for one in completions))
    every = zip(items, asked, seeds, completions, strict=True)
    return [_response(*one, seconds=round(one[3].tokens * per_token, 3)) for one in every]


def _response(
    item: Item, asked: Asked, seed: int, completion: Completion, seconds: float
) -> Response:
    prompt, sample = item
    return Response(
        prompt_id=prompt.id,
        sample=sample,
        response=completion.text,
        tokens=completion.tokens,
        finished=completion.finished,
        seed=seed,
        seconds=seconds,
        sources=asked.sources,
        budget_tokens=asked.budget,
    )
