"""Count duels between two arms: a prompt is one unit, however many people chose on it.

Each choice gives the second arm +1, -1, or 0 for both and for neither. The mean of a prompt is
taken over its choices, and that of the arm over prompts; its interval resamples prompts, like every
other comparison (paired.bootstrap), and of fewer prompts than could decide nothing is said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from curator.evaluation import paired
from curator.evaluation.duels.record import ArmKey, Chosen, Duel, counting
from curator.review.decisions.agreement import alpha

Word = Literal["better", "worse", "undecided"]
ALL = "all"
RESAMPLES = 10_000
ALPHA = 0.05


@dataclass(frozen=True)
class Wins:
    """How the second arm did against the first, in one topic or in `all`.

    `share` is its share of wins, a tie counting half, with an interval of 95 % together for all
    topics; `wins`, `losses`, `both` and `neither` count choices, `prompts` and `choices` what they
    rest on. `word` is what the interval says: better, worse, or undecided.
    """

    group: str
    prompts: int
    choices: int
    wins: int
    losses: int
    both: int
    neither: int
    share: float
    low: float
    high: float
    word: Word


@dataclass(frozen=True)
class Judge:
    """One person's choices, and how many of those that took a side took the left one."""

    name: str
    choices: int
    sided: int
    left: int


@dataclass(frozen=True)
class DuelOutcome:
    """What people made of two arms. `alpha` is Krippendorff's over the duels of several people."""

    before: str
    after: str
    duels: int
    wins: list[Wins]
    judges: list[Judge]
    alpha: float | None
    shared: int

    @property
    def whole(self) -> Wins | None:
        """The result over all topics; None where nobody chose."""
        return next((w for w in self.wins if w.group == ALL), None)

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return asdict(self)


Signed = tuple[Duel, Chosen, float]


def _signed(duel: Duel, chosen: Chosen, after: ArmKey) -> float:
    if chosen.choice in ("both", "neither"):
        return 0.0
    return 1.0 if chosen.choice == duel.side_of(after) else -1.0


def _wins(group: str, signed: Sequence[Signed], groups: int) -> Wins:
    prompts: dict[str, list[float]] = {}
    for duel, _, value in signed:
        prompts.setdefault(duel.prompt_id, []).append(value)
    means = [sum(values) / len(values) for values in prompts.values()]
    level = ALPHA / groups  # shared among the intervals of a family (Bonferroni)
    low, high = paired.bootstrap(means, 1 - level, 0, RESAMPLES)
    above, below, _ = paired.sides(means)
    mean = sum(means) / len(means)
    decided = above + below >= paired.least_decided(level) and not low <= 0 <= high
    word: Word = "undecided" if not decided else "better" if mean > 0 else "worse"
    counts = Counter(c.choice for _, c, _ in signed)
    return Wins(
        group=group,
        prompts=len(means),
        choices=len(signed),
        wins=sum(value > 0 for *_, value in signed),
        losses=sum(value < 0 for *_, value in signed),
        both=counts["both"],
        neither=counts["neither"],
        share=_share(mean),
        low=max(0.0, _share(low)),
        high=min(1.0, _share(high)),
        word=word,
    )


def _share(mean: float) -> float:
    return round((mean + 1) / 2, 4)


def _judges(signed: Iterable[Signed]) -> list[Judge]:
    by_name: dict[str, list[str]] = {}
    for _, chosen, _ in signed:
        by_name.setdefault(chosen.annotator, []).append(chosen.choice)
    return [
        Judge(n, len(made), sum(c in ("left", "right") for c in made), made.count("left"))
        for n, made in sorted(by_name.items())
    ]


def _alpha(signed: Iterable[Signed]) -> tuple[float | None, int]:
    """Measure how far people agree on the arm, or on both or neither, not on the side."""
    units: dict[str, dict[str, str | int]] = {}
    for duel, chosen, value in signed:
        said = chosen.choice if not value else "after" if value > 0 else "before"
        units.setdefault(duel.id, {})[chosen.annotator] = said
    shared = [u for u in units.values() if len(u) > 1]
    return alpha(shared, "nominal"), len(shared)


def outcome(
    duels: Iterable[Duel], versions: Sequence[Chosen], before: ArmKey, after: ArmKey
) -> DuelOutcome:
    """Count what people chose between two arms."""
    between = {d.id: d for d in duels if {s.key for s in d.sides} == {before, after}}
    made = [c for c in counting(versions) if c.duel in between]
    signed = [(between[c.duel], c, _signed(between[c.duel], c, after)) for c in made]
    topics: dict[str, list[Signed]] = {}
    for one in signed:
        topics.setdefault(one[0].topic or one[0].category, []).append(one)
    wins = [_wins(ALL, signed, 1)] if signed else []
    wins += [_wins(name, some, len(topics)) for name, some in sorted(topics.items())]
    agreed, shared = _alpha(signed)
    return DuelOutcome(before[0], after[0], len(between), wins, _judges(signed), agreed, shared)


def nameless(found: DuelOutcome) -> DuelOutcome:
    """Return an outcome that numbers its judges, for what is published."""
    most = sorted(found.judges, key=lambda j: (-j.choices, j.name))
    judges = [replace(judge, name=str(number)) for number, judge in enumerate(most, 1)]
    return replace(found, judges=judges)


def outcomes(duels: Mapping[str, Duel], versions: Sequence[Chosen]) -> list[DuelOutcome]:
    """Count every pair of arms that met, in the order in which they first did."""
    pairs: dict[frozenset[ArmKey], tuple[ArmKey, ArmKey]] = {}
    for duel in duels.values():
        one, other = sorted(side.key for side in duel.sides)
        pairs.setdefault(frozenset((one, other)), (one, other))
    return [outcome(duels.values(), versions, *pair) for pair in pairs.values()]
