"""Model files as a table, and the view of `curator export`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.base.english import english
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.training.artefacts import Artefact
    from curator.training.export import Exported


def export_view(
    result: "Exported", adapter: "Artefact", project: "Project"
) -> "Iterator[Table | str]":
    """The files, and how far the quantised model agrees with the merged one."""
    yield artefacts_table([adapter, *result.artefacts], project)
    yield (
        f"It chooses what the merged model does at {result.quantised.share:.0%} of "
        f"{result.quantised.of} places (unquantised: {result.unrounded.share:.0%})."
    )
    yield f"The base model's GGUF differs: {result.base_sha256[:16]}."


def artefacts_table(artefacts: Sequence["Artefact"], project: "Project") -> "Table":
    """List files from the project's root, with size, digest and description."""
    rows = [
        [project.relative(a.path), file_size(a.size), a.sha256[:16], english.say(a.description)]
        for a in artefacts
    ]
    columns = [("file", "left"), ("size", "right"), ("SHA-256", "left"), ("what it is", "left")]
    return table("Artefacts", columns, rows)


def file_size(count: int) -> str:
    """Write a number of bytes in MB or GB."""
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
