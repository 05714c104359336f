"""The result of an evaluation: scores, leaks, comparisons, and notices about arms."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.base.notice import Notice
    from curator.evaluation.arms import ArmNotice
    from curator.evaluation.compare import Comparison
    from curator.evaluation.records import Scored
    from curator.evaluation.summary import Summary

_NOTICES = ("skipped", "refused", "twins", "stale")


@dataclass
class EvaluationResult:
    """The scores of some arms, and what the commands and the API tell of them.

    `leaked` maps each arm to the prompts that leaked into its training, with how; `skipped` are
    arms that could not be evaluated, `refused` pairs that are not compared, `twins` arms that are
    one thing, `stale` arms whose inputs changed. `floors` are answers that are worth nothing, to
    the same prompts.
    """

    scored: list["Scored"]
    floors: Sequence["Scored"] = ()
    leaked: dict[str, dict[str, "Notice"]] = field(default_factory=dict)
    skipped: Sequence["ArmNotice"] = ()
    comparisons: Sequence["Comparison"] = ()
    refused: Sequence["ArmNotice"] = ()
    twins: Sequence["ArmNotice"] = ()
    stale: Sequence["ArmNotice"] = ()

    @property
    def leave_out(self) -> dict[str, "Notice"]:
        """The prompts that leaked into the training of any arm."""
        return {prompt: why for leaks in self.leaked.values() for prompt, why in leaks.items()}

    def summaries(self) -> list["Summary"]:
        """Average the scores of each arm, without what leaked into any."""
        from curator.evaluation.summary import summarise

        return [summarise(one, self.leave_out) for one in self.scored]

    def floor_summaries(self) -> list["Summary"]:
        """Average the scores of each floor."""
        from curator.evaluation.summary import summarise

        return [summarise(one, self.leave_out) for one in self.floors]

    def best(self) -> "Comparison | None":
        """Compare the two best arms; None where there are no two that can be compared."""
        from curator.evaluation.best import best_two

        return best_two(self.scored, self.leave_out)

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "arms": [
                {"arm": one.arm.model_dump(mode="json"), "summary": summary.document()}
                for one, summary in zip(self.scored, self.summaries(), strict=True)
            ],
            "best": best.document() if (best := self.best()) else None,
            "floors": [summary.document() for summary in self.floor_summaries()],
            "leaked": {
                arm: {prompt: asdict(why) for prompt, why in leaks.items()}
                for arm, leaks in self.leaked.items()
            },
            "comparisons": [c.document() for c in self.comparisons],
            **{name: [one.document() for one in getattr(self, name)] for name in _NOTICES},
        }
