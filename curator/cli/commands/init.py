"""`curator init`: a project from nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.plural import plural
from curator.cli.options import AsJson
from curator.cli.terminal import document, say

if TYPE_CHECKING:
    from curator.dataset.start import Started

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the project.")] = Path(),
    name: Annotated[
        str | None, typer.Option(help="What it is called in Argilla [default: as its folder].")
    ] = None,
    with_examples: Annotated[
        bool, typer.Option("--with-examples", help="Begin with the examples that are shipped.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a project: recipes, topics, settings, an empty raw/.

    A folder that has one already is left as it is.
    """
    from curator.dataset.start import start_project

    started = start_project(folder, name, with_examples)
    if as_json:
        document({**started.document(), "next": _next(started)})
        return
    say(f"{plural(len(started.files), 'file')} written to {started.folder}")
    for file in started.kept:
        say(f"{file} was there and is left as it is")
    say("Topics: schemas/taxonomy.yaml; targets, model and filters: pipelines/augment.yaml")
    if not started.examples:
        say("Candidates are made after examples: write or import a few first.")
    say(f"Next: {_next(started)}")


def _next(started: "Started") -> str:
    way = "" if Path(started.folder) == Path.cwd() else f"cd {started.folder} && "
    return way + ("curator" if started.examples else "curator import FILE --authored --author NAME")
