"""Read what a run measures: one JSON line per report or evaluation, and its events."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from curator.base import legacy, store
from curator.base.notice import Notice


class Metric(BaseModel):
    """One record. Iteration 0 is the untrained model; losses are nats per learned token.

    Of preferences they are nats per pair; `val_accuracy` is the share of the pairs whose chosen
    answer has the higher implicit reward, `val_margin` by how much (training/preference.py).
    `tokens` are those learned so far, `seconds` the time since the last record of its kind,
    `peak_gb` the most memory that mlx held.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    iteration: int
    epoch: float
    train_loss: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    val_margin: float | None = None
    learning_rate: float
    tokens: int
    tokens_per_second: float | None = None
    seconds: float
    peak_gb: float

    def curve(self) -> tuple[int, float | None, float | None, float, int]:
        """Return what two equal runs share: all but times and memory."""
        return self.iteration, self.train_loss, self.val_loss, self.learning_rate, self.tokens


class Event(BaseModel):
    """Something that happened to a run: `kind` is died, resumed, lowered or resized."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    iteration: int
    detail: Annotated[Notice, BeforeValidator(legacy.event)]
    time: str


def read_metrics(path: Path) -> list[Metric]:
    """Read the records of metrics.jsonl; none where there is no such file yet."""
    return list(store.read(path, Metric)) if path.exists() else []


def rewind(path: Path, iteration: int) -> None:
    """Drop what a dead worker measured after the checkpoint that the next one starts from.

    Before iteration 1, everything: the next one measures the untrained model again.
    """
    if path.exists():
        kept = [m for m in read_metrics(path) if iteration and m.iteration <= iteration]
        store.write_atomic(path, kept)


def losses(metrics: Sequence[Metric], name: str) -> list[tuple[int, float]]:
    """Return (iteration, loss) of the records that have that loss: "train_loss" or "val_loss"."""
    every = [(m.iteration, getattr(m, name)) for m in metrics]
    return [(i, float(loss)) for i, loss in every if loss is not None]
