"""`curator train`, `fuse`, `export`, `import-model`: from the dataset to a model. See cli."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.base.notice import Notice
from curator.base.plural import plural
from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say, show

if TYPE_CHECKING:
    from curator.training.run import Trained
    from curator.training.rundir import RunDir

app = typer.Typer()
RunName = Annotated[str | None, typer.Option("--run", help="Name of a run [default: the newest].")]


@app.command()
def train(
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings [default: training/lora.yaml].")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of train.jsonl [default: curated].")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Base model: a folder, or a hub id.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, help="Length [default: the settings'].")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Name of the run; one that exists keeps its settings."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow a run from another terminal.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look at model, rows and memory; train nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train the model on the curated set.

    Goes on with a run that was broken off: the same command does, or --name.
    """
    from curator.training.config import CONFIG, load_config
    from curator.training.preflight import examine
    from curator.training.run import own_job, prepare

    here = project()
    if watch and dry_run:
        raise typer.BadParameter("--watch follows a run, --dry-run looks at one to come")
    if watch:
        _watch(here.root, name, as_json)
        return
    alone = config is None and data is None and model is None
    job = own_job(here.root, name, iterations) if name and alone else None
    if job is None:
        changes = {"model": model, "iters": iterations}
        settings = load_config(config or here.root / CONFIG, changes)
        job = settings, data or here.root / "curated"
    chosen, folder = job
    if dry_run:
        _show_preflight(examine(chosen, folder).document(), as_json)
        return
    run = prepare(here.root, chosen, folder, name)
    if not as_json:
        _show_preflight(run.request().preflight, as_json)
        say(f"Run {run.name} in {here.relative(run.path)}; it survives Ctrl-C and crashes.")
    _report(_train(run, chosen.iters, as_json), as_json)


def _train(run: "RunDir", iterations: int, as_json: bool) -> "Trained":
    from curator.cli.views.train import training_progress
    from curator.training.run import train as see_through

    with training_progress(iterations, as_json) as listen:
        return see_through(run, listen)


def _report(done: "Trained", as_json: bool) -> None:
    if as_json:
        document(done.document())
        return
    result = done.result
    say(f"Ended after {plural(result['iterations'], 'iteration')} ({result['ended']}).")
    if result["best_val_loss"] is not None:
        say(f"Best validation loss {result['best_val_loss']:.3f} at {result['best_iteration']}.")
    say(f"Loss curve: training/runs/{done.run.name}/loss.svg. Next: curator fuse")


def _show_preflight(found: dict[str, Any], as_json: bool) -> None:
    from curator.cli.views.train import preflight_table

    if as_json:
        document(found)
    else:
        show(preflight_table(found))


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
        say(f"Nobody works on {run.name}, and it is not complete: {run.go_on} goes on with it.")


@app.command()
def fuse(
    run: RunName = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: models/RUN].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Merge the best adapter of a run into its base model.

    The merged model is a folder of safetensors.
    """
    from curator.cli.views.train import artefacts_table
    from curator.training.artefacts import merged_of
    from curator.training.fuse import fuse as merge
    from curator.training.rundir import latest

    here = project()
    chosen = latest(here.root, run, finished=True)
    made = merge(chosen, out or merged_of(here.root, chosen.name))
    if as_json:
        document(made.document())
    else:
        show(artefacts_table([made], here))


@app.command()
def export(
    run: RunName = None,
    merged: Annotated[
        Path | None, typer.Option("--merged", help="Merged model [default: models/RUN].")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write [default: models/RUN-q4_k_m.gguf].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Quantise the merged model to a GGUF (Q4_K_M).

    Proves that the file is that model.
    """
    from curator.cli.views.train import artefacts_table, step_line
    from curator.training.artefacts import export_of, merged_of
    from curator.training.export import export as make
    from curator.training.rundir import latest

    here = project()
    chosen = latest(here.root, run, finished=True)
    folder = merged or merged_of(here.root, chosen.name)
    target = out or export_of(here.root, chosen.name)
    if target.suffix != ".gguf":
        raise typer.BadParameter(f"{target}: --out names a GGUF, such as {target.name}.gguf")
    made = make(folder, target, Path(chosen.request().folder), step_line(as_json))
    if as_json:
        document(made.document())
        return
    show(artefacts_table([chosen.adapter(), *made.artefacts], here))
    say(
        f"It chooses what the merged model does at {made.quantised.share:.0%} of "
        f"{made.quantised.of} places (unquantised: {made.unrounded.share:.0%})."
    )
    say(f"The base model's GGUF is another: {made.base_sha256[:16]}.")


@app.command(name="import-model")
def import_model(
    name: Annotated[str, typer.Argument(help="A GGUF file, or smollm2: the carried one.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: models/NAME].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Turn a small GGUF into a folder that can be trained.

    Without loss, and without a network.
    """
    from curator.cli.views.train import artefacts_table
    from curator.training.artefacts import MODELS, artefact
    from curator.training.import_model import import_model as take

    here = project()
    target = out or here.root / MODELS / Path(name).stem
    made = artefact(take(name, target), Notice("trainable_model"))
    if as_json:
        document(made.document())
        return
    show(artefacts_table([made], here))
    settings = here.root / "training" / f"{target.name}.yaml"
    own = out is None and settings.is_file()  # such as those of the carried model
    how = f"--config {here.relative(settings)}" if own else f"--model {here.relative(target)}"
    say(f"Next: curator train {how}")
