"""`curator retrain`: from the gate to a model that is promoted, or not. See cli."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.english import english
from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.release.retrain import Recipes, Retrained

app = typer.Typer()


@app.command()
def retrain(
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Recipe [default: pipelines/retrain.yaml].")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Training [default: training/lora.yaml].")
    ] = None,
    evaluation: Annotated[
        Path | None,
        typer.Option("--evaluation", help="Evaluation [default: pipelines/evaluate.yaml]."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Gate, build, train, fuse, export, evaluate, promote or not.

    Exits 3 where nothing is due. Safe to run every night: one at a time, and what was
    broken off is gone on with.
    """
    retrain_by(project(), recipe, config, evaluation, as_json)


def retrain_by(
    here: "Project",
    recipe: Path | None,
    config: Path | None = None,
    evaluation: Path | None = None,
    as_json: bool = False,
) -> None:
    """Retrain by these recipes, the project's own where None, and print what came of it."""
    from curator.cli.views import base as console
    from curator.cli.views.train import step_line, training_progress
    from curator.release.retrain import Callbacks
    from curator.release.retrain import retrain as see_through

    chosen = _recipes(here, recipe, config, evaluation)
    with (
        training_progress(chosen.train.iters, as_json) as training,
        console.progress(as_json) as count,
    ):
        done = see_through(here, chosen, Callbacks(step_line(as_json), count, training))
    _report(here, done, as_json)


def _recipes(
    here: "Project", recipe: Path | None, config: Path | None, evaluation: Path | None
) -> "Recipes":
    from curator.dataset.recipe import load_retrain
    from curator.evaluation.recipe import load_evaluate
    from curator.release.retrain import Recipes
    from curator.training.config import CONFIG, load_config

    training = load_config(config or here.root / CONFIG)
    if (here.root / training.model).is_dir():  # cron and launchd start elsewhere
        training = training.model_copy(update={"model": str(here.root / training.model)})
    return Recipes(load_retrain(here, recipe), training, load_evaluate(here, evaluation))


def _report(here: "Project", done: "Retrained", as_json: bool) -> None:
    if as_json:
        document(done.document())
        return
    entry = done.entry
    say(f"{entry.run} against {entry.before}:")
    for reason in entry.decision.reasons:
        say(f"  {english.say(reason)}")
    model = here.relative(done.model)
    if entry.decision.promote:
        say(f"Promoted: {model} is the model in use (models/current.json).")
    else:
        say(f"Not promoted: {entry.before} stays, and {model} is kept.")
    say("Every decision with its numbers: training/ledger.jsonl")
