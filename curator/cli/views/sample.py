"""Sampled answers in a terminal: what was asked, and what became of it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.sampling.session import Sampled


def sample_view(result: "Sampled", here: "Project") -> "Iterator[Table | str]":
    """Show how many tasks were asked and why others were not, and what became of the answers."""
    counts: Mapping[str, Any] = result.manifest["counts"]
    kinds = ", ".join(f"{kind} {number}" for kind, number in counts["by_check"].items())
    rows = [["tasks asked", str(counts["tasks"]), kinds]]
    rows.append(
        ["rows not asked", str(sum(counts["left_out"].values())), _list(counts["left_out"])]
    )
    rows.append(["answers", str(counts["answers"]), ""])
    rows.append(["solved", str(counts["solved"]), f"of {counts['tasks_solved']} tasks"])
    rows.append(["rows to train on", str(counts["rows"]), f"no rows: {_list(counts['no_rows'])}"])
    yield table(
        f"Own answers of {result.manifest['model']['name']}",
        [("", "left"), ("number", "right"), ("of which", "left")],
        rows,
    )
    folder = here.relative(result.folder)
    yield f"All answers are in {folder}"
    if counts["rows"]:
        yield f"To train on the rows: curator mix --own {result.folder.name} --out build/mixed"
    else:
        yield "None became a row: a larger model, or more answers to each task, may give some."


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {number}" for reason, number in counts.items()) or "none"
