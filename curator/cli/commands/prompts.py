"""`curator prompts`: the prompts that are in use, and two sets of them compared."""

from pathlib import Path
from typing import Annotated, Any

import typer

from curator.cli.options import (
    AsJson,
    AugmentPath,
    ModelName,
    Unsandboxed,
    augment_recipe,
    open_project_here,
    project,
)
from curator.cli.terminal import present

app = typer.Typer(
    name="prompts",
    help="List the prompts in use; compare two sets of them.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
_SET = "A folder with prompt files, shipped, or project."
First = Annotated[str, typer.Argument(help=_SET, metavar="A")]
Second = Annotated[str, typer.Argument(help=_SET, metavar="B")]
Number = Annotated[
    int, typer.Option("--candidates", "-n", min=1, help="Candidates that each set makes.")
]
Strategies = Annotated[
    list[str] | None,
    typer.Option("--strategy", help="A strategy to compare; may be repeated [default: recipe's]."),
]


@app.callback()
def prompts(context: typer.Context, as_json: AsJson = False) -> None:
    """List the prompts that are in use; compare two sets of them."""
    if context.invoked_subcommand is None:
        _show(as_json)
    else:
        context.obj = as_json


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the prompts in use, and which are the project's own."""
    _show(as_json or bool(context.obj))


def _show(as_json: bool) -> None:
    from curator.cli.views.prompts import prompts_document, prompts_view
    from curator.generate.prompt_sets import list_prompts

    open_project_here()
    found = list_prompts()
    present(as_json, lambda: prompts_document(found), prompts_view(found))


@app.command()
def compare(
    context: typer.Context,
    a: First,
    b: Second,
    recipe: AugmentPath = None,
    model: ModelName = None,
    candidates: Number = 32,
    strategy: Strategies = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed [default: recipe's, or 0].")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the judged candidates here: a.jsonl, b.jsonl.")
    ] = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Compare two sets of prompts on the same slots and seeds.

    What a folder lacks is as shipped. Nothing enters the project. An interrupted comparison
    resumes.
    """
    from curator.augment.compare_prompts import compare_prompts, write_candidates
    from curator.cli.views.base import progress
    from curator.cli.views.prompts import comparison_view

    here, quiet = project(), as_json or bool(context.obj)
    changes: dict[str, Any] = {"model.name": model, "seed": seed, "stop.candidates": candidates}
    changes["generate.strategies"] = strategy or None
    chosen = augment_recipe(here, recipe, changes)
    with progress(quiet) as report:
        found = compare_prompts(here, chosen, (a, b), report)
    if out:
        write_candidates(found, out)
    present(quiet, found.document, comparison_view(found))
