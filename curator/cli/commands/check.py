"""`curator check`: the Rust blocks of Markdown or JSONL files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curator.base.plural import plural
from curator.cli.options import AsJson
from curator.cli.terminal import present

app = typer.Typer()


class EditionName(StrEnum):
    """The editions of Rust."""

    E2015 = "2015"
    E2018 = "2018"
    E2021 = "2021"
    E2024 = "2024"


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(help="Markdown or JSONL files, or folders with such files below."),
    ],
    edition: Annotated[
        EditionName, typer.Option(help="Edition of blocks that name none.")
    ] = EditionName.E2021,
    run_programs: Annotated[
        bool, typer.Option("--run", help="Run programs and tests too, in the sandbox.")
    ] = False,
    unsandboxed: Annotated[
        bool, typer.Option("--unsandboxed", help="Compile without a sandbox; rules out --run.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compile the Rust blocks of Markdown or JSONL files.

    Exits 1 if a block does not do what its text says.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.check import check_view
    from curator.rust.check import CheckSettings, check_paths

    if unsandboxed and run_programs:
        raise typer.BadParameter("--run needs the sandbox")
    count = plural(len(files), "file or folder", "files and folders")
    with progress(as_json, f"compiling the Rust blocks of {count}"):
        settings = CheckSettings(edition.value, run_programs, not unsandboxed)
        result = check_paths(files, settings)
    present(as_json, result.document, check_view(result))
    if result.failed:
        raise typer.Exit(1)
