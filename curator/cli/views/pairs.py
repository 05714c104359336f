"""Pairs of answers, in a terminal: where they come from, what was left out, how long they are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.sampling.pairs import Paired


def pairs_view(made: "Paired", project: "Project") -> "Iterator[str | Table]":
    """The pairs by source, those that were left out with the reason, and the lengths."""
    content, folder = made.manifest, project.relative(made.folder)
    rows = [[source, str(count), ""] for source, count in content["pairs"].items()]
    rows += [["left out", str(n), reason] for reason, n in content["left_out"].items()]
    yield table("Pairs", [("source", "left"), ("pairs", "right"), ("", "left")], rows)
    lengths = content["lengths"]
    chosen, rejected, longer = (lengths[k] for k in ("chosen", "rejected", "chosen_longer"))
    yield f"Chosen answers have {chosen:.0f} characters, rejected ones {rejected:.0f};"
    yield f"the chosen one is the longer in {longer:.0%} of the pairs."
    yield f"Pairs are in {folder}. Next: curator train --config training/dpo.yaml"
