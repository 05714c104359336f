"""`curator import`: an existing set into the project."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, AugmentPath, Unsandboxed, augment_recipe, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command(name="import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="JSONL or JSON of chats, ShareGPT, Alpaca, or pairs.")
    ],
    category: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    topic: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    difficulty: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    author: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    licence: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    authored: Annotated[
        bool, typer.Option("--authored", help="Written for this project: into raw/authored.")
    ] = False,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="OLD=NEW: rename a label of the file; repeatable."),
    ] = None,
    recipe: AugmentPath = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Import an existing set, with labels and provenance.

    Prints what is wrong, what only looks different, and what was done about it. Examples that the
    filters reject do not count: they are kept in rejected/, and `curator review push` sends those
    that a person can repair to annotators.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.import_ import import_view
    from curator.dataset import intake
    from curator.dataset.labelling import Labels

    here = project()
    labels = Labels(category, topic, difficulty, author, licence)
    options = intake.ImportOptions(authored, mapping or ())
    with progress(as_json, f"reading {file.name}") as report:
        chosen = augment_recipe(here, recipe)
        result = intake.import_file(here, file, labels, chosen, options, report)
    present(as_json, lambda: result.document(here), import_view(result, str(file), here))
    result.raise_if_all_rejected(file)
