"""What an evaluation can show, in a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.evaluation.power import Power


def power_view(rows: Sequence["Power"]) -> "Iterator[Table | str]":
    """Show the smallest differences that would be shown, and where the numbers come from."""
    columns = [("metric", "left"), ("prompts", "right"), ("samples", "right")]
    columns += [("sd of differences", "right"), ("difference shown", "right")]
    cells = [
        [one.metric, str(one.prompts), str(one.samples), f"{one.deviation:.2f}",
         f"{one.difference:.2f}"]
        for one in rows
    ]  # fmt: skip
    yield table("What a comparison of two arms can show, four times in five", columns, cells)
    pairs = max((one.pairs for one in rows), default=0)
    source = "an assumption"
    if pairs:
        source = f"{plural(pairs, 'pair')} of arms in training/evaluations/"
    yield (
        f"Standard deviations of differences by prompt: {source}. More prompts help more than more "
        "samples, which only average out chance. composite is of 5, solved of 1."
    )
