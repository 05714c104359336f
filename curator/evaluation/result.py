"""What `curator evaluate` found: scores, leaks, comparisons, and what is to be said of arms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.evaluation.arms import Told
    from curator.evaluation.compare import Comparison
    from curator.evaluation.records import Scored
    from curator.evaluation.summary import Summary

_TOLD = ("skipped", "refused", "twins", "stale")


@dataclass
class EvaluationResult:
    """Scores of each arm, comparisons, and what is to be said of arms (`document` for all)."""

    scored: list["Scored"]
    leaked: dict[str, dict[str, str]] = field(default_factory=dict)
    skipped: Sequence["Told"] = ()
    comparisons: Sequence["Comparison"] = ()
    refused: Sequence["Told"] = ()
    twins: Sequence["Told"] = ()
    stale: Sequence["Told"] = ()

    @property
    def leave_out(self) -> dict[str, str]:
        """The prompts that leaked into the training of any arm."""
        return {prompt: why for found in self.leaked.values() for prompt, why in found.items()}

    def summaries(self) -> list["Summary"]:
        """The means of each arm, without what leaked into any."""
        from curator.evaluation.summary import summarise

        return [summarise(one, self.leave_out) for one in self.scored]

    def document(self) -> dict[str, Any]:
        """Everything as one JSON document."""
        return {
            "arms": [
                {"arm": one.arm.model_dump(mode="json"), "summary": summary.document()}
                for one, summary in zip(self.scored, self.summaries(), strict=True)
            ],
            "leaked": self.leaked,
            "comparisons": [c.document() for c in self.comparisons],
            **{n: [t._asdict() for t in getattr(self, n)] for n in _TOLD},
        }
