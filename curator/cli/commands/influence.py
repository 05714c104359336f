"""`curator influence`: which rows of a run helped, and which hurt."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, RunName, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def influence(
    run: RunName = None,
    targets: Annotated[
        Path | None,
        typer.Option("--targets", help="Chat rows whose loss should fall [default: valid.jsonl]."),
    ] = None,
    show: Annotated[
        int, typer.Option("--show", min=0, help="Rows to show of the best and of the worst.")
    ] = 10,
    as_json: AsJson = False,
) -> None:
    """Tell which rows of a run helped, and which hurt.

    By the likeness of gradients, at the run's end. Interrupted, it resumes where it stopped.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.influence import influence_view
    from curator.training.influence.run import measure
    from curator.training.rundir import latest

    here = project()
    chosen = latest(here.root, run, finished=True)
    with progress(as_json, f"comparing the rows of {chosen.name}") as listen:
        found = measure(here.root, chosen, targets, listen)
    present(as_json, found.document, influence_view(found, here, show))
