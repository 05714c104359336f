"""Read the batches of candidates: the funnel, each strategy's yield, why candidates fell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from curator.augment.batches import BatchStatus, BatchSummary, list_batches
from curator.generate.funnel import Funnel
from curator.generate.yields import YieldCount, Yields
from curator.records.project import Project


@dataclass(frozen=True)
class BatchRecord:
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
    fell for it, `strategies` each strategy to what it brought, `topics` each strategy to what it
    brought by topic. `stages` are those of the strategies that have several.
    """

    batches: list[BatchRecord]
    funnel: dict[str, tuple[int, int]]
    reasons: dict[str, int]
    strategies: dict[str, YieldCount]
    topics: dict[str, dict[str, YieldCount]]
    stages: Funnel

    @property
    def total(self) -> int:
        """Candidates that were judged."""
        return sum(b.total or 0 for b in self.batches)

    @property
    def accepted(self) -> int:
        """Candidates that passed every filter."""
        return sum(b.accepted or 0 for b in self.batches)

    def document(self) -> dict[str, Any]:
        """Return the batches as a JSON object."""
        fields = asdict(self)
        sums = {"total": self.total, "accepted": self.accepted}
        fields["stages"] = self.stages.document()
        return {"made": fields.pop("batches"), **fields, **sums}


def read_batches(project: Project, output: str) -> Batches:
    """Read the plans and manifests below `output`, a folder of the project."""
    every = list_batches(project, [output])
    complete = [b.batch for b in every if b.state is BatchStatus.COMPLETE]
    judged = [m for b in complete if (m := b.manifest())["outcome"]]
    outcomes = [m["outcome"] for m in judged]
    reasons: Counter[str] = Counter()
    for outcome in outcomes:
        reasons.update(outcome["reasons"])
    yields, stages = Yields(), Funnel()
    for manifest in judged:
        yields.recall(manifest.get("yields", {}))
        stages.recall(manifest.get("stages", {}))  # none in those of earlier versions
    return Batches(
        batches=[_record(b) for b in every],
        funnel=_funnel(outcomes),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        strategies=dict(sorted(yields.whole.items())),
        topics=yields.by_topic(),
        stages=stages,
    )


def _funnel(outcomes: Iterable[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    funnel: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        for step in outcome["funnel"]:
            seen, kept = funnel.get(step["filter"], (0, 0))
            funnel[step["filter"]] = seen + step["in"], kept + step["kept"]
    return funnel


def _record(summary: BatchSummary) -> BatchRecord:
    batch, readable = summary.batch, summary.state is not BatchStatus.UNREADABLE
    complete = summary.state is BatchStatus.COMPLETE
    settings = batch.plan().settings if readable else {}
    outcome = (batch.manifest().get("outcome") if complete else None) or {}
    return BatchRecord(
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
