"""Keep a run's folder, training/runs/<name>/, which is all that resuming it needs.

run.json         the request: configuration, data and their digests, versions, counts
data/            the rows as they were at the start: train.jsonl, valid.jsonl, manifest.json; of a
                 training on preferences train_pairs.jsonl, valid_pairs.jsonl, manifest.json
start/           curator/training/stage.py: the adapter of an earlier run that it goes on from
reference.jsonl  curator/training/reference.py: of preferences
metrics.jsonl    curator/training/metrics.py         events.jsonl  deaths, resumptions, lowerings
forecast.json    curator/training/forecast.py
limits.json      what the supervisor lowered checkpoints/  curator/training/checkpoint.py
kept/            curator/training/kept.py, until the run is complete
adapters/        the best adapter, as mlx-lm loads it
loss.svg         the loss curve              result.json   written last: the run is complete
"""

import platform
import shlex
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from curator import __version__
from curator.base import store
from curator.base.clock import now
from curator.base.errors import TrainingError
from curator.base.notice import Notice
from curator.training.artefacts import Artefact, artefact
from curator.training.checkpoint import newest_iteration
from curator.training.config import RUNS, TrainConfig
from curator.training.metrics import Event

MANIFEST = "manifest.json"


class Limits(BaseModel):
    """What the supervisor lowered to survive; the defaults lower nothing.

    `micro` is in how many parts each batch is computed: the same gradient, rounded differently.
    Rows of more than `max_tokens` tokens are left out, and the order of the others is
    drawn anew.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    grad_checkpoint: bool = False
    micro: int = 1
    max_tokens: int | None = None


class Start(BaseModel):
    """The run whose adapter a training goes on from, and the adapter's digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    run: str
    adapter_sha256: str


class Request(BaseModel):
    """run.json: everything that the run was asked, and what made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    config: TrainConfig
    folder: str
    data: dict[str, str]
    dataset: dict[str, Any]
    versions: dict[str, str]
    preflight: dict[str, Any]
    lengths: list[int]
    started: str
    start: Start | None = None

    def same_job(self, other: "Request") -> bool:
        """Tell whether both would train the same thing for as long."""
        return not self.differences(other) and self.config.iters == other.config.iters

    def changed_settings(self, config: TrainConfig) -> list[str]:
        """Name the settings that `config` has otherwise."""
        mine, theirs = self.config.model_dump(), config.model_dump()
        return [name for name in mine if mine[name] != theirs[name]]

    def differences(self, other: "Request") -> list[str]:
        """Name the settings (but for the iterations) and data in which two jobs differ."""
        names = [name for name in self.changed_settings(other.config) if name != "iters"]
        names += ["model folder"] if self.folder != other.folder else []
        names += ["adapter of start_from"] if self.start != other.start else []
        return names + (["data"] if self.data != other.data else [])


@dataclass(frozen=True)
class RunDir:
    """One run's folder."""

    path: Path

    @property
    def name(self) -> str:
        """The run's name."""
        return self.path.name

    def file(self, name: str) -> Path:
        """Return the path of a file of the run."""
        return self.path / name

    @property
    def finished(self) -> bool:
        """Whether the run is complete."""
        return self.file("result.json").exists()

    @property
    def resume_command(self) -> str:
        """The command that resumes an unfinished run, whatever settings it was begun with."""
        return f"curator train --name {shlex.quote(self.name)}"

    def request(self) -> Request:
        """Read run.json; raises TrainingError where this is no run."""
        from pydantic import ValidationError

        if not self.file("run.json").exists():
            raise TrainingError("there is no such run", where=self.path, hint="curator train first")
        try:
            return Request.model_validate(store.read_json(self.file("run.json")))
        except ValidationError as error:
            hint = "it was made by another version: train again"
            raise TrainingError(
                f"run.json: {store.why(error)}", where=self.path, hint=hint
            ) from error

    def adapter(self) -> Artefact:
        """Describe the best adapter."""
        path = self.file("adapters") / "adapters.safetensors"
        return artefact(path, Notice("lora_weights"))

    def limits(self) -> Limits:
        """Read what was lowered so far."""
        path = self.file("limits.json")
        return Limits.model_validate(store.read_json(path)) if path.exists() else Limits()

    def log(self, kind: str, iteration: int, detail: Notice) -> Event:
        """Add an event to the run's file; returns it."""
        event = Event(kind=kind, iteration=iteration, detail=detail, time=now().isoformat())
        with store.Appender(self.file("events.jsonl")) as events:
            events.append(event)
        return event

    def events(self) -> list[Event]:
        """Read the events so far."""
        path = self.file("events.jsonl")
        return list(store.read(path, Event)) if path.exists() else []


def data_digests(data: Path, config: TrainConfig) -> dict[str, str]:
    """Return the SHA-256 of each file of the dataset that there is and that a training reads."""
    names = (*config.files, MANIFEST)
    return {name: store.sha256_of(data / name) for name in names if (data / name).is_file()}


def versions() -> dict[str, str]:
    """Describe what runs: packages, Python, machine."""
    known = {"curator": __version__, "python": platform.python_version()}
    for name in ("mlx", "mlx-lm", "transformers", "tokenizers", "llama-cpp-python"):
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            known[name] = "none"
    return {**known, "machine": f"{sys.platform} {platform.machine()}"}


def create(run: RunDir, request: Request, data: Path) -> None:
    """Create a run's folder; run.json comes last."""
    for name, digest in request.data.items():
        run.file("data").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data / name, run.file("data") / name)
        if store.sha256_of(run.file("data") / name) != digest:
            hint = "another process builds it: run again when it has ended"
            raise TrainingError("the rows changed while they were read", where=data, hint=hint)
    store.write_json(run.file("run.json"), request.model_dump(mode="json"))


def check_whole(run: RunDir) -> None:
    """Raise TrainingError where rows or the adapter to go on from are not those it began with."""
    request = run.request()
    wanted = {run.file("data") / name: digest for name, digest in request.data.items()}
    if request.start:
        wanted[run.file("start") / "adapters.safetensors"] = request.start.adapter_sha256
    for path, digest in wanted.items():
        if not store.is_unchanged(path, digest):
            hint = "restore it; or give another --name, which begins a new run"
            raise TrainingError("changed since the run began", where=path, hint=hint)


def resize(run: RunDir, iterations: int) -> None:
    """Give an unfinished run another number of iterations; raises TrainingError if it is past it.

    A schedule is not stretched: its arguments count updates, whatever the length of the run.
    """
    request = run.request()
    before = request.config.iters
    if iterations == before:
        return
    done = newest_iteration(run.file("checkpoints"))
    if done >= iterations:
        hint = f"give more than {done} iterations"
        raise TrainingError(f"run {run.name} is at {done} already", where=run.path, hint=hint)
    config = request.config.model_copy(update={"iters": iterations})
    run.log("resized", done, Notice("resized", {"iterations": iterations, "before": before}))
    document = request.model_copy(update={"config": config}).model_dump(mode="json")
    store.write_json(run.file("run.json"), document)


def runs(root: Path) -> list[RunDir]:
    """List the project's runs, oldest first."""
    every = [RunDir(p.parent) for p in (root / RUNS).glob("*/run.json")]
    return sorted(every, key=lambda r: (r.file("run.json").stat().st_mtime_ns, r.name))


def locate(root: Path, name: str) -> RunDir:
    """Return the run of that name, a sweep's among them; where there is none, one to be made."""
    swept = [p.parent for p in (root / RUNS).glob("*/*/run.json") if p.parent.name == name]
    return RunDir(swept[0] if swept else root / RUNS / name)


def latest(root: Path, name: str | None = None, finished: bool = False) -> RunDir:
    """Return the run of that name, or the newest (finished) one; TrainingError without any.

    A sweep's runs are found by name alone.
    """
    if name:
        return locate(root, name)
    candidates = [r for r in runs(root) if r.finished or not finished]
    if not candidates:
        what = "no run is complete yet" if finished else "there is no run yet"
        raise TrainingError(what, where=root / RUNS, hint="curator train")
    return candidates[-1]


def next_name(root: Path) -> str:
    """Return the first of run-001, run-002, ... that no run has."""
    taken = {r.name for r in runs(root)}
    return next(n for i in range(1, 100000) if (n := f"run-{i:03d}") not in taken)
