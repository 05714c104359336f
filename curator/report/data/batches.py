"""The batches of candidates: the funnel, what each strategy brought, why candidates fell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from curator.augment.batches import BatchStatus, BatchSummary, list_batches
from curator.generate.yields import YieldCount, Yields
from curator.records.project import Project


@dataclass(frozen=True)
class Made:
    """One batch; `state` is that of `curator batches`.

    `total` candidates; None for the counts of one that was not judged or finished.
    """

    name: str
    complete: bool
    state: str
    created: str
    model: dict[str, Any] | None
    rustc: str | None
    toolkit: str
    stopped: str | None
    total: int | None
    accepted: int | None


@dataclass(frozen=True)
class Batches:
    """All batches together.

    `funnel` maps each filter to (seen, kept), `reasons` each "filter.reason" to how many candidates
    fell for it, `strategies` each strategy to what it brought.
    """

    made: list[Made]
    funnel: dict[str, tuple[int, int]]
    reasons: dict[str, int]
    strategies: dict[str, YieldCount]

    @property
    def total(self) -> int:
        """Candidates that were judged."""
        return sum(b.total or 0 for b in self.made)

    @property
    def accepted(self) -> int:
        """Candidates that passed every filter."""
        return sum(b.accepted or 0 for b in self.made)

    def document(self) -> dict[str, Any]:
        """The batches as a JSON object."""
        return asdict(self) | {"total": self.total, "accepted": self.accepted}


def read_batches(project: Project, output: str) -> Batches:
    """Read the plans and manifests below `output`, a folder of the project."""
    found = list_batches(project, [output])
    complete = [b.batch for b in found if b.state is BatchStatus.COMPLETE]
    judged = [m for b in complete if (m := b.manifest())["outcome"]]
    outcomes = [m["outcome"] for m in judged]
    reasons: Counter[str] = Counter()
    for outcome in outcomes:
        reasons.update(outcome["reasons"])
    yields = Yields()
    for manifest in judged:
        yields.recall(manifest.get("yields", {}))
    return Batches(
        made=[_made(b) for b in found],
        funnel=_funnel(outcomes),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        strategies=dict(sorted(yields.whole.items())),
    )


def _funnel(outcomes: Iterable[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        for step in outcome["funnel"]:
            seen, kept = found.get(step["filter"], (0, 0))
            found[step["filter"]] = seen + step["in"], kept + step["kept"]
    return found


def _made(summary: BatchSummary) -> Made:
    batch, readable = summary.batch, summary.state is not BatchStatus.UNREADABLE
    complete = summary.state is BatchStatus.COMPLETE
    settings = batch.plan().settings if readable else {}
    outcome = (batch.manifest().get("outcome") if complete else None) or {}
    return Made(
        name=batch.name,
        complete=complete,
        state=summary.state.value,
        created=summary.created.isoformat() if summary.created else "",
        model=settings.get("model"),
        rustc=batch.plan().rustc if readable else None,
        toolkit=settings.get("toolkit", ""),
        stopped=summary.stopped,
        total=outcome.get("total"),
        accepted=outcome.get("accepted"),
    )
