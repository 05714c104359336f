"""Count what became of candidates at each stage of their making, and what each stage cost.

The last stage of a candidate that was made in stages is `filters`: those that a stage ended before
have no question, and never reach it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from curator.records.example import Example

FILTERS = "filters"


@dataclass
class StageCount:
    """Candidates that reached a stage and that it kept, the model's tokens, why it kept none."""

    reached: int = 0
    kept: int = 0
    tokens: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, kept: bool, tokens: int, reason: str) -> None:
        """Count one candidate."""
        self.reached += 1
        self.kept += kept
        self.tokens += tokens
        if not kept:
            self.reasons[reason] += 1

    def most_frequent(self) -> tuple[str, int]:
        """Return the most frequent reason with its count; ("", 0) where there is none."""
        return min(self.reasons.items(), key=lambda one: (-one[1], one[0]), default=("", 0))

    def document(self) -> dict[str, Any]:
        """Return the counts as a JSON object, the most frequent reason first."""
        ordered = sorted(self.reasons.items(), key=lambda one: (-one[1], one[0]))
        counts = {"reached": self.reached, "kept": self.kept, "tokens": self.tokens}
        return {**counts, "reasons": dict(ordered)}


class StageRow(NamedTuple):
    """One stage of one strategy, with its counts."""

    strategy: str
    stage: str
    counts: StageCount


class Funnel:
    """The counts of every stage of the strategies that have several, in the stages' order."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, StageCount]] = {}

    def learn(self, candidates: Iterable[Example]) -> None:
        """Count candidates, judged or not; those of other strategies are passed over."""
        for example in candidates:
            for stage in example.provenance.stages or ():
                count = self._count(example.provenance.strategy or "", stage.name)
                count.add(stage.kept, stage.tokens, stage.reason)
            if example.provenance.stages and example.verdicts and example.question.strip():
                fault = example.rejection
                reason = f"{fault.filter}.{fault.reason}" if fault else ""
                self._count(example.provenance.strategy or "", FILTERS).add(not fault, 0, reason)

    def recall(self, document: Mapping[str, Any]) -> None:
        """Add the counts in the manifest of a batch; see `document`."""
        for strategy, stages in document.items():
            for name in sorted(stages, key=lambda name: stages[name]["place"]):
                read, count = stages[name], self._count(strategy, name)
                count.reached += read["reached"]
                count.kept += read["kept"]
                count.tokens += read["tokens"]
                count.reasons.update(read["reasons"])

    def rows(self) -> list[StageRow]:
        """List the stages, strategy by strategy, that of the filters last."""
        return [
            StageRow(strategy, name, stages[name])
            for strategy, stages in sorted(self._counts.items())
            for name in sorted(stages, key=lambda name: name == FILTERS)
        ]

    def document(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return strategy -> stage -> counts, with the `place` of the stage among the others."""
        written: dict[str, dict[str, dict[str, Any]]] = {}
        for strategy, stage, counts in self.rows():
            stages = written.setdefault(strategy, {})
            stages[stage] = {"place": len(stages), **counts.document()}
        return written

    def _count(self, strategy: str, stage: str) -> StageCount:
        return self._counts.setdefault(strategy, {}).setdefault(stage, StageCount())


def fate(judged: Example) -> str:
    """Return why a candidate fell, as "stage.reason" or "filter.reason"; "" where it did not.

    One that a stage ended has the reason of the stage: the filters see an empty example.
    """
    stages, fault = judged.provenance.stages, judged.rejection
    if fault and stages and not stages[-1].kept and not judged.question.strip():
        return f"{stages[-1].name}.{stages[-1].reason}"
    return f"{fault.filter}.{fault.reason}" if fault else ""


def funnel_of(candidates: Iterable[Example]) -> Funnel:
    """Count the stages of candidates."""
    funnel = Funnel()
    funnel.learn(candidates)
    return funnel
