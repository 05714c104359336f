"""The curated set, in a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.cli.views.stats import coverage_table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.dataset.build import BuildResult
    from curator.dataset.curate import CuratedSet
    from curator.dataset.select import OverQuota
    from curator.records.project import Project

SHOWN = 50  # refused examples that people see; the manifest has them all
NAMED = 5  # examples that people accepted, and that are left out for full slots


def build_view(result: "BuildResult", project: "Project") -> "Iterator[Table | str]":
    """What the set covers, what was left out and why, and where the set lies."""
    curated = result.curated
    rejected, over_quota = curated.gathered.rejected, curated.selection.over_quota
    yield coverage_table(curated.covered, "Coverage of the set")
    if rejected:
        rows = [[r.id, str(r.slot), r.reason] for r in rejected[:SHOWN]]
        columns = [(c, "left") for c in ("left out", "slot", "refused by")]
        yield table("Refused by a filter", columns, rows)
        if (more := len(rejected) - SHOWN) > 0:
            yield f"... and {more} more: see left_out in the manifest."
    splits = ", ".join(f"{name} {len(examples)}" for name, examples in curated.splits.items())
    yield f"{plural(len(curated.examples), 'example')}: {splits}."
    yield from _moved(curated)
    yield (
        f"Left out: {len(over_quota)} for full slots, {len(rejected)} by filters; "
        f"awaiting review or turned down: {curated.gathered.waiting}."
    )
    yield from accepted_and_full(over_quota, result.targets_in)
    where = project.relative(project.curated)
    yield f"Written to {where}/: examples.jsonl, parquet, splits, README.md"
    if result.published:
        yield f"Published: {result.published}"


def accepted_and_full(over_quota: "Sequence[OverQuota]", recipe: str) -> Iterator[str]:
    """Name what people accepted and no slot had room for, and say what makes room."""
    lost = [f"{one.id} ({one.slot})" for one in over_quota if one.accepted]
    if lost:
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        yield f"Accepted by people, but their slots are full: {', '.join(lost[:NAMED])}{more}."
        yield (
            f"For more room raise targets.per_cell (or targets.topics) in pipelines/{recipe}, "
            "and build again."
        )


def _moved(curated: "CuratedSet") -> Iterator[str]:
    """What changed its split."""
    ways = Counter(curated.moved.values())
    for (before, after), count in sorted(ways.items()):
        were = plural(count, "example", "examples")
        yield f"Moved from {before} to {after}: {were}, related to others there."
