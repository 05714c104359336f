"""A mixed folder in a terminal: what its rows are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.sampling.mix import Mixed


def mix_view(result: "Mixed", here: "Project") -> "Iterator[Table | str]":
    """Show what a folder to train on was put together from."""
    columns = [("rows", "left"), ("number", "right"), ("share", "right")]
    rows = [[name, str(n), f"{share:.1%}"] for name, n, share in result.parts()]
    yield table(f"{here.relative(result.folder)}: train.jsonl", columns, rows)
    yield from result.remarks
    yield f"To train on it: curator train --data {here.relative(result.folder)}"
