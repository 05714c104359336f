"""`curator renew-ids`: new ids for examples that were edited by hand."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command(name="renew-ids")
def renew_ids(
    files: Annotated[
        list[Path] | None, typer.Argument(help="JSONL of examples [default: all that count].")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Who edited them [default: as it is].")] = None,
    as_json: AsJson = False,
) -> None:
    """Give examples that were edited by hand their new ids.

    The old id stays as a parent. Candidates are not edited by hand but corrected in review.
    """
    from curator.cli.views.renew_ids import renewed_document, renewed_view
    from curator.dataset.renew import renew_ids as renew

    here = project()
    renewed = renew(here, files or (), author)
    present(as_json, lambda: renewed_document(renewed, here), renewed_view(renewed, here))
