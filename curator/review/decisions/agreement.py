"""Krippendorff's alpha per question, over the examples that several people answered.

Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), by the package krippendorff:
nominal for decision and topic, ordinal for ratings and difficulty. Alpha is 1 for full agreement,
0 for what chance gives, and has no value where all answers are the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from curator.records.example import Review
from curator.records.taxonomy import Difficulty
from curator.review.decisions.log import latest
from curator.review.decisions.rubric import RATINGS, rubric

Level = Literal["nominal", "ordinal"]


@dataclass(frozen=True)
class Agreement:
    """Alpha of one question (None where it has no value), and over how many examples."""

    question: str
    level: Level
    alpha: float | None
    units: int


def alpha(
    units: Sequence[Mapping[str, str | int]], level: Level, order: Sequence[str | int] = ()
) -> float | None:
    """Compute Krippendorff's alpha of some units, each of which maps raters to what they said.

    `order` are the values from low to high, for the ordinal level. None where no unit has two
    answers or all answers are the same.
    """
    import krippendorff
    import numpy as np

    pairable = [u for u in units if len(u) > 1]
    values = {value for unit in pairable for value in unit.values()}
    if len(values) < 2:
        return None
    domain = [v for v in order if v in values] if order else sorted(values, key=str)
    raters = sorted({name for unit in pairable for name in unit})
    table = np.full((len(raters), len(pairable)), np.nan)
    for column, unit in enumerate(pairable):
        for name, value in unit.items():
            table[raters.index(name), column] = domain.index(value)
    result = krippendorff.alpha(
        reliability_data=table, level_of_measurement=level, value_domain=list(range(len(domain)))
    )
    return round(float(result), 4)


def _answers(review: Review) -> dict[str, str | int]:
    answers: dict[str, str | int] = {"decision": review.decision.value, **review.ratings}
    if review.topic:
        answers["topic"] = review.topic
    if review.difficulty:
        answers["difficulty"] = review.difficulty.value
    return answers


def agreement(reviews: Sequence[Review]) -> list[Agreement]:
    """Measure the agreement of first reviews on each question; adjudications do not count."""
    current = [r for r in latest(reviews).values() if not (r.withdrawn or r.adjudication)]
    questions: dict[str, tuple[Level, Sequence[str | int]]] = {"decision": ("nominal", ())}
    questions |= dict.fromkeys(rubric().criteria, ("ordinal", RATINGS))
    questions["topic"] = ("nominal", ())
    questions["difficulty"] = ("ordinal", [d.value for d in Difficulty])
    measured = []
    for question, (level, order) in questions.items():
        units: dict[str, dict[str, str | int]] = {}
        for review in current:
            if (value := _answers(review).get(question)) is not None:
                units.setdefault(review.example, {})[review.annotator] = value
        shared = [u for u in units.values() if len(u) > 1]
        measured.append(Agreement(question, level, alpha(shared, level, order), len(shared)))
    return measured
