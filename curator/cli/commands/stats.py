"""`curator stats`: coverage, deficits, balance."""

import typer

from curator.cli.options import AsJson, AugmentPath, augment_recipe, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def stats(recipe: AugmentPath = None, as_json: AsJson = False) -> None:
    """Show what the set covers, what is missing, and its balance.

    Counts what may enter it: authored and imported examples, and what people accepted.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.stats import stats_view
    from curator.dataset.stats import count_project

    here = project()
    with progress(as_json, "reading the project"):
        result = count_project(here, augment_recipe(here, recipe))
    present(as_json, result.document, stats_view(result))
