"""`curator export`: the merged model as a quantised GGUF."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, RunName, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def export(
    run: RunName = None,
    merged: Annotated[
        Path | None, typer.Option("--merged", help="Merged model [default: models/RUN].")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write [default: models/RUN-q4_k_m.gguf].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Quantise the merged model to a GGUF (Q4_K_M).

    Proves that the file is that model.
    """
    from curator.cli.views.base import waiting
    from curator.cli.views.export import export_view
    from curator.training.artefacts import export_of, merged_of
    from curator.training.export import export as write
    from curator.training.rundir import latest

    here = project()
    chosen = latest(here.root, run, finished=True)
    target = out or export_of(here.root, chosen.name)
    if target.suffix != ".gguf":
        raise typer.BadParameter(f"{target}: --out names a GGUF, such as {target.name}.gguf")
    folder = merged or merged_of(here.root, chosen.name)
    with waiting(as_json) as say:
        result = write(folder, target, Path(chosen.request().folder), say)
    present(as_json, result.document, export_view(result, chosen.adapter(), here))
