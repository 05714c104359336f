"""`curator build`: the curated set."""

from typing import Annotated

import typer

from curator.cli.options import AsJson, RetrainPath, Unsandboxed, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def build(
    recipe: RetrainPath = None,
    push_to_hub: Annotated[
        str | None, typer.Option("--push-to-hub", help="Publish as this dataset of the hub too.")
    ] = None,
    resplit: Annotated[
        bool,
        typer.Option(
            "--resplit",
            help="Split from scratch: examples may move between train, valid and test.",
        ),
    ] = False,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Write curated/: selected, split without leaks, with a card.

    The filters judge again every example that may enter it. What was in the set keeps its split.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.build import build_view
    from curator.dataset.build import build as make
    from curator.dataset.recipe import load_retrain

    here = project()
    with progress(as_json, "reading the project") as report:
        result = make(here, load_retrain(here, recipe), report, push_to_hub, resplit)
    present(as_json, result.document, build_view(result, here))
