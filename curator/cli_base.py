"""What every command shares: the project, and the ways to print. See cli."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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


def say(line: str = "") -> None:
    """Print a line on stdout."""
    print(line)


def show(*renderables: Any) -> None:
    """Print tables and the like on stdout."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120, soft_wrap=False)
    for one in renderables:
        console.print(one)


def document(found: Any) -> None:
    """Print one JSON document on stdout."""
    print(json.dumps(found, ensure_ascii=False, indent=1))
