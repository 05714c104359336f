"""Deleting batches: none that runs, and none that people's work rests on unless it is forced."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from curator.augment.batches import BatchSummary, list_batches
from curator.base.errors import DataError
from curator.base.plural import plural
from curator.generate.batch import Batch
from curator.generate.batch_names import full_name
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.decisions.log import ReviewLog


@dataclass(frozen=True)
class Discarded:
    """A batch that was deleted, and what rested on it."""

    summary: BatchSummary
    reviewed: int
    curated: int

    def document(self) -> dict[str, Any]:
        """The batch as a JSON object."""
        return {**self.summary.document(), "reviewed": self.reviewed, "curated": self.curated}


def find_batches(project: Project, names: Iterable[str]) -> list[BatchSummary]:
    """Find batches by their names, or their beginnings; raises DataError as `full_name` does."""
    known = {one.name: one for one in list_batches(project)}
    wanted = dict.fromkeys(full_name(known, name) for name in names)
    return [known[name] for name in wanted]


def discard_batches(
    project: Project, batches: Sequence[BatchSummary], *, force: bool = False
) -> list[Discarded]:
    """Delete batches with all that is in them; all of them, or none.

    Raises StoreError where another process works on one, and DataError where people reviewed
    candidates of one or the curated set has some, unless it is forced.
    """
    with ExitStack() as held:
        for one in batches:
            held.enter_context(one.batch.locked())
        discarded = [_weigh(project, one) for one in batches]
        if not force:
            _refuse_what_is_used(discarded)
        for one in batches:
            one.batch.discard()
    return discarded


def _weigh(project: Project, summary: BatchSummary) -> Discarded:
    """Count what rests on a batch: candidates that people reviewed, and examples in curated/."""
    ids = set(_ids(summary.batch))
    log = ReviewLog.of(project)
    reviewed = {r.example for r in log.reviews()} & ids
    corrected = {e.provenance.parents[0] for e in log.corrected().values()} & ids
    path = project.curated / "examples.jsonl"
    built = read_examples(path) if path.is_file() else ()
    curated = sum(e.provenance.batch == summary.name for e in built)
    return Discarded(summary, len(reviewed | corrected), curated)


def _ids(batch: Batch) -> Iterable[str]:
    for name in ("candidates.jsonl", "accepted.jsonl", "rejected.jsonl"):
        for example in batch.read(name):
            yield example.id
    for example in batch.judged_waves():
        yield example.id


def _refuse_what_is_used(batches: Iterable[Discarded]) -> None:
    used = []
    for one in batches:
        parts = []
        if one.reviewed:
            parts.append(f"people reviewed {plural(one.reviewed, 'candidate')} of it")
        if one.curated:
            parts.append(f"curated/ has {plural(one.curated, 'example')} of it")
        if parts:
            used.append(f"{one.summary.name}: {' and '.join(parts)}")
    if used:
        hint = "--force deletes it all the same; reviews stay, and then name what is gone"
        raise DataError("; ".join(used), hint=hint)
