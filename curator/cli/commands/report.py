"""`curator report`: what was done and what it brought, in French. See cli."""

import os
from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say

app = typer.Typer()


@app.command()
def report(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: build/rapport].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write rapport.md and rapport.html from what is recorded.

    Measures nothing anew.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"  # a report asks no network whether a model is still there
    from curator.evaluation.stale import stale
    from curator.report.gather import gather
    from curator.report.write import write

    here = project()
    found = gather(here, stale)
    written = write(found, out or here.root / "build" / "rapport")
    if as_json:
        document({**found.document(), "files": [str(p) for p in written]})
        return
    for path in written:
        say(f"Written: {here.relative(path)}")
