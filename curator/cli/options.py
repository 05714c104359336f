"""What commands share: option types, the project they work on, recipes, engines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
RetrainPath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe file [default: pipelines/retrain.yaml].")
]
RowsPath = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of rows [default: curated, or training/pairs]."),
]
BaseModel = Annotated[
    str | None, typer.Option("--model", help="Base model: a folder, or a hub id.")
]
RunName = Annotated[str | None, typer.Option("--run", help="Name of a run [default: the newest].")]
Where = Annotated[
    EngineName, typer.Option("--engine", help="Run filters and model here, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Ray cluster: auto, HOST:PORT or ray://HOST:PORT [default: one on this machine]."
    ),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="A name of `curator models`, a GGUF file, a hub id (org/repo[:file]), or "
        "openai:MODEL@URL.",
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed [default: next unused].")]
Count = Annotated[
    int | None,
    typer.Option(
        "--candidates",
        "-n",
        min=1,
        help="Make at most this many in this batch [default: the recipe's].",
    ),
]


def _go_without_sandbox(context: typer.Context, stated: bool) -> bool:
    """Compile without a sandbox until the command ends, where its user says so."""
    from curator.rust.unsandboxed import without_sandbox

    if stated:
        context.with_resource(without_sandbox())
    return stated


# Of every command that compiles. It acts by itself: no command has to look at it.
Unsandboxed = Annotated[
    bool,
    typer.Option(
        "--unsandboxed",
        callback=_go_without_sandbox,
        help="Compile without a sandbox, and run no program.",
    ),
]
options: dict[str, Path | None] = {"project": None}


def project() -> "Project":
    """Find the project that --project names, or the one that the current folder is in."""
    from curator.records.project import Project

    given = options["project"]
    return Project.find((given or Path.cwd()).resolve())


def open_project_here() -> None:
    """Open the project that --project names, or the one around the current folder, if any.

    For commands that need none, but take what one has of its own.
    """
    from curator.records.project import RECIPE

    here = Path.cwd()
    if options["project"] or any((f / RECIPE).is_file() for f in (here, *here.parents)):
        project()


def augment_recipe(
    here: "Project", path: Path | None, changes: dict[str, Any] | None = None
) -> "AugmentRecipe":
    """Load the augmentation recipe in `path`, or the project's own, with options over it.

    Keys of `changes` are dotted ("model.name"), and None is skipped. Raises RecipeError.
    """
    from curator.generate.recipe import load_recipe, override
    from curator.records.project import RECIPE

    return override(load_recipe(path or here.root / RECIPE), changes or {})


def engine_of(name: EngineName, address: str | None) -> "AbstractContextManager[Engine]":
    """Open the engine that the options name; raises BadParameter for an address without Ray."""
    from curator.cluster.engines import open_engine
    from curator.rust.unsandboxed import is_unsandboxed

    if is_unsandboxed() and name is EngineName.RAY:
        raise typer.BadParameter("--unsandboxed holds for this machine: leave --engine ray away")
    if address and name is not EngineName.RAY:
        raise typer.BadParameter("--address needs --engine ray")
    return open_engine(name, address)
