"""`curator sweep`: the same training under several settings, compared by validation loss."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, BaseModel, RowsPath, project
from curator.cli.terminal import present, say

app = typer.Typer()


@app.command()
def sweep(
    config: Annotated[
        Path | None, typer.Option("--config", help="The sweep [default: training/sweep.yaml].")
    ] = None,
    data: RowsPath = None,
    model: BaseModel = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Finish this sweep, with its own settings.")
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try combinations again that failed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train under several settings; compare by validation loss.

    An interrupted sweep resumes with the same command; what is complete is not trained again.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.sweep import each_training, sweep_view
    from curator.training.sweeps.recipe import RECIPE, load_sweep
    from curator.training.sweeps.run import begin, find
    from curator.training.sweeps.run import sweep as bring_about

    here = project()
    if name:
        found = find(here.root, name)
    else:
        recipe, base = load_sweep(config or here.root / RECIPE, model)
        with progress(as_json, "checking model, rows and memory"):
            found = begin(here.root, recipe, base, data or here.root / base.folder)
    if not as_json:
        say(f"Sweep {found.name} in {here.relative(found.path)}; it survives Ctrl-C and crashes.")
    swept = bring_about(found, each_training(as_json), retry)
    present(as_json, swept.document, sweep_view(swept, here))
