"""What the commands share: the option --project and what it stands for, and --json."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curator.project import Project

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
options: dict[str, Path | None] = {"project": None}


def project() -> "Project":
    """The project that --project names, or the one that the current folder is in."""
    from curator.project import Project

    given = options["project"]
    return Project.find((given or Path.cwd()).resolve())
