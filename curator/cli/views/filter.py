"""The funnel and the reasons of a run of filters as tables, and the view of `curator filter`."""

from collections.abc import Iterator
from textwrap import shorten
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.filters.base import Tally

if TYPE_CHECKING:
    from rich.table import Table


def filter_view(tally: Tally) -> "Iterator[Table | str]":
    """How many examples each filter kept, and why the others were rejected."""
    yield funnel_table(tally, "examples")
    if tally.dropped:
        yield reasons_table(tally)
    yield f"{tally.kept} of {plural(tally.total, 'example')} passed every filter."


def funnel_table(tally: Tally, source: str = "candidates") -> "Table":
    """Count what came to each filter, was kept, was dropped; "alone" as in Step."""
    rows = [[source, "", str(tally.total), "", ""]]
    rows += [
        [s.filter, *map(str, (s.seen, s.kept, s.seen - s.kept, "" if s.alone is None else s.alone))]
        for s in tally.steps
    ]
    headings = ["in", "kept", "dropped", "would keep of all"]
    if all(s.alone is None for s in tally.steps):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    columns = [("filter", "left"), *((h, "right") for h in headings)]
    return table("Funnel", columns, rows)


def reasons_table(tally: Tally) -> "Table":
    """Count for each fault the examples rejected for it and those that have it; show one."""
    first = {
        fault: f"{example.id} {example.cell}: {verdict.detail}"
        for fault, (example, verdict) in tally.shown.items()
    }
    decisive, faults = tally.reasons(), tally.faults()
    order = [*decisive, *(f for f in faults if f not in decisive)]
    rows = [
        [f, str(decisive.get(f, 0)), str(faults[f]), shorten(first[f], 160, placeholder=" …")]
        for f in order
    ]
    columns = [("reason", "left"), ("rejected for it", "right"), ("found in", "right")]
    return table("Rejected", [*columns, ("for example", "left")], rows)
