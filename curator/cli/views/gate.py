"""The gate's checks, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.dataset.build import GateResult


def gate_view(result: "GateResult") -> "Iterator[Table | str]":
    """Each check with its value, its limit and what closes the gap; then the decision."""
    names = ["check", "value", "limit", "met", "what closes it"]
    rows = [[c.name, c.value, c.limit, "ok" if c.passed else "no", c.closes] for c in result.checks]
    if result.ready:  # there is nothing to close
        names, rows = names[:-1], [row[:-1] for row in rows]
    columns = [(name, "left") for name in names]
    yield table("Gate, of the set as a build makes it now", columns, rows)
    failed = sum(not c.passed for c in result.checks)
    yield f"Not ready: {plural(failed, 'check')}." if failed else "Ready: worth a training."
