"""Which prompts leaked into a training set: their answers no longer show what a model can do."""

from collections.abc import Iterable, Sequence

from curator.evaluation.prompts import EvalPrompt
from curator.filters.leakage import Leakage, LeakageSettings, Prompt


def leaked(
    prompts: Sequence[EvalPrompt],
    rows: Iterable[tuple[str, str]],
    settings: LeakageSettings | None = None,
) -> dict[str, str]:
    """Prompts that some (question, answer) would teach, by id, each with the first reason.

    The measure and its bounds are those of the filter that keeps them out (filters/leakage.py),
    so that a prompt that was added after the training is found.
    """
    known = [Prompt(id=p.id, prompt=p.prompt, reference=p.reference) for p in prompts]
    leakage = Leakage(known, settings or LeakageSettings())
    found: dict[str, str] = {}
    for number, (question, answer) in enumerate(rows, 1):
        for hit in leakage.hits(question, answer):
            found.setdefault(hit.prompt, f"row {number}: {hit.detail}")
    return {p.id: found[p.id] for p in prompts if p.id in found}
