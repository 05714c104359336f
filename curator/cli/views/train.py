"""A training in a terminal: what it starts from, the live line, and how it ended."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from curator.base.english import english
from curator.base.plural import plural
from curator.cli.views.base import table
from curator.cli.views.export import file_size

if TYPE_CHECKING:
    from rich.table import Table

    from curator.training.forecast import Forecast
    from curator.training.metrics import Event, Metric
    from curator.training.run import Trained
    from curator.training.supervise import Listener


_EVERY = 60.0  # seconds between two lines of progress in a log
_FIRST = "first validation"  # before iteration 1, which on long rows takes minutes


def metric_line(metric: "Metric") -> str:
    """Write a record as a line: loss, speed, memory."""
    parts = [f"iteration {metric.iteration}"]
    for name, loss in (("train", metric.train_loss), ("validation", metric.val_loss)):
        if loss is not None:
            parts.append(f"{name} loss {loss:.3f}")
    if metric.val_accuracy is not None:
        parts.append(f"{metric.val_accuracy:.0%} of the pairs right")
    if metric.val_margin is not None:
        parts.append(f"margin {metric.val_margin:.3f}")
    if metric.tokens_per_second is not None:
        parts.append(f"{metric.tokens_per_second:.0f} tokens/s")
    return ", ".join([*parts, f"{metric.peak_gb:.2f} GB", f"rate {metric.learning_rate:.2e}"])


def record_line(record: "Metric | Event | Forecast") -> str:
    """Write a metric, an event or a forecast as a line."""
    from curator.training.forecast import Forecast
    from curator.training.metrics import Event

    if isinstance(record, Forecast):
        return f"iteration {record.iteration}, {record.line()}"
    if isinstance(record, Event):
        return f"iteration {record.iteration}, {record.kind}: {english.say(record.detail)}"
    return metric_line(record)


def _note(message: dict[str, Any]) -> str | None:
    from curator.training.metrics import Metric

    if "metric" in message:
        return metric_line(Metric.model_validate(message["metric"]))
    if "forecast" in message:
        return _forecast_line(message["forecast"])
    if "event" in message:
        event = message["event"]
        return f"{event.kind}: iteration {event.iteration}, {english.say(event.detail)}"
    if "stopping" in message:
        return f"stopping: {english.say(message['stopping'])}"
    return None


def _forecast_line(document: dict[str, Any]) -> str:
    from curator.training.forecast import Forecast

    return record_line(Forecast.model_validate(document))


@contextmanager
def training_progress(total: int, quiet: bool = False) -> "Iterator[Listener]":
    """Show a live line on stderr with the time left, below the records; in a log, plain lines.

    `total` is how many iterations there are, which a worker says better: settings may have epochs.
    """
    if quiet:
        yield lambda pid, message: None
        return
    if not sys.stderr.isatty():
        yield _PlainLines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Left(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(_FIRST, total=total)

        def listen(pid: int, message: dict[str, Any]) -> None:
            if "iterations" in message:
                bar.update(task, total=message["iterations"])
            if "iteration" in message:
                doing = "training" if message["iteration"] else _FIRST
                bar.update(task, completed=message["iteration"], description=doing)
            note = _note(message)
            if note:
                bar.console.print(note, highlight=False, markup=False)

        yield listen


class _PlainLines:
    """A listener for logs: each record, and in between how far it is, once a minute."""

    def __init__(self, total: int):
        self._total, self._said = total, 0.0
        self._first: tuple[int, float] | None = None

    def __call__(self, pid: int, message: dict[str, Any]) -> None:
        """See training.supervise.Listener."""
        self._total = message.get("iterations", self._total)
        if "iteration" in message:
            self._beat(message["iteration"])
        _plain(_note(message))

    def _beat(self, iteration: int) -> None:
        now = time.monotonic()
        # The time left is reckoned from an iteration: the first validation is none.
        if self._first is None or (iteration > 0 and not self._first[0]):
            self._first = iteration, now
        elif now - self._said < _EVERY:
            return
        self._said = now
        _plain(f"iteration {iteration} of {self._total}{self._left(iteration, now)}")

    def _left(self, iteration: int, now: float) -> str:
        if not iteration:
            return f", {_FIRST}"
        first, since = self._first or (iteration, now)
        if iteration == first:
            return ""
        seconds = (now - since) / (iteration - first) * (self._total - iteration)
        return f", about {max(1, round(seconds / 60))} min left"


def _plain(note: str | None) -> None:
    if note:
        sys.stderr.write(f"{note}\n")


def step_line(quiet: bool) -> Callable[[str], None]:
    """Name each step of a longer command on stderr, unless `quiet`."""
    return lambda step: None if quiet else _plain(f"{step} ...")


def preflight_view(preflight: dict[str, Any]) -> "Iterator[Table]":
    """Model, rows and memory, as they are before a run."""
    trained, every = preflight["trainable"], preflight["parameters"]
    counted = f"{trained / 1e6:.3f} M of {every / 1e6:.3f} M ({trained / every:.3%})"
    needed, available = (file_size(preflight["memory"][k]) for k in ("estimate", "available"))
    rows = [
        ["model", preflight["model_folder"]],
        ["architecture", preflight["architecture"]],
        ["trained parameters", counted],
        *([name, _rows(preflight[name])] for name in ("train", "valid")),
        ["left out", ", ".join(preflight["left_out"]) or "none"],
        ["memory", f"about {needed} of {available}"],
        ["time", _least(preflight)],
    ]
    yield table("Before the start", [("what", "left"), ("found", "left")], rows)


def _least(preflight: dict[str, Any]) -> str:
    from curator.training.forecast import duration

    seconds = preflight.get("least_seconds")
    if seconds is None:
        return "not known before the second iteration"
    return f"at least {duration(seconds)} of arithmetic; the second iteration says it better"


def trained_view(trained: "Trained") -> Iterator[str]:
    """How the training ended, and the next command."""
    result = trained.result
    yield f"Ended after {plural(result['iterations'], 'iteration')} ({result['ended']})."
    if result["best_val_loss"] is not None:
        yield f"Best validation loss {result['best_val_loss']:.3f} at {result['best_iteration']}."
    yield f"Loss curve: training/runs/{trained.run.name}/loss.svg. Next: curator fuse"


def _rows(split: dict[str, int]) -> str:
    rows = plural(split["rows"], "row")
    return f"{rows}, {split['tokens']} tokens, the longest {split['longest']}"
