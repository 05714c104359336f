"""`curator browse`: a page for looking through examples."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer()


class Language(StrEnum):
    """The languages of pages."""

    FR = "fr"
    EN = "en"


@app.command()
def browse(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A batch, curated, evaluation, or a JSONL file or folder of examples "
            "[default: all examples].",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write [default: build/pages/NAME.html].")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the page.")] = Language.FR,
    no_open: Annotated[bool, typer.Option("--no-open", help="Write the page only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a page for looking through examples, and open it.

    It shows each with its verdicts, the compiler's words and what was changed.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.browse import browse_document, browse_view, open_page
    from curator.report.browse.write import write_page

    here = project()
    with progress(as_json, "writing the page"):
        written = write_page(here, name, lang.value, out)
    opened = not (no_open or as_json) and open_page(written.path)
    present(as_json, lambda: browse_document(written), browse_view(written, here, opened))
