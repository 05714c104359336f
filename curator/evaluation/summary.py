"""Average scores: each prompt over its samples, then the prompts, by group."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from curator.evaluation.pass_at import PassAt, passes
from curator.evaluation.records import Profile, Score, Scored
from curator.records.example import Record

Means = dict[str, float | None]


class PromptMeans(Record):
    """One prompt's means: of each metric, over the samples that have it."""

    category: str
    topic: str | None
    difficulty: str | None
    samples: int
    metrics: Mapping[str, float | None]


class Group(Record):
    """The prompts of a group: each metric's mean over those that have it, and how many have it."""

    prompts: int
    answers: int
    metrics: Mapping[str, float | None]
    measured: Mapping[str, int]


class Compilation(Record):
    """The Rust blocks of all answers. `with_code` counts the answers that have a checked block.

    `rate` is the share of all blocks that pass, in 0..1, where the metric is a mean over answers;
    `reasons` are those of the failed blocks, the most frequent first.
    """

    answers: int
    with_code: int
    blocks: int
    compiled: int
    failed: int
    rate: float | None
    reasons: Mapping[str, int]


class Summary(Record):
    """The means of an arm. Topics and difficulties are given where prompts name them.

    `passes` are pass@k of the prompts that have a check.
    """

    arm: str
    profile: Profile
    left_out: tuple[str, ...]
    overall: Group
    category: Mapping[str, Group]
    topic: Mapping[str, Group]
    difficulty: Mapping[str, Group]
    compilation: Compilation
    passes: tuple[PassAt, ...] = ()

    @property
    def prompts(self) -> int:
        """The number of prompts that count."""
        return self.overall.prompts

    @property
    def answers(self) -> int:
        """The number of answers that count."""
        return self.overall.answers

    def document(self) -> dict[str, Any]:
        """Return the summary as one JSON document."""
        return self.model_dump(mode="json")


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are not None; None without any."""
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _means(rows: Sequence[Mapping[str, float | None]]) -> Means:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: mean(row.get(name) for row in rows) for name in names}


def counted(scored: Scored, leave_out: Collection[str]) -> list[Score]:
    """Return the scores of the prompts that are not left out."""
    return [score for score in scored.scores if score.prompt_id not in leave_out]


def by_prompt(scores: Iterable[Score]) -> dict[str, PromptMeans]:
    """Average each prompt over its samples, in the order of the scores."""
    samples: dict[str, list[Score]] = {}
    for score in scores:
        samples.setdefault(score.prompt_id, []).append(score)
    return {name: _of_prompt(own) for name, own in samples.items()}


def _of_prompt(samples: Sequence[Score]) -> PromptMeans:
    first = samples[0]
    return PromptMeans(
        category=first.category,
        topic=first.topic,
        difficulty=first.difficulty,
        samples=len(samples),
        metrics=_means([s.metrics for s in samples]),
    )


def _group(prompts: Sequence[PromptMeans]) -> Group:
    metrics = _means([p.metrics for p in prompts])
    return Group(
        prompts=len(prompts),
        answers=sum(p.samples for p in prompts),
        metrics=metrics,
        measured={n: sum(p.metrics.get(n) is not None for p in prompts) for n in metrics},
    )


def _groups(prompts: Sequence[PromptMeans], axis: str) -> dict[str, Group]:
    names = sorted({str(name) for p in prompts if (name := getattr(p, axis)) is not None})
    return {n: _group([p for p in prompts if getattr(p, axis) == n]) for n in names}


def compilation(scores: Sequence[Score]) -> Compilation:
    """Count the Rust blocks of answers, and why those that fail do."""
    blocks = [block for score in scores for block in score.blocks]
    reasons = Counter(block.reason for block in blocks if not block.passed)
    return Compilation(
        answers=len(scores),
        with_code=sum(bool(score.blocks) for score in scores),
        blocks=len(blocks),
        compiled=len(blocks) - reasons.total(),
        failed=reasons.total(),
        rate=mean(float(block.passed) for block in blocks),
        reasons=dict(reasons.most_common()),
    )


def summarise(scored: Scored, leave_out: Collection[str] = ()) -> Summary:
    """Average all metrics over the prompts that are not left out, and by group."""
    scores = counted(scored, leave_out)
    prompts = list(by_prompt(scores).values())
    return Summary(
        arm=scored.arm.name,
        profile=scored.profile,
        left_out=tuple(sorted({s.prompt_id for s in scored.scores} & set(leave_out))),
        overall=_group(prompts),
        category=_groups(prompts, "category"),
        topic=_groups(prompts, "topic"),
        difficulty=_groups(prompts, "difficulty"),
        compilation=compilation(scores),
        passes=passes(scores),
    )
