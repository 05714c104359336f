"""What the commands share: the option --project and what it stands for, and --json."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.engine_names import EngineName

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from curator.cluster.engines import Engine
    from curator.generate.recipe import AugmentRecipe
    from curator.records.project import Project

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
AugmentPath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe file [default: pipelines/augment.yaml].")
]
Where = Annotated[
    EngineName, typer.Option("--engine", help="Where filters and model run: here, or by Ray.")
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Ray cluster: auto, HOST:PORT or ray://HOST:PORT [default: one on this machine]."
    ),
]
options: dict[str, Path | None] = {"project": None}


def project() -> "Project":
    """The project that --project names, or the one that the current folder is in."""
    from curator.records.project import Project

    given = options["project"]
    return Project.find((given or Path.cwd()).resolve())


def augment_recipe(here: "Project", path: Path | None) -> "AugmentRecipe":
    """The augmentation recipe in `path`, or the project's own; raises RecipeError."""
    from curator.generate.recipe import load_recipe
    from curator.records.project import RECIPE

    return load_recipe(path or here.root / RECIPE)


def engine_of(name: EngineName, address: str | None) -> "AbstractContextManager[Engine]":
    """The engine that the options name."""
    from curator.cluster.engines import open_engine

    if address and name is not EngineName.RAY:
        raise typer.BadParameter("--address needs --engine ray")
    return open_engine(name, address)
