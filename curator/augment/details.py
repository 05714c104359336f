"""Read one batch in detail: what strategies, topics and stages brought, why candidates fell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from curator.augment.batches import BatchStatus, BatchSummary
from curator.augment.discard import find_batches
from curator.generate.batch import Batch
from curator.generate.funnel import Funnel, funnel_of
from curator.generate.yields import Yields, tokens_document
from curator.records.example import Example
from curator.records.project import Project


@dataclass(frozen=True)
class BatchDetails:
    """One batch, and what its judged candidates say; `stages` are those of all its candidates.

    `reasons` maps each "filter.reason" to how many candidates fell for it, the most frequent first.
    """

    summary: BatchSummary
    yields: Yields
    stages: Funnel
    reasons: dict[str, int]

    def document(self) -> dict[str, Any]:
        """Return everything as a JSON object; keys are those of a manifest."""
        return {
            **self.summary.document(),
            "yields": self.yields.document(),
            "tokens": tokens_document(self.yields),
            "stages": self.stages.document(),
            "reasons": self.reasons,
        }


def batch_details(project: Project, name: str) -> BatchDetails:
    """Read the batch of this name, complete or not, from its candidates.

    Raises DataError where no batch has the name, and what reading its files raises; of a batch
    that cannot be read, only the summary says something.
    """
    [summary] = find_batches(project, [name])
    readable = summary.state is not BatchStatus.UNREADABLE
    judged = _by_index(_judged(summary.batch)) if readable else {}
    candidates = candidates_of(summary.batch) if readable else []
    yields, reasons = Yields(), Counter[str]()
    yields.learn(judged.values())
    reasons.update(f"{v.filter}.{v.reason}" for e in judged.values() if (v := e.rejection))
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return BatchDetails(summary, yields, funnel_of(candidates), dict(ordered))


def candidates_of(batch: Batch) -> list[Example]:
    """Read every candidate of a batch once, with its verdicts where it was judged."""
    return list({**_by_index(_made(batch)), **_by_index(_judged(batch))}.values())


def _judged(batch: Batch) -> Iterable[Example]:
    yield from batch.judged_waves()
    for name in ("accepted.jsonl", "rejected.jsonl"):
        yield from batch.read(name)


def _made(batch: Batch) -> Iterable[Example]:
    yield from batch.made_waves()
    yield from batch.read("candidates.jsonl")


def _by_index(candidates: Iterable[Example]) -> dict[int | str, Example]:
    """Take each candidate once: a process that was killed may have left waves beside the files."""
    return {e.id if e.provenance.index is None else e.provenance.index: e for e in candidates}
