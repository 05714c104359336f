"""`curator sweep`: train each combination in the supervised loop, and compare what came of them.

A combination that diverges, or that the machine cannot hold, is a row with its reason. Everything
follows from the folders: a sweep that was killed resumes by the same command.
"""

import math
import random
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.clock import now
from curator.base.errors import CannotWrite, DataError, ModelError, TrainingError
from curator.base.seeds import derive_seed
from curator.training.config import RUNS, TrainConfig
from curator.training.preflight import examine
from curator.training.run import make, train
from curator.training.rundir import RunDir, data_digests, versions
from curator.training.supervise import Listener
from curator.training.sweeps.folder import Outcome, SweepDir, SweepRequest, next_sweep, sweeps
from curator.training.sweeps.recipe import Combination, SweepRecipe, combine, nested


@dataclass(frozen=True)
class Step:
    """A combination whose turn it is: its place among `total`."""

    run: str
    place: int
    total: int
    combination: Combination


# Called for each combination that is trained; gives who listens to its training.
Listening = Callable[[Step], AbstractContextManager[Listener]]


@dataclass(frozen=True)
class Swept:
    """A sweep with what its combinations came to, the best first, those without a loss last."""

    sweep: SweepDir
    outcomes: tuple[Outcome, ...]

    @property
    def best(self) -> Outcome | None:
        """The combination of the lowest validation loss."""
        return next((o for o in self.outcomes if ranked(o)), None)

    @property
    def settings(self) -> dict[str, Any]:
        """The changes that won, as a settings file has them."""
        return nested(self.best.changes) if self.best else {}

    def document(self) -> dict[str, Any]:
        """Return the sweep as a JSON object."""
        rows = [o.model_dump(mode="json") for o in self.outcomes]
        where = {"sweep": self.sweep.name, "folder": str(self.sweep.path)}
        best = self.best.run if self.best else None
        return {**where, "best": best, "settings": self.settings, "combinations": rows}


def ranked(outcome: Outcome) -> bool:
    """Tell whether an outcome's loss can be compared with the others'."""
    return outcome.best_val_loss is not None and outcome.reason is None


def begin(root: Path, recipe: SweepRecipe, base: TrainConfig, data: Path) -> SweepDir:
    """Return the sweep of these trainings on these rows: one that was begun, else a new one.

    Raises CuratorError for what is wrong with the model, the rows or the settings.
    """
    checked = examine(base, data)
    if not checked.valid:
        hint = "curator build makes some, or take away rows to validate on by hand"
        raise DataError("no validation rows: nothing to compare by", where=data, hint=hint)
    request = SweepRequest(
        recipe=recipe,
        combinations=combine(recipe, base, len(checked.train)),
        folder=str(checked.folder),
        data=data_digests(data, base),
        versions=versions(),
        started=now().isoformat(),
    )
    with store.locked(root / RUNS / ".lock", "begins a sweep"):  # else two get the same name
        alike = [s for s in sweeps(root) if s.request().same_job(request)]
        return alike[-1] if alike else _new(next_sweep(root), request, data)


def find(root: Path, name: str) -> SweepDir:
    """Return the sweep of that name; raises TrainingError where there is none."""
    found = SweepDir(root / RUNS / Path(name).name)
    found.request()
    return found


def _new(sweep: SweepDir, request: SweepRequest, data: Path) -> SweepDir:
    """Lay a sweep's folder out; sweep.json comes last."""
    folder = sweep.file("data")
    folder.mkdir(parents=True, exist_ok=True)
    for name in request.data:
        shutil.copyfile(data / name, folder / name)
    if data_digests(folder, request.combinations[0].config) != request.data:
        hint = "another process builds it: run again when it has ended"
        raise TrainingError("the rows changed while they were read", where=data, hint=hint)
    if request.recipe.valid_rows is not None:
        seed = request.combinations[0].config.seed
        _draw(folder / request.combinations[0].config.files[1], request.recipe.valid_rows, seed)
    store.write_json(sweep.file("sweep.json"), request.model_dump(mode="json"))
    return sweep


def _draw(path: Path, count: int, seed: int) -> None:
    """Leave `count` lines of a file, drawn by a seed, in their order."""
    lines = [line for _, line in store.read_lines(path)]
    draw = random.Random(derive_seed(seed, "validation rows"))  # noqa: S311 rows to measure by
    kept = sorted(draw.sample(range(len(lines)), min(count, len(lines))))
    store.write_bytes(path, b"".join(lines[i].rstrip(b"\n") + b"\n" for i in kept))


def sweep(found: SweepDir, listening: Listening, retry: bool = False) -> Swept:
    """Train what is not trained yet; `retry` tries failed combinations again.

    Raises StoreError where another process sweeps here, TrainingError where no combination has a
    loss, the rows have changed since or the disk is full, and Interrupted.
    """
    with store.locked(found.file(".lock"), "works on this sweep", wait=1.0, where=found.path):
        _check_rows(found)
        combinations = found.request().combinations
        for place, combination in enumerate(combinations, 1):
            run = found.run(place)
            if retry:
                run.file("failed.json").unlink(missing_ok=True)
            step = Step(run.name, place, len(combinations), combination)
            _bring_about(found, run, step, listening)
        return _concluded(found)


def _check_rows(found: SweepDir) -> None:
    """Raise TrainingError where the rows are not those that the sweep began with."""
    request = found.request()
    known = dict(request.data)
    if request.recipe.valid_rows is not None:  # fewer rows than were counted then
        known.pop(request.combinations[0].config.files[1], None)
    begun = (found.run(place + 1) for place in range(len(request.combinations)))
    first = next((run for run in begun if run.file("run.json").exists()), None)
    known |= first.request().data if first else {}
    for name, digest in known.items():
        path = found.file("data") / name
        if not store.is_unchanged(path, digest):
            hint = "restore it; or delete the sweep's folder, and sweep again"
            raise TrainingError("changed since the sweep began", where=path, hint=hint)


def _bring_about(found: SweepDir, run: RunDir, step: Step, listening: Listening) -> None:
    """Train one combination to its end, or write down why it has none."""
    if run.file("failed.json").exists():
        return
    if not run.finished:
        try:
            with listening(step) as listen:
                config, data = step.combination.config, found.file("data")
                train(make(found.root, run, config, data), listen)
        except CannotWrite:
            raise
        except (TrainingError, ModelError, DataError) as error:
            _fail(run, error.what)
            shutil.rmtree(run.file("kept"), ignore_errors=True)  # of its rows: gigabytes
            return
    loss = store.read_json(run.file("result.json"))["best_val_loss"]
    if loss is None or not math.isfinite(loss):
        _fail(run, f"the validation loss is {loss}")
    shutil.rmtree(run.file("checkpoints"), ignore_errors=True)  # a complete run resumes no more


def _fail(run: RunDir, reason: str) -> None:
    store.write_json(run.file("failed.json"), {"reason": reason})


def _concluded(found: SweepDir) -> Swept:
    order = sorted(found.outcomes(), key=lambda o: (not ranked(o), o.best_val_loss or math.inf))
    swept = Swept(found, tuple(order))
    if swept.best is None:
        what = f"no combination has a loss to go by; the first: {order[0].reason}"
        hint = "mend the settings, or run again with --retry"
        raise TrainingError(what, where=found.path, hint=hint)
    _recommend(swept)
    return swept


def _recommend(swept: Swept) -> None:
    """Write the settings that won as a file for curator train."""
    import yaml

    best = swept.best
    winner = next(
        c for c in swept.sweep.request().combinations if best and c.changes == best.changes
    )
    settings = {"kind": "train", **winner.config.model_dump(mode="json", exclude_defaults=True)}
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    store.write_bytes(swept.sweep.file("best.yaml"), text.encode("utf-8"))
