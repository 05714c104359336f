"""`curator init`: a project from nothing."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the project.")] = Path(),
    name: Annotated[
        str | None, typer.Option(help="What it is called in Argilla [default: as its folder].")
    ] = None,
    with_examples: Annotated[
        bool, typer.Option("--with-examples", help="Begin with the examples that are shipped.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a project of your own, from nothing.

    It gets recipes, topics, settings and an empty raw/. A folder that has a project is refused.
    """
    from curator.cli.views.init import init_document, init_view
    from curator.dataset.start import start_project

    started = start_project(folder, name, with_examples)
    present(as_json, lambda: init_document(started), init_view(started))
