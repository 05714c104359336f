"""`curator report`: what was done and what it brought, in French or English."""

import os
from pathlib import Path
from typing import Annotated

import typer

from curator.cli.commands.browse import Language
from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def report(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: build/rapport].")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the report.")] = Language.FR,
    as_json: AsJson = False,
) -> None:
    """Write the report of what is recorded: pages and Markdown.

    These are rapport.md, rapport.html and, for the answers, reponses.html.

    Measures nothing anew.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"  # a report asks no network whether a model is still there
    from curator.cli.views.base import progress
    from curator.cli.views.report import report_document, report_view
    from curator.evaluation.stale import stale
    from curator.report.gather import gather
    from curator.report.write import write

    here = project()
    with progress(as_json, "writing the report"):
        content = gather(here, stale)
        written = write(content, out or here.root / "build" / "rapport", lang.value)
    present(as_json, lambda: report_document(content, written), report_view(written, here))
