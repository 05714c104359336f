"""The contract of a filter, and what a run of several gives."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from curator.example import Example, Verdict


class Filter(Protocol):
    """Judges examples, and never changes one.

    `reasons` maps each reason code that the filter can give to what it means.
    """

    name: str
    reasons: ClassVar[dict[str, str]]

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """One verdict per example, in their order."""
        ...


@dataclass
class Outcome:
    """What a run of filters gives: total = accepted + rejected, whatever happened.

    `steps` are the funnel: filter, how many went in, how many were kept.
    """

    total: int
    accepted: list[Example] = field(default_factory=list)
    rejected: list[Example] = field(default_factory=list)
    steps: list[tuple[str, int, int]] = field(default_factory=list)

    def reasons(self) -> dict[str, int]:
        """How many were rejected for each "filter.reason", the most frequent first."""
        last = (e.rejection for e in self.rejected)
        counts = Counter(f"{v.filter}.{v.reason}" for v in last if v)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def document(self) -> dict[str, Any]:
        """The counts as one JSON document."""
        return {
            "total": self.total,
            "accepted": len(self.accepted),
            "rejected": len(self.rejected),
            "funnel": [
                {"filter": n, "in": i, "kept": k, "dropped": i - k} for n, i, k in self.steps
            ],
            "reasons": self.reasons(),
        }


def passing(name: str, score: float | None = None, detail: str = "") -> Verdict:
    """The verdict of filter `name` on an example that passes."""
    return Verdict(filter=name, passed=True, score=score, detail=detail)


def failing(name: str, reason: str, detail: str, score: float | None = None) -> Verdict:
    """The verdict of filter `name` on an example that does not pass."""
    return Verdict(filter=name, passed=False, reason=reason, score=score, detail=detail)
