"""`curator retrain`: gate -> build -> train -> fuse -> export -> evaluate -> promote or not.

Made for a nightly job: it does nothing while the gate is not met, one process works at a time, and
each step leaves files that the next call finds, so that after a kill at any moment the next call
goes on. training/retrain.json names the run that is being seen through, from gate to decision.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, ValidationError

from curator.base import store
from curator.base.clock import now
from curator.base.errors import DataError, NotReady
from curator.dataset import gate
from curator.dataset.curate import curate
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.write import write
from curator.evaluation.promotion import Entry, conclude, decided
from curator.evaluation.recipe import EvaluateRecipe
from curator.records.example import Record
from curator.records.project import Project
from curator.release.judge import Bench, judge
from curator.training.artefacts import export_of, merged_of
from curator.training.config import RUNS, TrainConfig
from curator.training.export import export
from curator.training.fuse import fuse
from curator.training.run import prepare, train
from curator.training.rundir import RunDir
from curator.training.supervise import Listener

PENDING = Path("training") / "retrain.json"
LOCK = Path("training") / "retrain.lock"


class Pending(Record):
    """training/retrain.json: the run that is being seen through, and since when."""

    run: str
    began: AwareDatetime


@dataclass(frozen=True)
class Recipes:
    """What a retraining goes by: the set and its gate, the training, the evaluation."""

    retrain: RetrainRecipe
    train: TrainConfig
    evaluate: EvaluateRecipe


@dataclass(frozen=True)
class Hearing:
    """Who hears how it goes: each step by name, counts of a step, what the training says."""

    step: Callable[[str], None]
    count: Callable[[str, int, int], None]
    training: Listener


@dataclass(frozen=True)
class Retrained:
    """What came of it: the ledger's entry, and the new model, promoted or not."""

    entry: Entry
    model: Path

    def document(self) -> dict[str, Any]:
        """Everything as one JSON document."""
        return {"model": str(self.model), **self.entry.model_dump(mode="json")}


def retrain(project: Project, recipes: Recipes, hearing: Hearing) -> Retrained:
    """See a retraining through from the gate, or from where the last call was broken off.

    Raises NotReady where the gate is not met, StoreError where another process retrains, and
    what the steps raise.
    """
    with _alone(project.root):
        run = _begun(project) or _begin(project, recipes, hearing)
        if not run.finished:
            hearing.step(f"training {run.name}")
            train(run, hearing.training)
        model = _made(project, run, hearing)
        bench = Bench(project.root, recipes.evaluate, hearing.step, hearing.count)
        entry = decided(project.root, run.name) or judge(bench, run, model)
        conclude(project.root, entry, project.relative(model))
        (project.root / PENDING).unlink(missing_ok=True)
        return Retrained(entry, model)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with store.locked(root / LOCK, "retrains", wait=1.0):
        yield


def _begun(project: Project) -> RunDir | None:
    """The run that an earlier call did not see through."""
    path = project.root / PENDING
    if not path.exists():
        return None
    hint = "delete this file to begin at the gate"
    try:
        run = RunDir(project.root / RUNS / Pending.model_validate(store.read_json(path)).run)
    except ValidationError as error:
        raise DataError(store.why(error), where=path, hint=hint) from error
    if not run.file("run.json").exists():
        raise DataError(f"run {run.name} is gone", where=path, hint=hint)
    return run


def _begin(project: Project, recipes: Recipes, hearing: Hearing) -> RunDir:
    """Gate and build; returns the run to train, which is then the pending one."""
    made = curate(project, recipes.retrain, hearing.count)
    last = gate.last_training(project.root)
    found = gate.checks(made, recipes.retrain.gate, last, now())
    if not gate.ready(found):
        raise NotReady(_missing(found), hint="curator gate shows all of it")
    hearing.step(f"building the set: {len(made.examples)} examples")
    write(made, recipes.retrain, project.curated)
    run = prepare(project.root, recipes.train, project.curated)
    pending = Pending(run=run.name, began=now())
    store.write_json(project.root / PENDING, pending.model_dump(mode="json"))
    return run


def _missing(checks: list[gate.Check]) -> str:
    failed = [c for c in checks if not c.passed]
    first = failed[0]
    more = f", and {len(failed) - 1} checks more" if len(failed) > 1 else ""
    return f"not ready: {first.name} = {first.value}, wanted {first.limit}: {first.closes}{more}"


def _made(project: Project, run: RunDir, hearing: Hearing) -> Path:
    """The run's GGUF, fused and exported where that was not done."""
    merged, model = (of(project.root, run.name) for of in (merged_of, export_of))
    if not _is_of(run, merged):
        hearing.step("merging the adapter")
        fuse(run, merged)
    if not (model.is_file() and model.with_suffix(".json").is_file()):
        export(merged, model, Path(run.request().folder), hearing.step)
    return model


def _is_of(run: RunDir, merged: Path) -> bool:
    """Whether a merged model is there, and this run's; raises DataError for another's."""
    origin = merged / "origin.json"
    if not origin.is_file():
        return False
    if store.read_json(origin).get("adapter_sha256") == run.adapter().sha256:
        return True
    hint = "it is of another run of that name: move it away"
    raise DataError("not the merged model of this run", where=merged, hint=hint)
