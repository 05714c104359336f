"""The trainings: the newest run in full, the others in a line each, and the files they left."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from curator import store
from curator.project import Project
from training import checkpoint
from training.config import OptimizerConfig
from training.metrics import Event, Metric, read_metrics
from training.rundir import RunDir, runs

MODELS = Path("models")
_SPLITS = ("train.jsonl", "valid.jsonl")


@dataclass(frozen=True)
class Row:
    """One iteration of the progress table: losses in nats per token, and what happened there.

    `marks` are "start", "best", "checkpoint", "end", and the kinds of the run's events.
    """

    iteration: int
    train_loss: float | None
    val_loss: float | None
    marks: tuple[str, ...]
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """A file that a training left: where, bytes, digest, what it is; gone if it is not there."""

    path: str
    size: int
    sha256: str
    description: str
    there: bool


@dataclass(frozen=True)
class Run:
    """One run. `ended` is why it ended, None while it has not; `seconds` is time in the loop."""

    name: str
    started: str
    ended: str | None
    iterations: int
    planned: int
    best_iteration: int | None
    best_loss: float | None
    adapter_sha256: str | None
    dataset_sha256: str | None
    dataset_changed: bool
    deaths: int


@dataclass(frozen=True)
class Training:
    """The newest run. `config` is what mlx-lm was told, `data` the digests of its rows.

    `first_loss` is the validation loss of the untrained model, `last_loss` that of the end.
    """

    run: Run
    config: dict[str, Any]
    preflight: dict[str, Any]
    versions: dict[str, str]
    data: dict[str, str]
    limits: dict[str, Any]
    rows: tuple[Row, ...]
    events: tuple[Event, ...]
    tokens: int
    tokens_per_second: float | None
    seconds: float
    peak_gb: float | None
    first_loss: float | None
    last_loss: float | None
    metrics: tuple[Metric, ...] = ()
    files: tuple[File, ...] = ()
    exports: tuple[dict[str, Any], ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """The run as a JSON object."""
        found = {k: v for k, v in asdict(self).items() if k not in ("metrics", "events")}
        return found | {"events": [e.model_dump() for e in self.events]}


def read_runs(project: Project, files: dict[str, str]) -> list[Run]:
    """The project's runs, oldest first; `files` are the digests of the built set's files."""
    return [_run(r, files) for r in runs(project.root)]


def _run(run: RunDir, files: dict[str, str]) -> Run:
    request = run.request()
    result = store.read_json(run.file("result.json")) if run.finished else {}
    done = max((m.iteration for m in read_metrics(run.file("metrics.jsonl"))), default=0)
    rows = {n: d for n, d in request.data.items() if n in _SPLITS}
    return Run(
        name=run.name,
        started=request.started,
        ended=result.get("ended"),
        iterations=result.get("iterations", done),
        planned=request.config.iters,
        best_iteration=result.get("best_iteration"),
        best_loss=result.get("best_val_loss"),
        adapter_sha256=result.get("adapter_sha256"),
        dataset_sha256=request.dataset.get("examples_sha256"),
        dataset_changed=bool(files) and any(files.get(n) != d for n, d in rows.items()),
        deaths=sum(e.kind == "died" for e in run.events()),
    )


def read_training(project: Project, found: Sequence[Run]) -> Training | None:
    """The newest run in full; None where there is none."""
    if not found:
        return None
    run = runs(project.root)[-1]
    request, metrics = run.request(), read_metrics(run.file("metrics.jsonl"))
    evaluated = [m.val_loss for m in metrics if m.val_loss is not None]
    learned = [m for m in metrics if m.train_loss is not None]
    spent = sum(m.seconds for m in learned)
    tokens = max((m.tokens for m in metrics), default=0)
    return Training(
        run=found[-1],
        config=_told(request.config.model_dump(mode="json")),
        preflight=request.preflight,
        versions=request.versions,
        data=request.data,
        limits=run.limits().model_dump(mode="json", exclude_defaults=True),
        rows=tuple(_rows(run, metrics, found[-1])),
        events=tuple(run.events()),
        tokens=tokens,
        tokens_per_second=tokens / spent if spent else None,
        seconds=sum(m.seconds for m in metrics),
        peak_gb=max((m.peak_gb for m in metrics), default=None),
        first_loss=next((m.val_loss for m in metrics if m.iteration == 0), None),
        last_loss=evaluated[-1] if evaluated else None,
        metrics=tuple(metrics),
        files=tuple(_files(project, run)),
        exports=tuple(_exports(project, run)),
    )


def _told(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of the run, less those of optimisers and helpers that it does not use."""
    chosen = config["optimizer_config"].get(config["optimizer"], {})
    dropped = {"kind", "optimizer_config", "survival", "check_memory", "clear_cache_threshold"}
    kept = {k: v for k, v in config.items() if k not in dropped and v is not None}
    kept["lora_parameters"] = {k: v for k, v in config["lora_parameters"].items() if v is not None}
    usual = OptimizerConfig().model_dump(mode="json").get(config["optimizer"])
    return kept | ({} if chosen == usual else {"optimizer_config": {config["optimizer"]: chosen}})


def _rows(run: RunDir, metrics: Sequence[Metric], told: Run) -> list[Row]:
    """The metrics by iteration, with what happened at each; events between two come with both."""
    saved = set(checkpoint.iterations(run.file("checkpoints")))
    events: dict[int, list[Event]] = {}
    for event in run.events():
        events.setdefault(event.iteration, []).append(event)
    measured: dict[int, list[Metric]] = {}
    for metric in metrics:
        measured.setdefault(metric.iteration, []).append(metric)
    made = []
    for at in sorted({*measured, *events}):
        own = events.get(at, [])
        marks = [
            *(["start"] if at == 0 else []),
            *(["checkpoint"] if at in saved else []),
            *(["best"] if at == told.best_iteration else []),
            *dict.fromkeys(e.kind for e in own),
            *(["end"] if told.ended and at == told.iterations else []),
        ]
        train, val = (_last(measured.get(at, []), n) for n in ("train_loss", "val_loss"))
        details = tuple(dict.fromkeys(e.detail for e in own))
        made.append(Row(at, train, val, tuple(marks), details))
    return made


def _last(metrics: Sequence[Metric], name: str) -> float | None:
    found: list[float] = [v for m in metrics if (v := getattr(m, name)) is not None]
    return found[-1] if found else None


def _files(project: Project, run: RunDir) -> list[File]:
    """The adapter, and what `fuse` and `export` made of it, as they recorded it."""
    made: list[dict[str, Any]] = []
    if (run.file("adapters") / "adapters.safetensors").is_file():
        made.append(run.adapter().document())
    exported = [a for record in _exports(project, run) for a in record["artefacts"]]
    merged = project.root / MODELS / run.name
    if not exported and (merged / "origin.json").is_file():  # its digest is recorded by export
        size = sum(p.stat().st_size for p in merged.rglob("*") if p.is_file())
        made.append({"path": merged, "size": size, "sha256": "", "description": "merged model"})
    return [_file(project, one) for one in [*made, *exported]]


def _file(project: Project, made: dict[str, Any]) -> File:
    where = Path(made["path"])
    told = made["size"], made["sha256"], made["description"]
    return File(project.relative(where), *told, there=where.exists())


def _exports(project: Project, run: RunDir) -> list[dict[str, Any]]:
    """The records of `export` for this run, by the merged folder's word of its adapter."""
    found = []
    for path in sorted((project.root / MODELS).glob("*.json")):
        record = store.read_json(path)
        if not isinstance(record, dict) or "artefacts" not in record:
            continue
        folders = [Path(a["path"]) for a in record["artefacts"]]
        named = record.get("run")
        if named == run.name or (named is None and any(_made_by(f, run) for f in folders)):
            found.append({k: v for k, v in record.items() if k != "answers"})
    return found


def _made_by(folder: Path, run: RunDir) -> bool:
    origin = folder / "origin.json"
    if origin.is_file():
        return bool(store.read_json(origin).get("run") == run.name)
    return folder.name == run.name or folder.stem.startswith(f"{run.name}-")
