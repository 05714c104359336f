"""Compare two arms: differences with intervals, or a refusal where they mean nothing.

The words "better" and "worse" are only for an interval without 0, wide enough for the number of
categories, where the sign test agrees. A metric by itself is not corrected for the
other metrics: name the one that decides before you look (pipelines/retrain.yaml does).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from curator.base import legacy
from curator.base.notice import Notice
from curator.evaluation import paired
from curator.evaluation.comparable import Incomparable, check
from curator.evaluation.metrics import LOWER_IS_BETTER
from curator.evaluation.records import Profile, Scored
from curator.evaluation.summary import PromptMeans, by_prompt, counted
from curator.records.example import Record, Sha256

ALL = "all"
LEAST = paired.least_decided(0.05)  # prompts, where no correction asks for more
MOST_NEEDED = 2000  # prompts
Word = Literal["better", "worse", "undecided"]
WITHOUT_DIRECTION = frozenset({"words"})  # neither more nor fewer is better


class Difference(Record):
    """One metric in one group: "all", or a category.

    `before` and `after` are means over the `n` prompts that both arms have the metric for; `low`
    and `high` bound their difference. `wins` are prompts on which `after` is better, which for
    repetition is lower. `needed` prompts would show a difference of this size four times in five;
    of fewer than `least` nothing can be concluded (paired.least_decided).
    """

    metric: str
    group: str
    n: int
    before: float
    after: float
    delta: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int
    p: float
    p_adjusted: float
    word: Annotated[Word, BeforeValidator(legacy.word)]
    needed: int | None = None
    least: int = LEAST  # what older lines of the ledger do not say

    @property
    def out_of_reach(self) -> bool:
        """Whether more prompts would be needed than anybody asks: the difference is no matter."""
        return self.needed is not None and self.needed > MOST_NEEDED

    @property
    def short(self) -> bool:
        """Whether the prompts are too few for any word, however they came out."""
        return self.n < self.least


class Comparison(Record):
    """Two arms, metric by metric. `left_out` are the prompts that do not count."""

    before: str
    after: str
    before_sha256: Sha256
    after_sha256: Sha256
    profile: Profile
    prompts: int
    left_out: tuple[str, ...]
    seed: int
    resamples: int
    confidence: float
    differences: tuple[Difference, ...]

    @property
    def least(self) -> int:
        """How many prompts it takes at least before anything can be concluded."""
        return paired.least_decided(1 - self.confidence)

    def find(self, metric: str, group: str = ALL) -> Difference | None:
        """Return the difference in one metric and group, if there is one."""
        matching = (d for d in self.differences if (d.metric, d.group) == (metric, group))
        return next(matching, None)

    def document(self) -> dict[str, Any]:
        """Return the comparison as one JSON document."""
        return self.model_dump(mode="json")


@dataclass(frozen=True)
class _Drawing:
    """How intervals are made. `alpha` is the chance of a false alarm that one of them may take."""

    seed: int
    resamples: int
    alpha: float

    def shared(self, count: int) -> "_Drawing":
        """Return the same for each of `count` intervals of a family (Bonferroni)."""
        return replace(self, alpha=self.alpha / max(1, count))


Pair = tuple[PromptMeans, PromptMeans]


def _word(delta: float, interval: tuple[float, float], agrees: bool, metric: str) -> Word:
    if not agrees or interval[0] <= 0 <= interval[1]:
        return "undecided"
    return "worse" if (delta < 0) != (metric in LOWER_IS_BETTER) else "better"


def _difference(
    metric: str, group: str, pairs: Sequence[Pair], drawing: _Drawing
) -> Difference | None:
    """Compare one metric over the pairs that have it on both sides; None without any."""
    values = [(a.metrics.get(metric), b.metrics.get(metric)) for a, b in pairs]
    known = [(a, b) for a, b in values if a is not None and b is not None]
    if not known:
        return None
    changes = [b - a for a, b in known]
    before, after = (sum(side) / len(known) for side in zip(*known, strict=True))
    low, high = paired.bootstrap(changes, 1 - drawing.alpha, drawing.seed, drawing.resamples)
    above, below, ties = paired.sides(changes)
    wins, losses = (below, above) if metric in LOWER_IS_BETTER else (above, below)
    p = paired.sign_test(above, below)
    agrees = p <= drawing.alpha and (above > below) == (sum(changes) > 0)
    return Difference(
        metric=metric,
        group=group,
        n=len(known),
        before=before,
        after=after,
        delta=after - before,
        low=low,
        high=high,
        wins=wins,
        losses=losses,
        ties=ties,
        p=p,
        p_adjusted=p,
        word=_word(after - before, (low, high), agrees, metric),
        needed=paired.needed(changes, drawing.alpha),
        least=paired.least_decided(drawing.alpha),
    )


def _by_category(metric: str, pairs: Sequence[Pair], drawing: _Drawing) -> list[Difference]:
    """Compare a metric in each category that has it, corrected for their being several."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        if all(side.metrics.get(metric) is not None for side in pair):
            groups.setdefault(pair[0].category, []).append(pair)
    shared = drawing.shared(len(groups))
    every = (_difference(metric, name, own, shared) for name, own in sorted(groups.items()))
    differences = [one for one in every if one]
    corrected = paired.holm([one.p for one in differences])
    both = zip(differences, corrected, strict=True)
    return [one.model_copy(update={"p_adjusted": p}) for one, p in both]


def _differences(pairs: Sequence[Pair], drawing: _Drawing) -> list[Difference]:
    names = dict.fromkeys(name for pair in pairs for name in pair[0].metrics)
    differences: list[Difference] = []
    for metric in (n for n in names if n not in WITHOUT_DIRECTION):
        whole = _difference(metric, ALL, pairs, drawing)
        differences += [whole, *_by_category(metric, pairs, drawing)] if whole else []
    return differences


def compare(
    before: Scored,
    after: Scored,
    *,
    leave_out: Collection[str] = (),
    seed: int = 0,
    resamples: int = 10_000,
    confidence: float = 0.95,
) -> Comparison:
    """Compare two arms by metric, over all prompts and by category.

    Samples are averaged first, so that a prompt counts once. Raises Incomparable where the two are
    the same thing, or were not asked and judged alike, or where no prompt is left.
    """
    check(before, after)
    one, other = (by_prompt(counted(side, leave_out)) for side in (before, after))
    if not one:
        raise Incomparable(Notice("no_prompt_left"), before.arm, after.arm)
    pairs = [(one[name], other[name]) for name in one]
    drawing = _Drawing(seed, resamples, 1 - confidence)
    return Comparison(
        before=before.arm.name,
        after=after.arm.name,
        before_sha256=before.responses_sha256,
        after_sha256=after.responses_sha256,
        profile=before.profile,
        prompts=len(pairs),
        left_out=tuple(sorted({s.prompt_id for s in before.scores} & set(leave_out))),
        seed=seed,
        resamples=resamples,
        confidence=confidence,
        differences=tuple(_differences(pairs, drawing)),
    )
