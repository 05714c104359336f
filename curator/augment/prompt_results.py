"""What two sets of prompts came to on the same slots and seeds, and whether they differ."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from curator.evaluation.paired import sign_test
from curator.generate.funnel import Funnel, fate, funnel_of
from curator.generate.yields import YieldCount, Yields, tokens_document
from curator.records.example import Example, ModelRef


@dataclass(frozen=True)
class SetResult:
    """The judged candidates of one set of prompts, by index; `texts_sha256` is of all its texts."""

    name: str
    texts_sha256: str
    judged: Sequence[Example]

    @cached_property
    def yields(self) -> Yields:
        """What each strategy brought."""
        yields = Yields()
        yields.learn(self.judged)
        return yields

    @cached_property
    def funnel(self) -> Funnel:
        """The stages of the strategies that have several."""
        return funnel_of(self.judged)

    @property
    def total(self) -> YieldCount:
        """What all strategies brought together."""
        total = YieldCount()
        for count in self.yields.whole.values():
            total.add(count.tried, count.accepted, count.tokens)
        return total

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """The reasons of candidates that fell, with their counts, the most frequent first."""
        fates = Counter(reason for one in self.judged if (reason := fate(one)))
        return sorted(fates.items(), key=lambda item: (-item[1], item[0]))

    def document(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        total = self.total
        return {
            "name": self.name,
            "texts_sha256": self.texts_sha256,
            "candidates": total.tried,
            "accepted": total.accepted,
            "tokens": total.tokens,
            "tokens_per_accepted": total.per_accepted,
            "yields": self.yields.document(),
            "tokens_by_topic": tokens_document(self.yields),
            "stages": self.funnel.document(),
            "reasons": dict(self.reasons),
        }


class Pairs(NamedTuple):
    """How many slots both sets filled, one of them alone, or neither; `p` of the sign test."""

    both: int
    only_a: int
    only_b: int
    neither: int
    same_text: int
    p: float


@dataclass(frozen=True)
class PromptComparison:
    """Two results on the same slots and seeds.

    `differ` names the prompts whose texts differ; `left_out` maps strategies of the recipe that
    were not compared to why. `wanted` candidates were asked for; there are fewer where nothing
    more could be planned.
    """

    recipe: str
    model: ModelRef
    seed: int
    wanted: int
    differ: Sequence[str]
    left_out: dict[str, str]
    a: SetResult
    b: SetResult

    @property
    def pairs(self) -> Pairs:
        """Compare the candidates slot by slot."""
        seen = Counter((not one.rejection, not other.rejection) for one, other in self._both())
        only_a, only_b = seen[True, False], seen[False, True]
        same = sum(one.id == other.id for one, other in self._both())
        p = sign_test(only_a, only_b)
        return Pairs(seen[True, True], only_a, only_b, seen[False, False], same, p)

    def document(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "recipe": self.recipe,
            "model": self.model.model_dump(mode="json"),
            "seed": self.seed,
            "wanted": self.wanted,
            "differ": list(self.differ),
            "left_out": self.left_out,
            "a": self.a.document(),
            "b": self.b.document(),
            "pairs": self.pairs._asdict(),
            "slots": [_slot_document(one, other) for one, other in self._both()],
        }

    def _both(self) -> Iterable[tuple[Example, Example]]:
        return zip(self.a.judged, self.b.judged, strict=True)


def _slot_document(one: Example, other: Example) -> dict[str, Any]:
    made = one.provenance
    return {
        "index": made.index,
        "strategy": made.strategy,
        **one.slot._asdict(),
        "seed": made.seed,
        "a": one.rejection is None,
        "b": other.rejection is None,
        "reason_a": fate(one),
        "reason_b": fate(other),
        "same_text": one.id == other.id,
    }
