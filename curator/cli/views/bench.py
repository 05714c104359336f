"""A bench in a terminal: pass@1 of each arm, and what arms differ by."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.base import table
from curator.cli.views.evaluate import notice_lines

if TYPE_CHECKING:
    from rich.table import Table

    from curator.evaluation.bench.session import BenchSession


def bench_view(session: "BenchSession") -> "Iterator[Table | str]":
    """Show each arm's pass@1 with its interval, and the differences from the first arm."""
    yield from notice_lines("skipped:", session.skipped)
    columns = [("arm", "left"), ("bench", "left"), ("passed", "right"), ("pass@1", "right")]
    columns.append(("95% interval", "right"))
    rows = []
    for one in session.results:
        low, high = one.interval
        passed = f"{sum(one.passed.values())}/{len(one.passed)}"
        rows.append([one.arm, one.label, passed, f"{one.rate:.3f}", f"{low:.3f} .. {high:.3f}"])
    yield table("Greedy pass@1", columns, rows)
    for before, after, d in session.differences():
        told = "worse for certain" if d.worse else f"p {d.p:.3f}"
        change = f"{d.after - d.before:+.3f} ({d.low:+.3f} .. {d.high:+.3f})"
        yield f"{before} -> {after}, {d.label}: {change}, {told}"
