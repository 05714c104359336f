"""Keep a sweep's folder, training/runs/SWEEP-001/, which is all that resuming it needs.

sweep.json             the recipe and its combinations, the rows' digests; written when all is there
data/                  the rows of all its runs, the validation rows fewer where that is wanted
SWEEP-001-01/ ...      a run each (curator/training/rundir.py); failed.json where it came to nothing
best.yaml              the settings that won, as curator train takes them
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from curator.base import store
from curator.base.errors import TrainingError
from curator.training.config import RUNS
from curator.training.metrics import losses, read_metrics
from curator.training.rundir import RunDir
from curator.training.sweeps.recipe import Combination, SweepRecipe

PREFIX = "SWEEP-"


class SweepRequest(BaseModel):
    """sweep.json: everything that the sweep was asked, and what made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    recipe: SweepRecipe
    combinations: tuple[Combination, ...]
    folder: str
    data: dict[str, str]
    versions: dict[str, str]
    started: str

    def same_job(self, other: "SweepRequest") -> bool:
        """Tell whether both would train the same things, on the same rows, for as long."""
        parts = ("recipe", "combinations", "folder", "data")
        return all(getattr(self, name) == getattr(other, name) for name in parts)


class Outcome(BaseModel):
    """What a combination came to: a row of the table.

    `seconds` are those of training and validating, `peak_gb` the most memory that mlx held.
    `reason` says why there is no loss, or why it cannot be compared with the others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    run: str
    changes: dict[str, Any]
    state: Literal["complete", "failed", "waiting"]
    best_val_loss: float | None = None
    best_iteration: int | None = None
    iterations: int | None = None
    val_loss_before: float | None = None
    seconds: float = 0.0
    peak_gb: float = 0.0
    reason: str | None = None


@dataclass(frozen=True)
class SweepDir:
    """One sweep's folder."""

    path: Path

    @property
    def name(self) -> str:
        """The sweep's name."""
        return self.path.name

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.path.parents[len(RUNS.parts)]

    def file(self, name: str) -> Path:
        """Return the path of a file of the sweep."""
        return self.path / name

    def run(self, number: int) -> RunDir:
        """Return the run of a combination, counted from 1."""
        return RunDir(self.path / f"{self.name}-{number:02d}")

    def request(self) -> SweepRequest:
        """Read sweep.json; raises TrainingError where this is no sweep."""
        from pydantic import ValidationError

        if not self.file("sweep.json").exists():
            hint = "curator sweep begins one"
            raise TrainingError("there is no such sweep", where=self.path, hint=hint)
        try:
            return SweepRequest.model_validate(store.read_json(self.file("sweep.json")))
        except ValidationError as error:
            what = f"sweep.json: {store.why(error)}"
            hint = "it was made by another version: delete the folder, and sweep again"
            raise TrainingError(what, where=self.path, hint=hint) from error

    def outcomes(self) -> list[Outcome]:
        """Return what each combination came to so far, in the order of the recipe."""
        combinations = enumerate(self.request().combinations, 1)
        return [_outcome(self.run(number), c.changes) for number, c in combinations]


def sweeps(root: Path) -> list[SweepDir]:
    """List the project's sweeps, oldest first."""
    return [SweepDir(p.parent) for p in sorted((root / RUNS).glob(f"{PREFIX}*/sweep.json"))]


def next_sweep(root: Path) -> SweepDir:
    """Return the first of SWEEP-001, SWEEP-002, ... that no sweep has."""
    taken = {s.name for s in sweeps(root)}
    name = next(n for i in range(1, 100000) if (n := f"{PREFIX}{i:03d}") not in taken)
    return SweepDir(root / RUNS / name)


def _outcome(run: RunDir, changes: dict[str, Any]) -> Outcome:
    metrics = read_metrics(run.file("metrics.jsonl"))
    before = [loss for iteration, loss in losses(metrics, "val_loss") if iteration == 0]
    known = {
        "run": run.name,
        "changes": changes,
        "val_loss_before": before[0] if before else None,
        "seconds": round(sum(m.seconds for m in metrics), 3),
        "peak_gb": max((m.peak_gb for m in metrics), default=0.0),
    }
    if run.file("failed.json").exists():
        return Outcome(state="failed", **known, **store.read_json(run.file("failed.json")))
    if not run.finished:
        return Outcome(state="waiting", **known)
    result = store.read_json(run.file("result.json"))
    kept = {name: result[name] for name in ("best_val_loss", "best_iteration", "iterations")}
    return Outcome(state="complete", reason=_incomparable(run), **known, **kept)


def _incomparable(run: RunDir) -> str | None:
    """Say why a complete run's loss is not like the others', if it is not."""
    limit = run.limits().max_tokens
    return f"rows of more than {limit} tokens were left out: memory was short" if limit else None
