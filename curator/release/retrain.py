"""`curator retrain`: gate -> build -> train -> fuse -> export -> evaluate -> promote or not.

Where the recipe's `ways` say so, rows are mixed before the training (curator/release/ways.py), and
a second run on preferences goes on from the first.

Made for a nightly job: it does nothing while the gate is not met, one process works at a time, and
each step leaves files that the next call finds, so that after a kill at any moment the next call
resumes. training/retrain.json names the run that is under way, from gate to decision. Where the
training's settings were changed before that run is trained, a new one begins at the gate: that is
how people mend a training that was given up.
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
from curator.base.plural import plural
from curator.dataset import gate
from curator.dataset.curate import curate
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.write import write
from curator.evaluation.promotion import Entry, conclude, decided
from curator.evaluation.recipe import EvaluateRecipe
from curator.records.example import Record
from curator.records.project import Project
from curator.release.judge import JudgeSetup, judge
from curator.release.ways import PREFERENCES, Way, find_pairs, find_rows
from curator.training.artefacts import export_of, merged_of
from curator.training.config import RUNS, TrainConfig, in_iterations
from curator.training.export import export
from curator.training.fuse import fuse
from curator.training.run import prepare, train
from curator.training.rundir import RunDir
from curator.training.supervise import Listener

PENDING = Path("training") / "retrain.json"
LOCK = Path("training") / "retrain.lock"


class Pending(Record):
    """training/retrain.json: the run that is under way, and since when."""

    run: str
    began: AwareDatetime


@dataclass(frozen=True)
class Recipes:
    """What a retraining goes by: the set and its gate, the training, the evaluation.

    `prefer` is the training of a second stage, where the recipe's ways name one.
    """

    retrain: RetrainRecipe
    train: TrainConfig
    evaluate: EvaluateRecipe
    prefer: TrainConfig | None = None


@dataclass(frozen=True)
class Callbacks:
    """What is called as the work proceeds: at each step, at counts of a step, by the training."""

    step: Callable[[str], None]
    count: Callable[[str, int, int], None]
    training: Listener


@dataclass(frozen=True)
class Retrained:
    """The outcome: the ledger's entry, and the new model, promoted or not."""

    entry: Entry
    model: Path

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {"model": str(self.model), **self.entry.model_dump(mode="json")}


def retrain(project: Project, recipes: Recipes, callbacks: Callbacks) -> Retrained:
    """Retrain from the gate to the decision, or resume where the last call was interrupted.

    Raises NotReady where the gate is not met, StoreError where another process retrains, and
    what the steps raise.
    """
    with _exclusively(project.root):
        run = _resumable(project, recipes, callbacks) or _begin(project, recipes, callbacks)
        _train(run, callbacks)
        settings = _second(recipes, run.name)
        if settings and run.request().config.objective != PREFERENCES:
            pairs = find_pairs(_way(project, recipes, callbacks))
            run = _under_way(project, prepare(project.root, settings, pairs))
            _train(run, callbacks)
        model = _export(project, run, callbacks)
        setup = JudgeSetup(project.root, recipes.evaluate, callbacks.step, callbacks.count)
        entry = decided(project.root, run.name) or judge(setup, run, model)
        conclude(project.root, entry, project.relative(model))
        (project.root / PENDING).unlink(missing_ok=True)
        return Retrained(entry, model)


@contextmanager
def _exclusively(root: Path) -> Iterator[None]:
    """Hold the lock that keeps two retrainings apart."""
    with store.locked(root / LOCK, "retrains", wait=1.0):
        yield


def _train(run: RunDir, callbacks: Callbacks) -> None:
    if not run.finished:
        callbacks.step(f"training {run.name}")
        train(run, callbacks.training)


def _resumable(project: Project, recipes: Recipes, callbacks: Callbacks) -> RunDir | None:
    """Return the run that an earlier call did not finish; None where its settings changed.

    Where those of a stage on preferences did, or there is none any more, it is the run before it.
    """
    run = _pending(project)
    if run is None or run.finished:
        return run
    request = run.request()
    second = request.config.objective == PREFERENCES
    first = request.start.run if second and request.start else None
    settings = _second(recipes, first) if first else recipes.train
    wanted = settings and in_iterations(settings, len(request.lengths))
    changed = request.changed_settings(wanted) if wanted else ["ways.prefer"]
    if not changed:
        return run
    onward = f"going on from {first}" if first else "beginning a new run at the gate"
    callbacks.step(f"{', '.join(changed)} changed since {run.name} began: {onward}")
    return RunDir(project.root / RUNS / first) if first else None


def _second(recipes: Recipes, first: str) -> TrainConfig | None:
    """Return the settings of the stage on preferences that goes on from the run `first`."""
    return recipes.prefer.model_copy(update={"start_from": first}) if recipes.prefer else None


def _pending(project: Project) -> RunDir | None:
    """Return the run that training/retrain.json names; raises DataError where it is gone."""
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


def _begin(project: Project, recipes: Recipes, callbacks: Callbacks) -> RunDir:
    """Gate, build and find the rows; returns the run to train, which is then the pending one."""
    with store.locked(project.build_lock, "builds the set"):
        _build(project, recipes, callbacks)
    rows = find_rows(_way(project, recipes, callbacks))
    return _under_way(project, prepare(project.root, recipes.train, rows))


def _build(project: Project, recipes: Recipes, callbacks: Callbacks) -> None:
    curated = curate(project, recipes.retrain, callbacks.count)
    last = gate.last_training(project.root)
    checks = gate.checks(curated, recipes.retrain.gate, last, now())
    if not gate.ready(checks):
        raise NotReady(_missing(checks), hint="curator gate shows all of it")
    callbacks.step(f"building the set: {plural(len(curated.examples), 'example')}")
    write(curated, recipes.retrain, project.curated)


def _way(project: Project, recipes: Recipes, callbacks: Callbacks) -> Way:
    return Way(project, recipes.retrain.ways, recipes.evaluate, callbacks.step, callbacks.count)


def _under_way(project: Project, run: RunDir) -> RunDir:
    pending = Pending(run=run.name, began=now())
    store.write_json(project.root / PENDING, pending.model_dump(mode="json"))
    return run


def _missing(checks: list[gate.Check]) -> str:
    failed = [c for c in checks if not c.passed]
    first = failed[0]
    more = f", and {len(failed) - 1} checks more" if len(failed) > 1 else ""
    return f"not ready: {first.name} = {first.value}, wanted {first.limit}: {first.closes}{more}"


def _export(project: Project, run: RunDir, callbacks: Callbacks) -> Path:
    """Return the run's GGUF, fused and exported where that was not done."""
    merged, model = (of(project.root, run.name) for of in (merged_of, export_of))
    if not _belongs_to(run, merged):
        callbacks.step("merging the adapter")
        fuse(run, merged)
    if not (model.is_file() and model.with_suffix(".json").is_file()):
        export(merged, model, Path(run.request().folder), callbacks.step)
    return model


def _belongs_to(run: RunDir, merged: Path) -> bool:
    """Tell whether a merged model is there, and this run's; raises DataError for another's."""
    origin = merged / "origin.json"
    if not origin.is_file():
        return False
    if store.read_json(origin).get("adapter_sha256") == run.adapter().sha256:
        return True
    hint = "it is of another run of that name: move it away"
    raise DataError("not the merged model of this run", where=merged, hint=hint)
