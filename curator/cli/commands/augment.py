"""`curator augment`: a batch of candidates from plan to verdicts, or its plan."""

from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.engine_names import EngineName
from curator.base.errors import NothingMissing
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
    engine_of,
    project,
)
from curator.cli.terminal import document, present, say

if TYPE_CHECKING:
    from curator.augment.run import AugmentResult
    from curator.generate.recipe import AugmentRecipe
    from curator.records.project import Project

app = typer.Typer()


@app.command()
def augment(
    recipe: AugmentPath = None,
    model: ModelName = None,
    candidates: Count = None,
    seed: Seed = None,
    more: Annotated[
        int | None,
        typer.Option(
            "--more", min=0, metavar="N", help="N more a topic and difficulty than is missing."
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Start no wave after this many minutes.")
    ] = None,
    opinion: Annotated[
        str | None,
        typer.Option(
            "--opinion",
            metavar="MODEL",
            help="Another model, asked what it thinks of accepted candidates: a signal, no filter.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan of the next batch; make nothing.")
    ] = False,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Plan from what is missing, generate, filter, write.

    An interrupted batch resumes where it stopped.
    """
    here = project()
    limits = {"stop.candidates": candidates, "stop.minutes": minutes}
    models = {"model.name": model, "opinion.name": opinion}
    chosen = augment_recipe(here, recipe, {**models, "seed": seed, "more": more, **limits})
    if dry_run:
        _show_plan(here, chosen, as_json)
    else:
        augment_by(here, chosen, as_json, engine, address)


def _show_plan(here: "Project", recipe: "AugmentRecipe", as_json: bool) -> None:
    from curator.augment.preview import preview
    from curator.cli.views.augment import preview_view
    from curator.cli.views.base import progress

    with progress(as_json) as report:
        plan = preview(here, recipe, report)
    present(as_json, plan.document, preview_view(plan))


def augment_by(
    here: "Project",
    recipe: "AugmentRecipe",
    as_json: bool,
    engine: EngineName = EngineName.LOCAL,
    address: str | None = None,
) -> None:
    """Make the batch of a recipe, or resume it, and print the result."""
    from curator.cli.views.augment import augment_view

    try:
        result = make_batch(here, recipe, as_json, engine, address)
    except NothingMissing as error:
        show_nothing_missing(error, as_json)
        return
    present(as_json, result.document, augment_view(result, here))


def make_batch(
    here: "Project",
    recipe: "AugmentRecipe",
    quiet: bool,
    engine: EngineName,
    address: str | None,
    judged: bool = True,
) -> "AugmentResult":
    """Make the batch of a recipe, or resume it, on an engine."""
    from curator.augment.inputs import check_recipe
    from curator.augment.run import augment as run
    from curator.cli.views.base import progress

    if engine is EngineName.LOCAL:  # on a cluster, the model's file may be elsewhere
        check_recipe(recipe)
    with engine_of(engine, address) as where, progress(quiet) as report:
        return run(here, recipe, report, where.load, judged, where.stream)


def show_nothing_missing(error: NothingMissing, as_json: bool) -> None:
    """Print that all targets are met, which is a result and no failure."""
    if as_json:
        document({"stopped": "targets_met"})
    else:
        say(str(error))
