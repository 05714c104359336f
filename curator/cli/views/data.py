"""Coverage, filters and checked blocks as tables."""

from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from curator.cli.views.base import table
from curator.filters.base import Tally
from curator.records.coverage import Coverage
from curator.records.taxonomy import Cell, Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from rich.table import Table

    from curator.rust.check import Checked


def coverage_table(covered: Coverage) -> "Table":
    """Topic x difficulty, with totals; "3 (-2)" means that 2 are missing."""
    columns = [("topic", "left"), *((d.value, "right") for d in Difficulty)]
    columns += [("total", "right"), ("missing", "right")]
    rows = [_coverage_row(covered, topic) for topic in covered.topics]
    levels = covered.axes["difficulty"]
    sums = [str(levels[d]) for d in Difficulty]
    rows.append(["total", *sums, str(covered.total), str(covered.missing)])
    return table("Coverage (missing to the target)", columns, rows)


def _coverage_row(covered: Coverage, topic: Topic) -> list[str]:
    cells = [Cell(topic, d) for d in Difficulty]
    lacking = [covered.deficits[c] for c in cells]
    shown = [
        f"{covered.cells[c]} (-{m})" if m else str(covered.cells[c])
        for c, m in zip(cells, lacking, strict=True)
    ]
    return [topic, *shown, str(covered.axes["topic"][topic]), str(sum(lacking))]


def balance_line(covered: Coverage) -> str:
    """Category counts and the balance of each axis, in one line."""
    counts = ", ".join(f"{name} {n}" for name, n in covered.axes["category"].items())
    shares = ", ".join(f"{axis} {value:.2f}" for axis, value in covered.balance.items())
    return f"Categories: {counts}. Balance (normalised entropy, 1 is even): {shares}."


def funnel_table(outcome: Tally, source: str = "candidates") -> "Table":
    """How many came to each filter, were kept, were dropped; "alone" as in Step."""
    rows = [[source, "", str(outcome.total), "", ""]]
    rows += [
        [s.filter, *map(str, (s.seen, s.kept, s.seen - s.kept, "" if s.alone is None else s.alone))]
        for s in outcome.steps
    ]
    headings = ["in", "kept", "dropped", "would keep of all"]
    if all(s.alone is None for s in outcome.steps):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    columns = [("filter", "left"), *((h, "right") for h in headings)]
    return table("Funnel", columns, rows)


def reasons_table(outcome: Tally) -> "Table":
    """Each fault: how many examples were rejected for it, how many have it, and one of them."""
    first = {
        fault: f"{example.id} {example.cell}: {verdict.detail}"
        for fault, (example, verdict) in outcome.shown.items()
    }
    decisive, faults = outcome.reasons(), outcome.faults()
    order = [*decisive, *(f for f in faults if f not in decisive)]
    rows = [
        [f, str(decisive.get(f, 0)), str(faults[f]), shorten(first[f], 160, placeholder=" …")]
        for f in order
    ]
    columns = [("reason", "left"), ("rejected for it", "right"), ("found in", "right")]
    return table("Rejected", [*columns, ("for example", "left")], rows)


def checked_table(checked: Sequence["Checked"]) -> "Table":
    """One row per block: where, what it should do, how it was composed, what happened."""
    rows = []
    for one in checked:
        result, place = one.result, one.place
        where = f"{place.record} {result.role}" if place.record else place.file
        expected = " ".join([str(result.expectation), *sorted(result.expected.codes)])
        how = " + ".join([str(result.composition), *result.imports])
        verdict = "ok" if result.passed else f"{result.reason} ({result.short()})"
        rows.append([f"{where}:{result.block.line - 1}", expected, how, verdict])
    columns = ["block", "should", "composed", "verdict"]
    return table("Rust blocks", [(c, "left") for c in columns], rows)
