"""`curator sample`: a model's own answers to training tasks; those that a check accepts."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, Unsandboxed, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def sample(
    model: Annotated[
        str,
        typer.Argument(
            help="A known name, a GGUF, a folder[+ADAPTER], openai:MODEL@URL, or base: the augment "
            "recipe's."
        ),
    ] = "base",
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
        str, typer.Option("--name", help="Folder of training/own/ that it is written to.")
    ] = "own",
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Ask a model the train split's tasks; keep what a check accepts.

    An interrupted sampling resumes where it stopped.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.sample import sample_view
    from curator.sampling.recipe import load_sample
    from curator.sampling.session import sample as make

    here = project()
    changes = {"per_task": per_task, "keep": keep, "limit": limit, "seed": seed}
    chosen = load_sample(here.root, recipe, changes)
    asked = here.relative(Path(model).resolve()) if Path(model).exists() else model
    with progress(as_json, "reading the train split") as report:
        result = make(here, chosen, asked, name, report)
    present(as_json, result.document, sample_view(result, here))
