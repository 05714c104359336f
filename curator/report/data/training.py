"""Read the trainings: the newest run in full, the others in a line each, and their files."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from curator.base import store
from curator.base.notice import Notice
from curator.records.project import Project
from curator.report.data.artefacts import File, exports_of, files_of
from curator.training import checkpoint
from curator.training.config import OptimizerConfig
from curator.training.metrics import Event, Metric, read_metrics
from curator.training.rundir import RunDir, runs

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
    details: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Run:
    """One run. `ended` is why it ended, None while it has not.

    `rows` are those that it learns, or pairs of answers; `after` is the run that it goes on from,
    if any; `first_loss` is the validation loss before the first iteration.
    """

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
    rows: int = 0
    rate: float = 0.0
    objective: str = "sft"
    after: str | None = None
    first_loss: float | None = None


@dataclass(frozen=True)
class Training:
    """The newest run. `config` is what mlx-lm was told, `data` the digests of its rows.

    `first_loss` is the validation loss of the untrained model, `last_loss` that of the end.
    `mixed` counts rows by how they came about, where they are not the set's as they stand, `after`
    is the run that it goes on from, and `influence` is what `curator influence` found, if anything.
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
    mixed: dict[str, int] = field(default_factory=dict)
    after: str | None = None
    influence: dict[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """Return the run as a JSON object."""
        fields = {k: v for k, v in asdict(self).items() if k not in ("metrics", "events")}
        return fields | {"events": [e.model_dump() for e in self.events]}


def read_runs(project: Project, files: dict[str, str]) -> list[Run]:
    """Read the project's runs, oldest first; `files` are the digests of the built set's files."""
    return [_run(r, files) for r in runs(project.root)]


def _run(run: RunDir, files: dict[str, str]) -> Run:
    request = run.request()
    result = store.read_json(run.file("result.json")) if run.finished else {}
    metrics = read_metrics(run.file("metrics.jsonl"))
    done = max((m.iteration for m in metrics), default=0)
    # Of a mix, the rows that it was made of are those of the set.
    data = request.dataset.get("mixed_from", request.data)
    rows = {n: d for n, d in data.items() if n in _SPLITS}
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
        rows=len(request.lengths),
        rate=request.config.learning_rate,
        objective=request.config.objective,
        after=request.start.run if request.start else None,
        first_loss=_first_loss(metrics),
    )


def _first_loss(metrics: Sequence[Metric]) -> float | None:
    return next((m.val_loss for m in metrics if m.iteration == 0), None)


def read_training(project: Project, every: Sequence[Run]) -> Training | None:
    """Read the newest run in full; None where there is none."""
    if not every:
        return None
    run = runs(project.root)[-1]
    request, metrics = run.request(), read_metrics(run.file("metrics.jsonl"))
    evaluated = [m.val_loss for m in metrics if m.val_loss is not None]
    learned = [m for m in metrics if m.train_loss is not None]
    spent = sum(m.seconds for m in learned)
    tokens = max((m.tokens for m in metrics), default=0)
    return Training(
        run=every[-1],
        config=_used(request.config.model_dump(mode="json")),
        preflight=request.preflight,
        versions=request.versions,
        data=request.data,
        limits=run.limits().model_dump(mode="json", exclude_defaults=True),
        rows=tuple(_rows(run, metrics, every[-1])),
        events=tuple(run.events()),
        tokens=tokens,
        tokens_per_second=tokens / spent if spent else None,
        seconds=sum(m.seconds for m in metrics),
        peak_gb=max((m.peak_gb for m in metrics), default=None),
        first_loss=_first_loss(metrics),
        last_loss=evaluated[-1] if evaluated else None,
        metrics=tuple(metrics),
        files=tuple(files_of(project, run)),
        exports=tuple(exports_of(project, run)),
        mixed=request.dataset.get("mix", {}).get("counts", {}),
        after=request.start.run if request.start else None,
        influence=_influence(run),
    )


def _influence(run: RunDir) -> dict[str, Any] | None:
    path = run.file("influence") / "influence.json"
    found: dict[str, Any] | None = store.read_json(path) if path.is_file() else None
    return found


def _used(config: dict[str, Any]) -> dict[str, Any]:
    """Drop the settings of optimisers and helpers that a run does not use."""
    chosen = config["optimizer_config"].get(config["optimizer"], {})
    dropped = {"kind", "optimizer_config", "survival", "check_memory", "clear_cache_threshold"}
    kept = {k: v for k, v in config.items() if k not in dropped and v is not None}
    kept["lora_parameters"] = {k: v for k, v in config["lora_parameters"].items() if v is not None}
    usual = OptimizerConfig().model_dump(mode="json").get(config["optimizer"])
    return kept | ({} if chosen == usual else {"optimizer_config": {config["optimizer"]: chosen}})


def _rows(folder: RunDir, metrics: Sequence[Metric], run: Run) -> list[Row]:
    """Merge metrics and events by iteration."""
    saved = set(checkpoint.iterations(folder.file("checkpoints")))
    events: dict[int, list[Event]] = {}
    for event in folder.events():
        events.setdefault(event.iteration, []).append(event)
    measured: dict[int, list[Metric]] = {}
    for metric in metrics:
        measured.setdefault(metric.iteration, []).append(metric)
    rows = []
    for at in sorted({*measured, *events}):
        own = events.get(at, [])
        marks = [
            *(["start"] if at == 0 else []),
            *(["checkpoint"] if at in saved else []),
            *(["best"] if at == run.best_iteration else []),
            *dict.fromkeys(e.kind for e in own),
            *(["end"] if run.ended and at == run.iterations else []),
        ]
        train, val = (_last(measured.get(at, []), n) for n in ("train_loss", "val_loss"))
        details = [e.detail for e in own]
        details = [d for n, d in enumerate(details) if d not in details[:n]]
        rows.append(Row(at, train, val, tuple(marks), tuple(details)))
    return rows


def _last(metrics: Sequence[Metric], name: str) -> float | None:
    losses: list[float] = [v for m in metrics if (v := getattr(m, name)) is not None]
    return losses[-1] if losses else None
