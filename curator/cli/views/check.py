"""Checked blocks in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.rust.check import Checked, CheckResult


def check_view(result: "CheckResult") -> "Iterator[Table | str]":
    """One row per block: where, what it should do, how it was composed, what happened."""
    if not result.checked:
        files = result.files
        where = str(files[0]) if len(files) == 1 else f"these {len(files)} files"
        yield f"There is no Rust block in {where}: nothing was compiled."
        return
    columns = ["block", "should", "composed", "verdict"]
    yield table("Rust blocks", [(c, "left") for c in columns], [*map(_row, result.checked)])
    passed = len(result.checked) - result.failed
    for checked in (c for c in result.checked if c.result.hint):
        yield f"{_where(checked)}: {checked.result.hint}"
    blocks = f"{passed} of {plural(len(result.checked), 'block')}"
    yield f"As expected: {blocks}, in {plural(len(result.files), 'file')}."


def _row(checked: "Checked") -> list[str]:
    result = checked.result
    expected = " ".join([str(result.expectation), *sorted(result.expected.codes)])
    how = " + ".join([str(result.composition), *result.imports])
    verdict = "ok" if result.passed else f"{result.reason} ({result.short()})"
    return [_where(checked), expected, how, verdict]


def _where(checked: "Checked") -> str:
    place, result = checked.place, checked.result
    where = f"{place.record} {result.role}" if place.record else place.file
    return f"{where}:{result.block.line - 1}"
