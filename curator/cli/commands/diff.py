"""`curator diff`: what tells two sets, batches or arms apart."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.commands.browse import Language
from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer()
_WHICH = "A batch, curated, a JSONL file or folder of examples, or an arm of the evaluation."


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help=_WHICH)],
    after: Annotated[str, typer.Argument(metavar="B", help="What to hold against it.")],
    page: Annotated[
        Path | None, typer.Option("--html", help="Write a page of the difference too.")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the page.")] = Language.FR,
    as_json: AsJson = False,
) -> None:
    """Tell two sets, batches or arms apart.

    What came, what went, what changed, and their figures side by side.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.diff import diff_view
    from curator.report.differ.find import difference
    from curator.report.differ.write import write_page

    here = project()
    with progress(as_json, "reading both"):
        found = difference(here, before, after)
        written = write_page(here, found, lang.value, page) if page else None
    present(as_json, found.document, diff_view(found, written))
