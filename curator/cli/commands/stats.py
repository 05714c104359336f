"""`curator stats`: coverage, deficits, balance."""

import typer

from curator.cli.options import AsJson, AugmentPath, augment_recipe, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def stats(recipe: AugmentPath = None, as_json: AsJson = False) -> None:
    """Show what the set covers, what is missing, and its balance.

    Counts what may enter it: authored and imported examples, and what people accepted. Names the
    slots that have room for more.
    """
    from dataclasses import replace

    from curator.augment.room import limits, room_of
    from curator.cli.views.base import progress
    from curator.cli.views.stats import stats_view
    from curator.dataset.stats import count_project

    here = project()
    with progress(as_json, "reading the project"):
        asked = augment_recipe(here, recipe)
        counted = count_project(here, asked)
    result = replace(counted, room=room_of(limits(here, asked), counted.covered))
    present(as_json, result.document, stats_view(result))
