"""`curator import`: chat JSONL into the project."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, AugmentPath, augment_recipe, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Chat JSONL: messages, with optional metadata.")],
    category: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    topic: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    difficulty: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    author: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    licence: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    authored: Annotated[
        bool, typer.Option("--authored", help="Written for this project: into raw/authored.")
    ] = False,
    recipe: AugmentPath = None,
    as_json: AsJson = False,
) -> None:
    """Import chat JSONL into raw/, with labels and provenance.

    Examples that the filters reject are kept apart in rejected/, with their faults; they do not
    count.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.import_ import import_view
    from curator.dataset.intake import import_chat
    from curator.records.chat import Labels

    here = project()
    labels = Labels(category, topic, difficulty, author, licence)
    with progress(as_json) as report:
        result = import_chat(
            here, file, labels, augment_recipe(here, recipe), report, authored=authored
        )
    present(as_json, lambda: result.document(here), import_view(result, str(file), here))
    result.raise_if_all_rejected(file)
