"""Follow a run from another terminal, by its files: `curator train --watch`."""

import time
from collections.abc import Iterator

from curator.base import store
from curator.training.forecast import Forecast
from curator.training.metrics import Event, Metric, read_metrics
from curator.training.rundir import RunDir


def follow(run: RunDir, every: float = 1.0) -> Iterator[Metric | Event | Forecast]:
    """Yield the run's metrics, events and forecast, past and to come, until nobody works on it."""
    shown: set[str] = set()
    while True:
        over = run.finished or not alive(run)
        for record in _records(run):
            key = record.model_dump_json()
            if key not in shown:
                shown.add(key)
                yield record
        if over:
            return
        time.sleep(every)


def _records(run: RunDir) -> list[Metric | Event | Forecast]:
    """Read all kinds in order of iteration; an event comes before what is measured there."""
    every: list[Metric | Event | Forecast] = [
        *run.events(),
        *read_metrics(run.file("metrics.jsonl")),
    ]
    if (path := run.file("forecast.json")).exists():
        every.append(Forecast.model_validate(store.read_json(path)))
    return sorted(every, key=lambda r: r.iteration)


def alive(run: RunDir) -> bool:
    """Tell whether a supervisor works on the run now."""
    return store.held(run.file("supervisor.lock"))
