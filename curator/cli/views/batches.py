"""How batches look in a terminal: a table, and what to type for those that are not complete."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.cli.views.funnel import cost_tables, yields_table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.augment.batches import BatchSummary
    from curator.augment.details import BatchDetails
    from curator.augment.discard import Discarded
    from curator.cli.terminal import Part
    from curator.records.project import Project


def batches_document(batches: "Sequence[BatchSummary]") -> dict[str, Any]:
    """The batches, and how many are in each state, as a JSON object."""
    counts = Counter(b.state.value for b in batches)
    return {"states": dict(sorted(counts.items())), "batches": [b.document() for b in batches]}


def batches_view(batches: "Sequence[BatchSummary]") -> "Iterator[Part]":
    """A table of the batches, then a line for each that asks for something."""
    if not batches:
        yield "There is no batch yet; next: curator augment --dry-run"
        return
    yield _table(batches)
    for one in batches:
        yield from _lines(one)


def _table(batches: "Sequence[BatchSummary]") -> "Table":
    columns = [("batch", "left"), ("state", "left"), ("candidates", "right"), ("accepted", "right")]
    columns += [("strategies", "left"), ("model", "left"), ("begun", "right")]
    return table("Batches", columns, [_row(one) for one in batches])


def _row(one: "BatchSummary") -> list[str]:
    accepted = "" if one.accepted is None else str(one.accepted)
    begun = f"{one.created:%Y-%m-%d %H:%M}" if one.created else ""
    names = ", ".join(one.strategies)
    return [one.name, one.state, str(one.candidates), accepted, names, one.model or "none", begun]


def _lines(one: "BatchSummary") -> Iterator[str]:
    if one.state == "running":
        yield f"{one.name}: a process works on it"
    elif one.changed:
        why = "" if one.state == "unreadable" else "changed since, so that it does not resume: "
        yield f"{one.name}: {why}{'; '.join(one.changed)}. Next: {one.next}"
    elif said := "; ".join(_said(one)):
        yield f"{one.name}: {said}"


def _said(one: "BatchSummary") -> Iterator[str]:
    """Say where a batch is with people, and what to type."""
    if one.throwaway:
        yield f"a demo's, apart from the set; curator batches discard {one.name} deletes it"
    elif handed := one.handed:
        if handed.unsent:
            yield f"{handed.unsent} never pushed"
        if handed.waiting:
            yield f"{plural(handed.waiting, 'waits', 'wait')} for people in Argilla"
        if handed.decided:
            yield f"{handed.decided} decided"
    if one.next:
        yield f"next: {one.next}"


def details_view(found: "BatchDetails") -> "Iterator[Part]":
    """One batch: its line of the table, what it brought and cost, why candidates fell."""
    yield _table([found.summary])
    if found.yields.whole:
        yield yields_table(found.yields)
    yield from cost_tables(found.yields, found.stages)
    if found.reasons:
        rows = [[reason, str(count)] for reason, count in found.reasons.items()]
        yield table("Rejected", [("reason", "left"), ("candidates", "right")], rows)
    made, judged = found.summary.candidates, found.summary.judged
    if judged < made:
        yield f"{judged} of {plural(made, 'candidate')} were judged so far."
    yield from _lines(found.summary)


def discarded_document(batches: "Sequence[Discarded]") -> dict[str, Any]:
    """What was deleted, as a JSON object."""
    return {"discarded": [one.document() for one in batches]}


def discarded_view(batches: "Sequence[Discarded]", here: "Project") -> Iterator[str]:
    """A line for each batch that was deleted: what was in it, and what rested on it."""
    for one in batches:
        summary = one.summary
        held = plural(summary.candidates, "candidate")
        if summary.accepted:
            held += f", {summary.accepted} of them accepted"
        yield f"Deleted {here.relative(summary.batch.folder)}/ ({summary.state}): {held}"
        if one.reviewed:
            yield f"  People reviewed {one.reviewed} of them; their reviews stay in raw/reviews/"
        if one.curated:
            yield f"  curated/ has {one.curated} of them until the next curator build"
