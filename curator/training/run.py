"""`curator train`: check, create a run or find the interrupted one, and finish it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.clock import now
from curator.base.errors import TrainingError
from curator.training import curve
from curator.training.config import RUNS, TrainConfig, changed, in_iterations
from curator.training.preflight import Preflight, examine
from curator.training.rundir import (
    Limits,
    Request,
    RunDir,
    Start,
    create,
    data_digests,
    locate,
    next_name,
    resize,
    runs,
    versions,
)
from curator.training.stage import find_start, keep_start
from curator.training.supervise import Listener, Supervisor


@dataclass(frozen=True)
class Trained:
    """A complete run: its folder and result.json."""

    run: RunDir
    result: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the run as a JSON object."""
        return {"run": self.run.name, "folder": str(self.run.path), **self.result}


def prepare(root: Path, config: TrainConfig, data: Path, name: str | None = None) -> RunDir:
    """Return the run to work on: an unfinished one of the same job, else a new one.

    A run that is named may be given another length while it is unfinished: all that a loop does
    follows from the other settings and the iteration. Raises TrainingError where `name` is taken
    by another job or a finished run.
    """
    checked = examine(config, data)
    config = in_iterations(config, len(checked.train))
    start = _own_start(root, config, data, name) or find_start(root, config, checked.folder)
    request = _request(config, data, checked, start)
    with store.locked(root / RUNS / ".lock", "begins a run"):  # else two get the same name
        return _run_for(root, request, config, data, name)


def _run_for(
    root: Path, request: Request, config: TrainConfig, data: Path, name: str | None
) -> RunDir:
    if name is None:
        unfinished = [r for r in runs(root) if not r.finished and r.request().same_job(request)]
        return unfinished[-1] if unfinished else _new(root, next_name(root), request, data)
    run = locate(root, _plain(name))
    if not run.file("run.json").exists():
        return _new(root, run.name, request, data)
    hint = "give another --name, or none: curator train begins a new run"
    if run.finished:
        raise TrainingError(f"run {name} is complete", where=run.path, hint=hint)
    if other := run.request().differences(request):
        what = f"run {name} is another job, not yet complete ({', '.join(other)} differ)"
        raise TrainingError(what, where=run.path, hint=hint)
    with _exclusively(run):
        resize(run, config.iters)
    return run


def make(root: Path, run: RunDir, config: TrainConfig, data: Path) -> RunDir:
    """Return a run in this very folder, begun with these settings and rows where it is not yet.

    Raises CuratorError for what is wrong with them.
    """
    if not run.file("run.json").exists():
        checked = examine(config, data)
        config = in_iterations(config, len(checked.train))
        start = find_start(root, config, checked.folder)
        _create(root, run, _request(config, data, checked, start), data)
    return run


def _own_start(root: Path, config: TrainConfig, data: Path, name: str | None) -> Start | None:
    """Return the start that a run keeps, where it goes on by itself; the earlier run may be gone.

    None where it has none, or where `data` are not its own rows.
    """
    run = locate(root, _plain(name)) if name else None
    if run is None or data != run.file("data") or not run.file("run.json").exists():
        return None
    request = run.request()
    return request.start if request.config.start_from == config.start_from else None


def _create(root: Path, run: RunDir, request: Request, data: Path) -> None:
    if request.config.grad_checkpoint == "auto" and request.preflight["grad_checkpoint"]:
        limits = Limits(grad_checkpoint=True)  # decided once, by the memory of now
        store.write_json(run.file("limits.json"), limits.model_dump())
    if request.start:
        keep_start(root, run, request.start)
    create(run, request, data)


def own_job(root: Path, name: str, iterations: int | None) -> tuple[TrainConfig, Path] | None:
    """Return the settings of a run that exists, and its rows: all that `prepare` takes.

    `iterations` is another length, if one is wanted. None where there is no such run.
    """
    run = locate(root, _plain(name))
    if not run.file("run.json").exists():
        return None
    return changed(run.request().config, {"iters": iterations}), run.file("data")


def _plain(name: str) -> str:
    if name != Path(name).name or name.startswith("."):
        raise TrainingError(f"{name!r} is no name for a folder", hint="use letters, digits and -")
    return name


def _new(root: Path, name: str, request: Request, data: Path) -> RunDir:
    run = RunDir(root / RUNS / name)
    _create(root, run, request, data)
    return run


def _request(config: TrainConfig, data: Path, checked: Preflight, start: Start | None) -> Request:
    manifest = data / "manifest.json"
    return Request(
        config=config,
        folder=str(checked.folder),
        data=data_digests(data, config),
        dataset=store.read_json(manifest) if manifest.is_file() else {},
        versions=versions(),
        preflight=checked.document(),
        lengths=list(checked.train),
        started=now().isoformat(),
        start=start,
    )


def train(run: RunDir, listen: Listener) -> Trained:
    """Train a run to its end and draw its loss curve; raises TrainingError if it is given up.

    Raises StoreError where another process works on it already.
    """
    with _exclusively(run):
        result = Supervisor(run, listen).run()
        per = "pair" if run.request().config.objective == "dpo" else "token"
        curve.draw(run.file("metrics.jsonl"), run.file("loss.svg"), f"{run.name}: loss", per)
    return Trained(run, result)


@contextmanager
def _exclusively(run: RunDir) -> Iterator[None]:
    """Hold the lock that keeps two supervisors apart."""
    lock = run.file("supervisor.lock")
    with store.locked(lock, "works on this run", wait=1.0, where=run.path):
        yield
