"""A training that goes on from the adapter of an earlier one: a second stage.

start/adapters.safetensors   that adapter, as the earlier run left it
start/*.jsonl                what its model was taught, for whoever asks what leaked
"""

import shutil
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import TrainingError
from curator.training.config import TrainConfig
from curator.training.rundir import RunDir, Start, latest
from curator.training.tensors import load_tensors

ROWS = ("train.jsonl", "train_pairs.jsonl")
_SHAPE = ("fine_tune_type", "num_layers")
_LORA = ("rank", "scale", "keys")


def find_start(root: Path, config: TrainConfig, folder: Path) -> Start | None:
    """Describe the run that a training starts from; None where it starts from the model itself.

    Raises TrainingError where there is no such run, where it is not complete, or where its adapter
    does not go onto this model with these settings.
    """
    if config.start_from is None:
        return None
    run = latest(root, config.start_from)
    request, where = run.request(), f"start_from: {config.start_from}"
    if not run.finished:
        hint = f"{run.resume_command} resumes it"
        raise TrainingError("that run is not complete", where=where, hint=hint)
    theirs = request.config
    odd = [name for name in _SHAPE if getattr(theirs, name) != getattr(config, name)]
    lora = theirs.lora_parameters, config.lora_parameters
    odd += [f"lora_parameters.{n}" for n in _LORA if len({getattr(p, n) for p in lora}) > 1]
    odd += ["model"] if Path(request.folder) != folder else []
    if odd:
        what = f"its adapter is of another shape ({', '.join(odd)} differ)"
        raise TrainingError(what, where=where, hint="take the settings of that run")
    return Start(run=run.name, adapter_sha256=run.adapter().sha256)


def keep_start(root: Path, run: RunDir, start: Start) -> None:
    """Copy the adapter that a run starts from, and the rows it was taught, into its folder."""
    earlier, folder = latest(root, start.run), run.file("start")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(earlier.adapter().path, folder / "adapters.safetensors")
    if store.sha256_of(folder / "adapters.safetensors") != start.adapter_sha256:
        hint = "another process trains it: run again when it has ended"
        raise TrainingError("the adapter changed while it was read", where=earlier.path, hint=hint)
    for number, rows in enumerate(taught(earlier), 1):
        shutil.copyfile(rows, folder / f"{number}-{rows.name.partition('-')[2] or rows.name}")


def taught(run: RunDir) -> list[Path]:
    """List the files of rows that a run's model was trained on, by it and by those before it."""
    before = sorted(run.file("start").glob("*.jsonl"))
    own = [run.file("data") / name for name in ROWS]
    return [*before, *(path for path in own if path.is_file())]


def load_start(run: RunDir, model: Any) -> None:
    """Put the adapter that a run starts from into its model; raises TrainingError."""
    load_adapter(model, run.file("start") / "adapters.safetensors")


def load_adapter(model: Any, path: Path) -> None:
    """Put an adapter into a model that is adapted alike; raises TrainingError."""
    from mlx.utils import tree_flatten

    try:
        weights = load_tensors(path)[0]
    except ValueError as error:
        raise TrainingError(f"cannot be read: {error}", where=path) from error
    wanted = {name: value.shape for name, value in tree_flatten(model.trainable_parameters())}
    if {name: value.shape for name, value in weights.items()} != wanted:
        raise TrainingError("the adapter does not fit the model", where=path)
    model.load_weights(list(weights.items()), strict=False)
