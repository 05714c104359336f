"""`curator retrain`: from the gate to a model that is promoted, or not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import AsJson, RetrainPath, Unsandboxed, project
from curator.cli.terminal import present

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.release.retrain import Recipes
    from curator.training.config import TrainConfig

app = typer.Typer()


@app.command()
def retrain(
    recipe: RetrainPath = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Training [default: training/lora.yaml].")
    ] = None,
    evaluation: Annotated[
        Path | None,
        typer.Option("--evaluation", help="Evaluation [default: pipelines/evaluate.yaml]."),
    ] = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Gate, build, train, fuse, export, evaluate, promote or not.

    Exits 3 if nothing is due. Safe to run every night: only one runs at a time, and interrupted
    work resumes.
    """
    retrain_by(project(), recipe, config, evaluation, as_json)


def retrain_by(
    here: "Project",
    recipe: Path | None,
    config: Path | None = None,
    evaluation: Path | None = None,
    as_json: bool = False,
) -> None:
    """Retrain by these recipes, the project's own where None, and print the result."""
    from curator.cli.views.base import progress
    from curator.cli.views.retrain import retrain_view
    from curator.cli.views.train import step_line, training_progress
    from curator.release.retrain import Callbacks
    from curator.release.retrain import retrain as run

    chosen = _recipes(here, recipe, config, evaluation)
    # Lines, in a terminal too: the training has the bar.
    lines = progress(True, "reading the project")
    with training_progress(chosen.train.iters, as_json) as training, lines as count:
        say = step_line(as_json)

        def step(name: str) -> None:
            say(name)
            count(name, 0, 0)

        result = run(here, chosen, Callbacks(step, count, training))
    present(as_json, result.document, retrain_view(result, here))


def _recipes(
    here: "Project", recipe: Path | None, config: Path | None, evaluation: Path | None
) -> "Recipes":
    from curator.base.errors import RecipeError
    from curator.dataset.recipe import load_retrain
    from curator.evaluation.recipe import load_evaluate
    from curator.release.retrain import Recipes
    from curator.training.config import CONFIG, load_config

    rows = load_retrain(here, recipe)
    first = _at_home(here, load_config(config or here.root / CONFIG))
    second = None
    if rows.ways.prefer:
        path = here.root / CONFIG.with_name(rows.ways.prefer)
        second = _at_home(here, load_config(path, {"model": first.model}))
        if second.objective != "dpo":
            what = "not settings of a training on preferences"
            raise RecipeError(what, where=path, hint="objective: dpo; see training/dpo.yaml")
    return Recipes(rows, first, load_evaluate(here, evaluation), second)


def _at_home(here: "Project", training: "TrainConfig") -> "TrainConfig":
    """Find a model's folder from the project: cron and launchd start elsewhere."""
    if (here.root / training.model).is_dir():
        return training.model_copy(update={"model": str(here.root / training.model)})
    return training
