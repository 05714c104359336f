"""`curator train`: LoRA on the curated set, and a look at a run from elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import AsJson, BaseModel, RowsPath, project
from curator.cli.terminal import document, present, say, show

if TYPE_CHECKING:
    from curator.training.config import TrainConfig
    from curator.training.run import Trained
    from curator.training.rundir import RunDir

app = typer.Typer()


@app.command()
def train(
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings [default: training/lora.yaml].")
    ] = None,
    data: RowsPath = None,
    model: BaseModel = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, help="Length [default: the settings'].")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Name of the run; an existing one keeps its settings."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow a run from another terminal.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check model, rows and memory; train nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train the model on the curated set.

    An interrupted run resumes with the same command, or with --name.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.train import preflight_view, trained_view
    from curator.training.preflight import examine
    from curator.training.run import prepare

    here = project()
    if watch and dry_run:
        raise typer.BadParameter("--watch follows a run, --dry-run looks at one to come")
    if watch:
        _watch(here.root, name, as_json)
        return
    settings, rows = _job(here.root, (config, data, model), iterations, name)
    checking = "checking model, rows and memory"
    if dry_run:
        with progress(as_json, checking):
            preflight = examine(settings, rows).document()
        present(as_json, lambda: preflight, preflight_view(preflight))
        return
    with progress(as_json, checking):
        run = prepare(here.root, settings, rows, name)
    if not as_json:
        show(preflight_view(run.request().preflight))
        say(f"Run {run.name} in {here.relative(run.path)}; it survives Ctrl-C and crashes.")
    result = _train(run, run.request().config.iters, as_json)
    present(as_json, result.document, trained_view(result))


def _job(
    root: Path,
    given: tuple[Path | None, Path | None, str | None],
    iterations: int | None,
    name: str | None,
) -> "tuple[TrainConfig, Path]":
    """Choose the settings and rows to train with.

    They are those of the run by that name, where there is one and no config, data or model is
    given, else those that are given.
    """
    from curator.training.config import CONFIG, load_config
    from curator.training.run import own_job

    job = own_job(root, name, iterations) if name and given == (None, None, None) else None
    if job:
        return job
    config, data, model = given
    settings = load_config(config or root / CONFIG, {"model": model, "iters": iterations})
    return settings, data or root / settings.folder


def _train(run: "RunDir", iterations: int, as_json: bool) -> "Trained":
    from curator.cli.views.train import training_progress
    from curator.training.run import train as supervise

    with training_progress(iterations, as_json) as listen:
        return supervise(run, listen)


def _watch(root: Path, name: str | None, as_json: bool) -> None:
    from curator.cli.views.train import record_line
    from curator.training.rundir import latest
    from curator.training.watch import follow

    run = latest(root, name)
    run.request()
    records = []
    for record in follow(run):
        if as_json:
            records.append(record.model_dump(exclude_none=True))
        else:
            say(record_line(record))
    if as_json:
        document({"run": run.name, "finished": run.finished, "records": records})
    elif not run.finished:
        say(f"{run.name} is neither complete nor running; resume it: {run.resume_command}")
