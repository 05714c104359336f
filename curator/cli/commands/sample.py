"""`curator sample`: a model's own answers to training tasks; those that a check accepts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import AsJson, Unsandboxed, project
from curator.cli.terminal import present

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.sampling.recipe import SampleRecipe

app = typer.Typer()


@app.command()
def sample(
    model: Annotated[
        str | None,
        typer.Argument(
            help="A known name, a GGUF, a folder[+ADAPTER] or openai:MODEL@URL "
            "[default: the recipe's]."
        ),
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Recipe [default: pipelines/sample.yaml].")
    ] = None,
    per_task: Annotated[
        int | None, typer.Option("--per-task", min=1, help="Answers to each task.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Rows of one task, at most.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask only so many.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the answers.")] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Folder in training/own/ [default: the recipe's name]."),
    ] = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Ask a model the training tasks; keep what a check accepts.

    An interrupted sampling resumes where it stopped.
    """
    from curator.sampling.recipe import load_sample

    here = project()
    there = model is not None and Path(model).exists()
    changes = {
        "model": here.relative(Path(model or "").resolve()) if there else model,
        "per_task": per_task,
        "keep": keep,
        "limit": limit,
        "seed": seed,
    }
    sample_by(here, load_sample(here.root, recipe, changes), as_json, name)


def sample_by(
    here: "Project", recipe: "SampleRecipe", as_json: bool, name: str | None = None
) -> None:
    """Sample answers by a recipe, and print what became of them."""
    from curator.cli.views.base import progress
    from curator.cli.views.sample import sample_view
    from curator.sampling.session import sample as make

    with progress(as_json, "reading the train split") as report:
        result = make(here, recipe, name or recipe.name, report)
    present(as_json, result.document, sample_view(result, here))
