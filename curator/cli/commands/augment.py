"""`curator augment`, `generate`: a batch of candidates. See cli."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.base.engine_names import EngineName
from curator.base.errors import CuratorError, NothingMissing
from curator.base.plural import plural
from curator.cli.options import (
    Address,
    AsJson,
    AugmentPath,
    Where,
    augment_recipe,
    engine_of,
    project,
)
from curator.cli.terminal import document, say, show

if TYPE_CHECKING:
    from curator.augment.run import Augmented
    from curator.generate.recipe import AugmentRecipe
    from curator.records.project import Project

app = typer.Typer()
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", help="A GGUF file, a hub id (org/repo[:file]), smollm2, or openai:MODEL@URL."
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed [default: next unused].")]
Count = Annotated[
    int | None, typer.Option("--candidates", "-n", min=1, help="At most so many candidates.")
]

# Why a batch ends, in the words of the manifest and of people.
ENDS = {
    "targets_met": "the targets are met",
    "candidates": "the limit of candidates is reached",
    "minutes": "the limit of minutes is reached",
    "low_yield": "too few of the last candidates were accepted",
    "nothing_left": "no strategy has anything left to try for what is missing",
}


@app.command()
def generate(
    recipe: AugmentPath = None,
    model: ModelName = None,
    candidates: Count = None,
    seed: Seed = None,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Make candidates only.

    A batch that was interrupted goes on where it stopped.
    """
    from curator.augment import run as pipeline
    from curator.cli.views import base as console
    from curator.generate.recipe import override

    here = project()
    chosen = override(augment_recipe(here, recipe), _changes(model, candidates, seed))
    _check(chosen, engine)
    try:
        with engine_of(engine, address) as where, console.progress(as_json) as progress:
            made = pipeline.augment(here, chosen, progress, where.load, judged=False)
    except NothingMissing as found:
        _tell_nothing(found, as_json)
        return
    path = here.relative(made.batch.path("candidates.jsonl"))
    if as_json:
        document({"batch": made.batch.name, "candidates": len(made.candidates), "file": path})
    else:
        count = plural(len(made.candidates), "candidate")
        say(f"{count} in {path}; next: curator filter {path}")


def _changes(model: str | None, candidates: int | None, seed: int | None) -> dict[str, Any]:
    return {"model.name": model, "stop.candidates": candidates, "seed": seed}


def _check(recipe: "AugmentRecipe", engine: EngineName) -> None:
    """Before it is said that nothing is missing; on a cluster, files may be elsewhere."""
    from curator.augment.inputs import check

    if engine is EngineName.LOCAL:
        check(recipe)


def _tell_nothing(found: NothingMissing, as_json: bool) -> None:
    if as_json:
        document({"stopped": "targets_met"})
    else:
        say(str(found))


def make_batch(
    here: "Project",
    recipe: "AugmentRecipe",
    as_json: bool,
    engine: EngineName = EngineName.LOCAL,
    address: str | None = None,
) -> None:
    """Make a batch by a recipe, or go on with it, and print what came of it."""
    from curator.augment import run as pipeline
    from curator.cli.views import base as console

    _check(recipe, engine)
    try:
        with engine_of(engine, address) as where, console.progress(as_json) as progress:
            load, stream = where.load, where.stream
            done = pipeline.augment(here, recipe, progress, load, stream=stream)
    except NothingMissing as found:
        _tell_nothing(found, as_json)
        return
    if as_json:
        document({"before": done.before.document(), **done.manifest})
    else:
        _report(here, done)


def _report(here: "Project", done: "Augmented") -> None:
    from curator.cli.views.augment import topics_table, yields_table
    from curator.cli.views.data import coverage_table, funnel_table, reasons_table

    outcome = done.outcome
    if outcome is None:
        raise CuratorError(f"batch {done.batch.name} has candidates only", hint="curator filter it")
    judged = [*outcome.accepted, *outcome.rejected]
    show(coverage_table(done.before), funnel_table(outcome))
    if outcome.rejected:
        show(reasons_table(outcome))
    show(yields_table(judged), topics_table(judged, done.before.topics))
    good = len(outcome.accepted)
    say(f"{good} of {plural(outcome.total, 'candidate')} survived every filter.")
    say(f"The batch ended because: {ENDS[done.manifest['stopped']]}.")
    folder = here.relative(done.batch.folder)
    names = ("plan.json", "candidates.jsonl", "accepted.jsonl", "rejected.jsonl", "manifest.json")
    say(f"Written to {folder}/: {', '.join(names)}")


@app.command()
def augment(
    recipe: AugmentPath = None,
    model: ModelName = None,
    candidates: Count = None,
    seed: Seed = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Begin no wave after so many minutes.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan of the next batch; make nothing.")
    ] = False,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Plan from what is missing, generate, filter, write.

    A batch that was broken off goes on where it stopped.
    """
    from curator.augment.preview import preview
    from curator.cli.views import base as console
    from curator.cli.views.augment import preview_lines, preview_table
    from curator.generate.recipe import override

    here = project()
    changes = {**_changes(model, candidates, seed), "stop.minutes": minutes}
    chosen = override(augment_recipe(here, recipe), changes)
    if not dry_run:
        make_batch(here, chosen, as_json, engine, address)
        return
    with console.progress(as_json) as progress:
        planned = preview(here, chosen, progress)
    if as_json:
        document(planned.document())
        return
    if not planned.wanted:
        counted = plural(planned.before.total, "example")
        say(f"Nothing is missing, with {counted}: no batch to plan.")
        return
    show(preview_table(planned))
    for line in preview_lines(planned):
        say(line)
    say(f"It would end because: {ENDS[planned.forecast.stopped]}.")
