"""A sweep in a terminal: whose turn it is, and the combinations by their loss."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from curator.cli.views.base import table
from curator.cli.views.train import step_line, training_progress

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.training.supervise import Listener
    from curator.training.sweeps.folder import Outcome
    from curator.training.sweeps.run import Listening, Step, Swept


def each_training(quiet: bool) -> "Listening":
    """Name each combination on stderr, and show its training below; nothing where `quiet`."""
    from curator.training.sweeps.recipe import written

    say = step_line(quiet)

    @contextmanager
    def listening(step: "Step") -> "Iterator[Listener]":
        changes = written(step.combination.changes)
        say(f"{step.run} ({step.place} of {step.total}): {changes}")
        with training_progress(step.combination.config.iters, quiet) as listen:
            yield listen

    return listening


def sweep_view(swept: "Swept", project: "Project") -> "Iterator[str | Table]":
    """The combinations, the best first, and the settings that won as YAML."""
    import yaml

    columns = [("combination", "left"), ("run", "left"), ("validation loss", "right")]
    columns += [("at iteration", "right"), ("seconds", "right"), ("GB", "right"), ("", "left")]
    yield table("By validation loss", columns, [_row(o) for o in swept.outcomes])
    if swept.best is None:
        return
    base = swept.sweep.request().recipe.base
    yield f"Recommended, over training/{base}:"
    yield ""
    yield yaml.safe_dump(swept.settings, sort_keys=False, allow_unicode=True)
    whole = project.relative(swept.sweep.file("best.yaml"))
    yield f"All its settings: {whole}. Next: curator train --config {whole}"


def _row(outcome: "Outcome") -> list[str]:
    from curator.training.sweeps.recipe import written

    loss = "-" if outcome.best_val_loss is None else f"{outcome.best_val_loss:.4f}"
    place = "-"
    if outcome.best_iteration is not None:
        place = f"{outcome.best_iteration} of {outcome.iterations}"
    spent = [f"{outcome.seconds:.0f}", f"{outcome.peak_gb:.2f}"]
    return [written(outcome.changes), outcome.run, loss, place, *spent, outcome.reason or ""]
