"""`curator generate`: candidates without verdicts."""

import typer

from curator.base.engine_names import EngineName
from curator.base.errors import NothingMissing
from curator.cli.commands.augment import make_batch, show_nothing_missing
from curator.cli.options import (
    Address,
    AsJson,
    AugmentPath,
    Count,
    ModelName,
    Seed,
    Unsandboxed,
    Where,
    augment_recipe,
    project,
)
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def generate(
    recipe: AugmentPath = None,
    model: ModelName = None,
    candidates: Count = None,
    seed: Seed = None,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Make candidates without filtering them.

    An interrupted batch resumes where it stopped.
    """
    from curator.cli.views.generate import generate_document, generate_view

    here = project()
    changes = {"model.name": model, "stop.candidates": candidates, "seed": seed}
    chosen = augment_recipe(here, recipe, changes)
    try:
        result = make_batch(here, chosen, as_json, engine, address, judged=False)
    except NothingMissing as error:
        show_nothing_missing(error, as_json)
        return
    present(as_json, lambda: generate_document(result, here), generate_view(result, here))
