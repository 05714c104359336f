"""`curator gate`: whether the curated set is worth a training."""

import typer

from curator.cli.options import AsJson, RetrainPath, Unsandboxed, project
from curator.cli.terminal import present

app = typer.Typer()
NOT_READY = 3


@app.command()
def gate(
    recipe: RetrainPath = None, unsandboxed: Unsandboxed = False, as_json: AsJson = False
) -> None:
    """Say whether the set is worth a training; if not, why.

    Exits 3 if it is not.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.gate import gate_view
    from curator.dataset.build import check_gate
    from curator.dataset.recipe import load_retrain

    here = project()
    with progress(as_json, "reading the project") as report:
        result = check_gate(here, load_retrain(here, recipe), report)
    present(as_json, result.document, gate_view(result))
    if not result.ready:
        raise typer.Exit(NOT_READY)
