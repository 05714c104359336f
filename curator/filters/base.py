"""The contract of a filter, and what a run of several gives."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol

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


class Step(NamedTuple):
    """One filter of a run: how many examples came to it and were kept.

    `alone` is how many of all the examples it would keep by itself, where all were judged.
    """

    filter: str
    seen: int
    kept: int
    alone: int | None = None


@dataclass
class Outcome:
    """What a run of filters gives: total = accepted + rejected, whatever happened.

    `steps` are the funnel. A rejected example's reason is that of the first verdict against it.
    """

    total: int
    accepted: list[Example] = field(default_factory=list)
    rejected: list[Example] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def reasons(self) -> dict[str, int]:
        """How many were rejected for each "filter.reason", the most frequent first."""
        return _count(v for e in self.rejected if (v := e.rejection))

    def faults(self) -> dict[str, int]:
        """How many rejected examples have each fault that was looked for, decisive or not."""
        return _count(v for e in self.rejected for v in e.verdicts if not v.passed)

    def document(self) -> dict[str, Any]:
        """The counts as one JSON document."""
        return {
            "total": self.total,
            "accepted": len(self.accepted),
            "rejected": len(self.rejected),
            "funnel": [
                {"filter": s.filter, "in": s.seen, "kept": s.kept, "dropped": s.seen - s.kept}
                | ({} if s.alone is None else {"alone": s.alone})
                for s in self.steps
            ],
            "reasons": self.reasons(),
            "faults": self.faults(),
        }


def outcome_of(judged: Sequence[Example], filters: Sequence[str], every: bool) -> Outcome:
    """The outcome that the verdicts of examples tell; `filters` are the names, in their order.

    With `every`, each example met each filter, whatever an earlier one said.
    """
    outcome = Outcome(total=len(judged))
    outcome.accepted = [e for e in judged if e.rejection is None]
    outcome.rejected = [e for e in judged if e.rejection is not None]
    place = {name: i for i, name in enumerate(filters)}
    ends = [place[e.rejection.filter] if e.rejection else len(place) for e in judged]
    for name, i in place.items():
        seen, kept = (sum(end >= least for end in ends) for least in (i, i + 1))
        passed = sum(v.passed for e in judged for v in e.verdicts if v.filter == name)
        outcome.steps.append(Step(name, seen, kept, passed if every else None))
    return outcome


def _count(verdicts: Iterable[Verdict]) -> dict[str, int]:
    counts = Counter(f"{v.filter}.{v.reason}" for v in verdicts)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def passing(name: str, score: float | None = None, detail: str = "") -> Verdict:
    """The verdict of filter `name` on an example that passes."""
    return Verdict(filter=name, passed=True, score=score, detail=detail)


def failing(name: str, reason: str, detail: str, score: float | None = None) -> Verdict:
    """The verdict of filter `name` on an example that does not pass."""
    return Verdict(filter=name, passed=False, reason=reason, score=score, detail=detail)
