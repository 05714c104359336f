"""Hold the score against readings: rank correlation of three scores with what readers gave.

    python benchmarks/score.py READINGS.jsonl PROMPTS.jsonl ARM=RESPONSES.jsonl...

READINGS has one object a line: arm, prompt_id, sample, reader, points (0 to 5), reason. RESPONSES
are an arm's answers (training/evaluations/<arm>/responses.jsonl). An answer's mark is the mean of
its readers' points. Given are Spearman's rank correlations of the score, of the seed document's and
of the earlier default with the marks, each with a 95 % interval in which prompts are drawn, and the
readers' own agreement. Nothing of an answer is compiled or run outside of the sandbox.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from old_default import composite as old_composite
from pydantic import BaseModel, ConfigDict, Field

from curator.base import store
from curator.base.clock import now
from curator.evaluation.judging import rust_judge
from curator.evaluation.prompts import EvalPrompt, read_prompts
from curator.evaluation.records import Arm, ModelIdentity, Response
from curator.evaluation.scoring import score

RESAMPLES = 5000
HELPED = 2.0  # points from which a part of the answer is of use to the learner
Key = tuple[str, str, int]  # arm, prompt, sample


class Reading(BaseModel):
    """What one reader gave one answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    arm: str
    prompt_id: str
    sample: int = 0
    reader: str
    points: float = Field(ge=0, le=5)
    reason: str = ""


class Table(NamedTuple):
    """A row an answer that was read: its prompt, its mark, its scores by name."""

    prompts: list[str]
    marks: np.ndarray
    scores: dict[str, np.ndarray]


def ranks(values: np.ndarray) -> np.ndarray:
    """Rank values from 1; equal ones share their mean rank."""
    order = np.argsort(values, kind="stable")
    ranked = np.empty(len(values))
    ranked[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        same = values == value
        ranked[same] = ranked[same].mean()
    return ranked


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Return the rank correlation; nan where one side is constant."""
    if len(set(one)) < 2 or len(set(other)) < 2:
        return float("nan")
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def area(values: np.ndarray, marks: np.ndarray) -> float:
    """Return the chance that an answer that helped has more than one that did not; ties half."""
    helped, others = values[marks >= HELPED], values[marks < HELPED]
    if not len(helped) or not len(others):
        return float("nan")
    pairs = helped[:, None] - others[None, :]
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def interval(table: Table, name: str) -> tuple[float, float]:
    """Draw prompts, each with all of its answers, and return the middle 95 % of correlations."""
    rows = defaultdict(list)
    for at, prompt in enumerate(table.prompts):
        rows[prompt].append(at)
    groups, draw = list(rows.values()), np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES):
        chosen = [at for g in draw.integers(0, len(groups), len(groups)) for at in groups[g]]
        found.append(spearman(table.scores[name][chosen], table.marks[chosen]))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def agreement(readings: Sequence[Reading]) -> float:
    """Return the mean rank correlation of two readers over the answers that both read."""
    by_reader: dict[str, dict[Key, float]] = defaultdict(dict)
    for one in readings:
        by_reader[one.reader][(one.arm, one.prompt_id, one.sample)] = one.points
    found = []
    for a, b in combinations(by_reader.values(), 2):
        both = sorted(a.keys() & b.keys())
        if len(both) > 2:
            found.append(spearman(np.array([a[k] for k in both]), np.array([b[k] for k in both])))
    return float(np.nanmean(found)) if found else float("nan")


def scores_of(
    arm: str, prompts: Sequence[EvalPrompt], responses: Sequence[Response]
) -> dict[str, dict[Key, float]]:
    """Score an arm's answers three ways: by name, then by answer."""
    judge = rust_judge(text for r in responses for text in (r.response,))
    named = Arm(
        name=arm,
        model=ModelIdentity(kind="recorded", name=arm, sha256="0" * 64),
        prompts_sha256="0" * 64,
        system_sha256="0" * 64,
        toolkit="0",
        created=now(),
    )
    known = {prompt.id: prompt for prompt in prompts}
    texts = {(r.prompt_id, r.sample): r.response for r in responses}
    found: dict[str, dict[Key, float]] = {"new": {}, "seed": {}, "old default": {}}
    for name, profile in (("new", "default"), ("seed", "seed")):
        for one in score(named, prompts, responses, profile, judge).scores:
            value = one.metrics["composite"] or 0.0
            found[name][(arm, one.prompt_id, one.sample)] = value
            if profile == "default":
                prompt, text = known[one.prompt_id], texts[(one.prompt_id, one.sample)]
                passed = [block.passed for block in one.blocks]
                key = (arm, one.prompt_id, one.sample)
                found["old default"][key] = old_composite(prompt, text, passed)
    return found


def table_of(readings: Sequence[Reading], scores: dict[str, dict[Key, float]]) -> Table:
    """Put marks and scores side by side; readings of answers that were not given are left out."""
    points: dict[Key, list[float]] = defaultdict(list)
    for one in readings:
        points[(one.arm, one.prompt_id, one.sample)].append(one.points)
    keys = [key for key in sorted(points) if all(key in each for each in scores.values())]
    if len(keys) < len(points):
        print(f"{len(points) - len(keys)} answers that were read are not in the files: left out")
    return Table(
        prompts=[key[1] for key in keys],
        marks=np.array([np.mean(points[key]) for key in keys]),
        scores={name: np.array([each[k] for k in keys]) for name, each in scores.items()},
    )


def main() -> None:
    """Print the correlations."""
    readings = list(store.read(Path(sys.argv[1]), Reading))
    prompts = read_prompts(Path(sys.argv[2]))
    scores: dict[str, dict[Key, float]] = {"new": {}, "seed": {}, "old default": {}}
    for given in sys.argv[3:]:
        arm, _, path = given.partition("=")
        responses = list(store.read(Path(path), Response))
        read = {one.prompt_id for one in readings if one.arm == arm}
        chosen = [one for one in responses if one.prompt_id in read]
        for name, each in scores_of(arm, prompts, chosen).items():
            scores[name] |= each
    table = table_of(readings, scores)
    readers = len({one.reader for one in readings})
    print(f"{len(table.marks)} answers to {len(set(table.prompts))} prompts, {readers} readers")
    print(
        f"mean mark {table.marks.mean():.2f}; readers' rank correlation {agreement(readings):.2f}"
    )
    for name, values in table.scores.items():
        low, high = interval(table, name)
        told = f"{spearman(values, table.marks):+.2f}  [{low:+.2f}, {high:+.2f}]"
        linear = np.corrcoef(values, table.marks)[0, 1]
        off = np.abs(values - table.marks).mean()
        print(
            f"{name:12} {told}  Pearson {linear:+.2f}  mean {values.mean():.2f}, off by {off:.2f};"
            f" tells marks of {HELPED} and more with an area of {area(values, table.marks):.2f}"
        )


if __name__ == "__main__":
    main()
