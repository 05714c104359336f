"""Tell two arms of an evaluation apart: their scores, with intervals, and their answers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from curator.evaluation.compare import Comparison
from curator.evaluation.records import Response, Score
from curator.report.data.evaluation import Pair, Side

METRIC = "composite"
Key = tuple[str, int]  # a prompt's id, and the number of the sample


class AnswerChange(NamedTuple):
    """Two answers to one prompt, with their composite scores where they have any."""

    before: Response
    after: Response
    scores: tuple[float | None, float | None]

    @property
    def word(self) -> str:
        """better, worse, same, or unscored; of one answer this is no verdict on the arms."""
        one, other = self.scores
        if one is None or other is None:
            return "unscored"
        return "same" if one == other else "better" if other > one else "worse"


@dataclass(frozen=True)
class ArmDifference:
    """Two arms: `pairs` compare them by profile, or say why that is refused.

    `came` and `went` are answers to prompts that the other arm has none for; `same` counts the
    answers that are the same texts.
    """

    before: Side
    after: Side
    pairs: Sequence[Pair]
    came: Sequence[Response]
    went: Sequence[Response]
    changed: Sequence[AnswerChange]
    same: int

    @property
    def comparisons(self) -> list[Comparison]:
        """The comparisons that are not refused."""
        return [p.comparison for p in self.pairs if p.comparison]

    def document(self) -> dict[str, Any]:
        """Return the difference as one JSON document."""
        return {
            "kind": "arms",
            "before": self.before.name,
            "after": self.after.name,
            "same": self.same,
            "came": [_brief(r) for r in self.came],
            "went": [_brief(r) for r in self.went],
            "changed": [
                {**_brief(c.after), "word": c.word, METRIC: list(c.scores)} for c in self.changed
            ],
            "comparisons": [c.document() for c in self.comparisons],
            "refused": [asdict(p.refused) for p in self.pairs if p.refused],
        }


def _brief(response: Response) -> dict[str, Any]:
    return {"prompt": response.prompt_id, "sample": response.sample}


def arm_difference(before: Side, after: Side, pairs: Sequence[Pair]) -> ArmDifference:
    """Put two arms side by side, answer by answer."""
    one, other = ({_key(r): r for r in side.responses} for side in (before, after))
    old, new = scores_of(before), scores_of(after)
    both = [key for key in one if key in other]
    changed = [
        AnswerChange(one[k], other[k], (_composite(old, k), _composite(new, k)))
        for k in both
        if one[k].response != other[k].response
    ]
    return ArmDifference(
        before=before,
        after=after,
        pairs=pairs,
        came=[r for k, r in other.items() if k not in one],
        went=[r for k, r in one.items() if k not in other],
        changed=sorted(changed, key=_worst_first),
        same=len(both) - len(changed),
    )


def scores_of(side: Side) -> dict[Key, Score]:
    """Map an arm's answers to their scores, under the default profile where there is one."""
    profile = "default" if "default" in side.scored else next(iter(side.scored), None)
    scored = side.scored[profile].scores if profile else ()
    return {(s.prompt_id, s.sample): s for s in scored}


def _key(response: Response) -> Key:
    return response.prompt_id, response.sample


def _composite(scores: dict[Key, Score], key: Key) -> float | None:
    return scores[key].metrics.get(METRIC) if key in scores else None


def _worst_first(change: AnswerChange) -> float:
    one, other = change.scores
    return 0.0 if one is None or other is None else other - one
