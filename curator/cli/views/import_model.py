"""An imported model, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.export import artefacts_table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.training.artefacts import Artefact


def import_model_view(folder: "Artefact", project: "Project", own: bool) -> "Iterator[Table | str]":
    """The folder, and the command that trains it; `own` says that it lies in the default place."""
    yield artefacts_table([folder], project)
    settings = project.root / "training" / f"{folder.path.name}.yaml"
    if own and settings.is_file():  # such as those of the carried model
        how = f"--config {project.relative(settings)}"
    else:
        how = f"--model {project.relative(folder.path)}"
    yield f"Next: curator train {how}"
