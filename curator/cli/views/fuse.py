"""A merged model, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.export import artefacts_table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.training.artefacts import Artefact


def fuse_view(merged: "Artefact", project: "Project") -> "Iterator[Table]":
    """The folder of the merged model, with its size and digest."""
    yield artefacts_table([merged], project)
