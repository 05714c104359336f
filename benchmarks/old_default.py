"""The profile "default" as it was before issue 20, kept to compare it with the new one's readings.

By its own rules, frozen: a constant answer had 3.26 of 5, a soup of keywords 3.98. Nothing of the
toolkit uses it.
"""

from collections.abc import Sequence

from curator.evaluation import metrics, seed
from curator.evaluation.prompts import EvalPrompt
from curator.text.markdown import blocks

WEIGHTS = {"french": 0.20, "code": 0.15, "topics": 0.35, "length": 0.15, "rust": 0.15}


def composite(prompt: EvalPrompt, answer: str, passed: Sequence[bool]) -> float:
    """Return the old score, 0..5; `passed` tells which checked blocks do as said."""
    text = answer[: metrics.READ]
    measured: dict[str, float | None] = {
        "french": metrics.french(text) or 0.0,
        "rust": seed.share(passed),
        "code": float(any(block.is_rust for block in blocks(text))),
        "topics": seed.topics(answer, prompt.topics),
        "length": seed.length(answer),
    }
    return seed.weighted(measured, WEIGHTS)
