"""Which prompts leaked into a training set: their answers no longer show what a model can do."""

from collections.abc import Iterable, Sequence

from curator.base.notice import Notice
from curator.evaluation.prompts import EvalPrompt
from curator.filters.leakage import NGRAM, Hit, Leakage, LeakageSettings, Prompt


def leaked(
    prompts: Sequence[EvalPrompt],
    rows: Iterable[tuple[str, str]],
    settings: LeakageSettings | None = None,
) -> dict[str, Notice]:
    """Find the prompts that some (question, answer) would teach, by id, with the first reason.

    The measure and its bounds are those of the filter that keeps them out (filters/leakage.py),
    so that a prompt that was added after the training is found.
    """
    known = [Prompt(id=p.id, prompt=p.prompt, reference=p.reference) for p in prompts]
    leakage = Leakage(known, settings or LeakageSettings())
    first: dict[str, Notice] = {}
    for number, (question, answer) in enumerate(rows, 1):
        for hit in leakage.hits(question, answer):
            first.setdefault(hit.prompt, _leak(number, hit))
    return {p.id: first[p.id] for p in prompts if p.id in first}


def _leak(row: int, hit: Hit) -> Notice:
    """How a row teaches a prompt, or its reference, as `text` says."""
    text, prompt, place = hit.role, hit.prompt, hit.place
    if hit.reason == "resembles_prompt":
        return Notice(
            "leaked_likeness",
            {"row": row, "text": text, "prompt": prompt, "similarity": hit.score},
        )
    if hit.reason == "contains_prompt":
        return Notice("leaked_whole", {"row": row, "place": place, "text": text, "prompt": prompt})
    return Notice(
        "leaked_ngrams",
        {
            "row": row,
            "place": place,
            "text": text,
            "prompt": prompt,
            "share": hit.score,
            "length": NGRAM,
        },
    )
