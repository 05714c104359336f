"""Which prompts leaked into a training set: their answers no longer show what a model can do."""

from collections.abc import Iterable, Sequence

from curator.base.notice import Notice
from curator.evaluation.prompts import EvalPrompt
from curator.filters.leakage import NGRAM, LeakageSettings, LeakDetector, Match, Prompt


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
    detector = LeakDetector(known, settings or LeakageSettings())
    first: dict[str, Notice] = {}
    for number, (question, answer) in enumerate(rows, 1):
        for match in detector.leaks(question, answer):
            first.setdefault(match.prompt, _leak(number, match))
    return {p.id: first[p.id] for p in prompts if p.id in first}


def _leak(row: int, match: Match) -> Notice:
    """Describe how a row teaches a prompt, or its reference, as `text` says."""
    text, prompt, place = match.role, match.prompt, match.place
    if match.reason == "resembles_prompt":
        return Notice(
            "leaked_likeness",
            {"row": row, "text": text, "prompt": prompt, "similarity": match.score},
        )
    if match.reason == "contains_prompt":
        return Notice("leaked_whole", {"row": row, "place": place, "text": text, "prompt": prompt})
    return Notice(
        "leaked_ngrams",
        {
            "row": row,
            "place": place,
            "text": text,
            "prompt": prompt,
            "share": match.score,
            "length": NGRAM,
        },
    )
