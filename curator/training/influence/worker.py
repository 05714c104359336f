"""Compare the gradients of rows, in a child process: `curator.training.influence.worker RUN`.

It reports where it is on stdout, one JSON object a line, and may die at any moment: what it found
is in the folder (curator/training/influence/folder.py), and the next one goes on from there.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import CuratorError
from curator.training import kernels, machine, modelling
from curator.training.config import TrainConfig
from curator.training.influence.folder import InfluenceDir, Likeness
from curator.training.rundir import Limits, RunDir
from curator.training.stage import load_adapter
from curator.training.worker import say

Gradient = Callable[[Any], Any]


def work(run: RunDir) -> None:
    """Find the gradients of the targets, then how each row's is like them."""
    folder = InfluenceDir(run)
    config = folder.settings()
    tokenizer = modelling.load_tokenizer(Path(run.request().folder))
    rows, targets = folder.rows(tokenizer, config)
    folder.note_targets(targets)
    model = modelling.load_adapted(Path(run.request().folder), config)
    load_adapter(model, run.adapter().path)
    model.train()  # dropout is 0 in these settings; the loss has a gradient only while training
    with machine.prepared(model, config, Limits()):
        gradient = _gradients(model, config)
        known = _targets(folder, targets, gradient)
        _compare(folder, rows, known, gradient)


def _gradients(model: Any, config: TrainConfig) -> Gradient:
    """Return what finds the gradient of a row's loss, in float32, by the trained weights."""
    import mlx.core as mx
    import mlx.nn as nn
    import numpy as np
    from mlx.utils import tree_flatten

    objective = machine.objective_of(model, config)
    both = nn.value_and_grad(model, objective.loss)

    def gradient(row: Any) -> Any:
        _, found = both(model, *objective.batch([row]))
        flat = [value.astype(mx.float32).reshape(-1) for _, value in sorted(tree_flatten(found))]
        return np.array(mx.concatenate(flat))

    return gradient


def _targets(folder: InfluenceDir, targets: Sequence[Any], gradient: Gradient) -> Any:
    """Return the targets' gradients (count, size), each of length 1; those on disk are known."""
    import numpy as np

    known: list[Any] = []
    for place, target in enumerate(targets):
        path = folder.gradient(place)
        found = np.fromfile(path, np.float32) if path.exists() else None
        if found is None:
            found = _unit(gradient(target))
            store.write_bytes(path, found.tobytes())
        known.append(found)
        say(targets=place + 1, of=len(targets))
    return np.stack(known)


def _compare(folder: InfluenceDir, rows: Sequence[Any], known: Any, gradient: Gradient) -> None:
    done = len(folder.found())
    with store.Appender(folder.path / "rows.jsonl") as sink:
        for row in rows[done:]:
            cosines = known @ _unit(gradient(row))
            sink.append(Likeness(where=row.where, cosines=[round(float(c), 6) for c in cosines]))
            done += 1
            say(rows=done, of=len(rows))


def _unit(vector: Any) -> Any:
    """Return a vector at length 1; one of zeros, of a row that teaches nothing, as it is."""
    import numpy as np

    length = np.linalg.norm(vector)
    return vector / length if length else vector


def main() -> int:
    """Work on the run that the command line names."""
    kernels.one_thread_each()
    try:
        work(RunDir(Path(sys.argv[1])))
    except BrokenPipeError:
        return 1
    except CuratorError as error:
        say(error={"what": error.what, "where": error.where, "hint": error.hint})
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
