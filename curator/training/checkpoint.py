"""Write and read checkpoints: all that a run needs to resume as if nothing had happened.

One safetensors file each, `it0000050.<digest>.safetensors`: the trained weights, the optimiser's
state, and in the header the progress. It appears in one step and carries the digest of its bytes
in its name, so that a broken one is noticed; two are kept, so that there is another then.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from curator.base import store
from curator.training.tensors import load_tensors, save_tensors

if TYPE_CHECKING:
    import mlx.core as mx

log = logging.getLogger(__name__)
KEPT = 2
_DIGITS = 16


class Progress(BaseModel):
    """Where a run stands after `iteration`: sums since the last report, best validation loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    iteration: int = 0
    tokens: int = 0
    loss_sum: float = 0.0
    loss_count: int = 0
    best_loss: float | None = None
    best_iteration: int = 0
    worse: int = 0


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint read back."""

    progress: Progress
    weights: dict[str, "mx.array"]
    optimizer: dict[str, "mx.array"]


def save(folder: Path, progress: Progress, model: Any, optimizer: Any) -> Path:
    """Write a checkpoint and delete those that it makes superfluous; raises StoreError."""
    from mlx.utils import tree_flatten

    weights = {f"model.{k}": v for k, v in tree_flatten(model.trainable_parameters())}
    state = {f"optimizer.{k}": v for k, v in tree_flatten(optimizer.state)}
    part = folder / f"it{progress.iteration:07d}.safetensors"
    save_tensors(part, {**weights, **state}, {"progress": progress.model_dump_json()})
    digest = store.sha256_of(part)[:_DIGITS]
    done = part.replace(part.with_name(f"{part.stem}.{digest}.safetensors"))
    for old in checkpoints(folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return done


def checkpoints(folder: Path) -> list[Path]:
    """List the complete checkpoints of a folder, newest first."""
    return sorted(folder.glob("it*.*.safetensors"), reverse=True)


def iterations(folder: Path) -> list[int]:
    """List the iterations whose checkpoints are kept, newest first."""
    return [int(p.name[2:9]) for p in checkpoints(folder)]


def newest_iteration(folder: Path) -> int:
    """Return the iteration of the newest checkpoint, 0 without any."""
    return max(iterations(folder), default=0)


def load_newest(folder: Path) -> Checkpoint | None:
    """Read the newest checkpoint that is sound; broken ones are set aside with a warning.

    Only the process that holds the run's lock may ask: it clears what a killed writer left.
    """
    for part in folder.glob(".*.tmp.safetensors"):
        part.unlink(missing_ok=True)
    for path in checkpoints(folder):
        checkpoint = _load(path)
        if checkpoint:
            return checkpoint
        log.warning("%s: corrupt checkpoint set aside", path)
        path.replace(path.with_suffix(".corrupt"))
    return None


def _load(path: Path) -> Checkpoint | None:
    if store.sha256_of(path)[:_DIGITS] != path.name.split(".")[1]:
        return None
    try:
        tensors, header = load_tensors(path)
        progress = Progress.model_validate_json(header["progress"])
    except (ValueError, KeyError):
        return None
    parts: dict[str, dict[str, mx.array]] = {"model": {}, "optimizer": {}}
    for name, value in tensors.items():
        kind, _, rest = name.partition(".")
        parts[kind][rest] = value
    return Checkpoint(progress, parts["model"], parts["optimizer"])


def restore(checkpoint: Checkpoint, model: Any, optimizer: Any) -> None:
    """Put a checkpoint into a freshly built model and optimiser."""
    from mlx.utils import tree_unflatten

    model.load_weights(list(checkpoint.weights.items()), strict=False)
    optimizer.state = tree_unflatten(list(checkpoint.optimizer.items()))


def best_of(progress: Progress, loss: float, iteration: int, min_delta: float) -> Progress:
    """Return `progress` after one more evaluation."""
    if progress.best_loss is None or loss < progress.best_loss - min_delta:
        return changed(progress, best_loss=loss, best_iteration=iteration, worse=0)
    return changed(progress, worse=progress.worse + 1)


def changed(progress: Progress, **changes: Any) -> Progress:
    """Return `progress` with other values."""
    return progress.model_copy(update=changes)
