"""`curator filter`: verdicts on examples."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from curator.base.engine_names import EngineName
from curator.cli.options import (
    Address,
    AsJson,
    AugmentPath,
    Unsandboxed,
    Where,
    augment_recipe,
    engine_of,
    project,
)
from curator.cli.terminal import present

app = typer.Typer()


@app.command(name="filter")
def filter_file(
    file: Annotated[Path, typer.Argument(help="JSONL of examples, or a folder of such files.")],
    recipe: AugmentPath = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for accepted.jsonl and rejected.jsonl.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Run the remaining filters on rejected examples too.")
    ] = False,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Judge examples; verdicts are written only with --out."""
    from curator.cli.views.base import progress
    from curator.cli.views.filter import filter_view
    from curator.dataset.filter import filter_in_project
    from curator.filters.base import raise_nothing_survived

    here = project()
    chosen = augment_recipe(here, recipe, {"judge": "all" if every else None})
    reading = f"reading {file.name}"
    with engine_of(engine, address) as where, progress(as_json, reading) as report:
        stream = partial(where.stream, progress=report)
        tally = filter_in_project(here, file, chosen, out, stream)
    present(as_json, tally.document, filter_view(tally))
    if not tally.kept:
        hint = f"{'' if every else '--all shows every fault, '}--out DIR keeps the verdicts"
        raise_nothing_survived(tally, here.relative(file.resolve()), hint, "example")
