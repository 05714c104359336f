"""`curator fuse`: a run's adapter merged into its base model."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, RunName, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def fuse(
    run: RunName = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: models/RUN].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Merge a run's best adapter into its base model.

    The merged model is a folder of safetensors.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.fuse import fuse_view
    from curator.training.artefacts import merged_of
    from curator.training.fuse import fuse as merge
    from curator.training.rundir import latest

    here = project()
    chosen = latest(here.root, run, finished=True)
    with progress(as_json, f"merging the adapter of {chosen.name} into its base model"):
        merged = merge(chosen, out or merged_of(here.root, chosen.name))
    present(as_json, merged.document, fuse_view(merged, here))
