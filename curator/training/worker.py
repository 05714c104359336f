"""Train in a child process, `curator.training.worker RUN_DIR`, which the supervisor starts.

It reports where it is on stdout, one JSON object a line, and may die at any moment: everything
that the next one needs to resume is in the run's folder. Exit codes: 0 the run is complete, 1 an
error that trying again does not mend (named in the last line), 3 stopped when asked to.
"""

import json
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import CuratorError, StoreError, TrainingError
from curator.training import checkpoint, kernels, machine, metrics, modelling, reference
from curator.training.artefacts import weights_digest
from curator.training.cost import Cost
from curator.training.data import too_long
from curator.training.forecast import Forecast, Forecaster
from curator.training.kept import Kept
from curator.training.layers import Layers
from curator.training.loop import Callbacks, Job, Loop
from curator.training.metrics import Metric
from curator.training.objective import Objective, read_items
from curator.training.preference import PairLoss
from curator.training.rundir import RunDir, check_whole
from curator.training.stage import load_start
from curator.training.tensors import save_tensors

STOPPED = 3


class Worker:
    """One attempt at a run."""

    def __init__(self, run: RunDir):
        self.run_dir, self.request, self.limits = run, run.request(), run.limits()
        self.config = self.request.config
        self._stopping = False
        self._model: Any = None
        self._optimizer: Any = None

    def work(self) -> int:
        """Train from the newest checkpoint to the end; returns the exit code."""
        signal.signal(signal.SIGTERM, self._stop)
        check_whole(self.run_dir)
        rows = self._load()
        progress = self._resume()
        say(resumed=progress.iteration, iterations=self.config.iters)
        with (
            store.Appender(self.run_dir.file("metrics.jsonl")) as sink,
            machine.prepared(self._model, self.config, self.limits),
        ):
            ended, progress = self._learn(rows, progress, sink)
        if ended == "stopped":
            return STOPPED
        self._finish(ended, progress)
        return 0

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _load(self) -> tuple[list[Any], list[Any]]:
        """Build model and optimiser; returns the rows to learn and those to validate on."""
        import mlx.core as mx

        folder = Path(self.request.folder)
        tokenizer = modelling.load_tokenizer(folder)
        train, valid = (self._rows(n, tokenizer) for n in self.config.files)
        mx.random.seed(self.config.seed)
        self._model = modelling.load_adapted(folder, self.config)
        if self.request.start:
            load_start(self.run_dir, self._model)
        self._optimizer = modelling.build_optimizer(self.config)
        self._model.train()
        return train, valid

    def _learn(
        self, rows: tuple[list[Any], list[Any]], progress: checkpoint.Progress, sink: store.Appender
    ) -> tuple[str, checkpoint.Progress]:
        """Train on rows from `progress` on; returns why it ended, and where."""
        objective = machine.objective_of(self._model, self.config, self._kept)
        referred = self._referred(rows, objective, progress)
        if referred is None:
            return "stopped", progress
        train, valid = referred
        shape = store.read_json(Path(self.request.folder) / "config.json")
        cost = Cost.of(self.config, shape, machine.checkpointed(self.config, self.limits))
        forecaster = Forecaster(self.config, cost, train, valid, progress.iteration, self._forecast)
        callbacks = self._callbacks(sink, forecaster)
        job = Job(self.config, self.limits, tuple(train), tuple(valid), objective)
        loop = Loop(job, self._model, self._optimizer, callbacks, progress)
        return loop.run(), loop.progress

    def _kept(self, layers: Layers) -> Kept | None:
        """Open what the frozen layers made of rows; None where nothing is to be kept."""
        if not (self.config.keep_gb and layers.frozen):
            return None
        made_by = f"{weights_digest(Path(self.request.folder))} {layers.frozen}"
        return Kept(self.run_dir.file("kept"), int(self.config.keep_gb * 10**9), made_by)

    def _referred(
        self,
        rows: tuple[list[Any], list[Any]],
        objective: Objective,
        progress: checkpoint.Progress,
    ) -> tuple[list[Any], list[Any]] | None:
        """Compare pairs with the model as the run found it; None where it was asked to stop.

        Rows of another kind are returned as they are.
        """
        if not isinstance(objective, PairLoss):
            return rows

        def asked_to_stop() -> bool:
            say(iteration=progress.iteration)
            return self._stopping

        path = self.run_dir.file(reference.FILE)
        known = reference.References(path, objective, begun=progress.iteration > 0)
        found = [known.of(split, self._model, asked_to_stop) for split in rows]
        train, valid = found
        return None if train is None or valid is None else (train, valid)

    def _rows(self, name: str, tokenizer: Any) -> list[Any]:
        path = self.run_dir.file("data") / name
        if name not in self.request.data:
            return []
        rows = read_items(path, tokenizer, self.config)
        limit = min(self.config.max_seq_length, self.limits.max_tokens or sys.maxsize)
        out = {r.where for r in too_long(rows, limit)}
        kept = [r for r in rows if r.where not in out]
        if name == self.config.files[0] and len(kept) < self.config.batch_size:
            hint = "shorten the rows, or train on a machine with more memory"
            left = f"rows of at most {limit} tokens: {len(kept)}"
            what = f"{left}, fewer than a batch of {self.config.batch_size}"
            raise TrainingError(what, where=self.run_dir.path, hint=hint)
        return kept

    def _resume(self) -> checkpoint.Progress:
        folder = self.run_dir.file("checkpoints")
        saved = checkpoint.load_newest(folder)
        progress = saved.progress if saved else checkpoint.Progress()
        metrics.rewind(self.run_dir.file("metrics.jsonl"), progress.iteration)
        if saved:
            checkpoint.restore(saved, self._model, self._optimizer)
        self._optimizer.init(self._model.trainable_parameters())
        return progress

    def _forecast(self, forecast: Forecast) -> None:
        store.write_json(self.run_dir.file("forecast.json"), forecast.model_dump())
        say(forecast=forecast.model_dump())

    def _callbacks(self, sink: store.Appender, forecaster: Forecaster) -> Callbacks:
        def beat(iteration: int) -> None:
            say(iteration=iteration)
            forecaster.beat(iteration)

        def metric(record: Metric) -> None:
            forecaster.metric(record)
            sink.append(record)
            say(metric=record.model_dump(exclude_none=True))

        def save(progress: checkpoint.Progress) -> None:
            folder = self.run_dir.file("checkpoints")
            checkpoint.save(folder, progress, self._model, self._optimizer)
            say(saved=progress.iteration)

        return Callbacks(beat, metric, self._write_adapter, save, lambda: self._stopping)

    def _write_adapter(self) -> None:
        """Write the weights as they are now as the run's adapter, in mlx-lm's form.

        Raises TrainingError for weights that are no numbers, which no loss may have shown yet.
        """
        import mlx.core as mx
        from mlx.utils import tree_flatten

        folder = self.run_dir.file("adapters")
        weights = dict(tree_flatten(self._model.trainable_parameters()))
        if broken := [name for name, value in weights.items() if not mx.isfinite(value).all()]:
            what = f"the training has diverged: {broken[0]} is no number any more"
            hint = "lower learning_rate, or the model is broken"
            raise TrainingError(what, where=self.run_dir.path, hint=hint)
        save_tensors(folder / "adapters.safetensors", weights, {"format": "mlx"})
        store.write_json(folder / "adapter_config.json", modelling.adapter_config(self.config))

    def _finish(self, ended: str, progress: checkpoint.Progress) -> None:
        if progress.best_loss is None:
            self._write_adapter()
        adapter = self.run_dir.file("adapters") / "adapters.safetensors"
        result = {
            "ended": ended,
            "iterations": progress.iteration,
            "best_iteration": progress.best_iteration or None,
            "best_val_loss": progress.best_loss,
            "tokens": progress.tokens,
            "adapter_sha256": store.sha256_of(adapter),
        }
        shutil.rmtree(self.run_dir.file("kept"), ignore_errors=True)
        store.write_json(self.run_dir.file("result.json"), result)


def say(**message: Any) -> None:
    """Send the supervisor one line; BrokenPipeError where it is gone, which ends the work too."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Work on the run that the command line names, alone."""
    kernels.one_thread_each()
    run = RunDir(Path(sys.argv[1]))
    try:
        with run.file("lock").open("w") as held:
            store.lock(held.fileno(), run.path, wait=30, doing="trains this run")
            return Worker(run).work()
    except BrokenPipeError:
        return 1
    except CuratorError as error:
        told = {"what": error.what, "where": error.where, "hint": error.hint}
        say(error=told, disk=isinstance(error, StoreError))
        return 1
    except OSError as error:
        say(
            error={"what": f"cannot write: {error.strerror}", "where": str(run.path), "hint": None},
            disk=True,
        )
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
