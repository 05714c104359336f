"""The training loop. Everything that happens follows from the configuration and the iteration,
so that a run that resumes from a checkpoint computes what the uninterrupted one would have.

mlx-lm's own loop cannot do that: it draws its order from a global generator, and keeps neither the
optimiser's state nor its place. LoRA layers are mlx-lm's; `machine` says how they are computed.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curator.base.errors import TrainingError
from curator.base.seeds import derive_seed
from curator.training import checkpoint
from curator.training.batches import Order, parts
from curator.training.checkpoint import Progress, changed
from curator.training.config import TrainConfig
from curator.training.metrics import Metric
from curator.training.objective import Item, Objective
from curator.training.rundir import Limits


@dataclass(frozen=True)
class Callbacks:
    """What the loop calls: at each iteration, with a metric, to keep the best weights, to save.

    `stop` is asked whether to end.
    """

    beat: Callable[[int], None]
    metric: Callable[[Metric], None]
    best: Callable[[], None]
    save: Callable[[Progress], None]
    stop: Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """What to train: settings, what was lowered, rows to learn and to validate on, for what."""

    config: TrainConfig
    limits: Limits
    train: tuple[Item, ...]
    valid: tuple[Item, ...]
    objective: Objective


class _StoppedAtOnce(Exception):
    """The first validation was interrupted; nothing is lost by that."""


class Loop:
    """A job in one process, from `progress` on."""

    def __init__(
        self, job: Job, model: Any, optimizer: Any, callbacks: Callbacks, progress: Progress
    ):
        self.config, self.limits = job.config, job.limits
        self.train, self.valid, self.objective = job.train, job.valid, job.objective
        self.model, self.optimizer, self.callbacks, self.progress = (
            model,
            optimizer,
            callbacks,
            progress,
        )
        lengths = tuple(r.length for r in job.train)
        self._order = Order(lengths, self.config.batch_size, self.config.seed)
        self._spent, self._fresh, self._gradients = 0.0, 0, None
        self._compile()

    def _compile(self) -> None:
        from functools import partial

        import mlx.core as mx
        import mlx.nn as nn
        from mlx.utils import tree_map

        both = nn.value_and_grad(self.model, self.objective.loss)
        state = [self.model.state, self.optimizer.state, mx.random.state]

        @partial(mx.compile, inputs=state, outputs=state)
        def learn(batch: tuple[Any, ...], share: Any, before: Any) -> Any:
            (loss, _), gradients = both(self.model, *batch)
            gradients = tree_map(lambda g: g * share, gradients)
            if before is not None:
                gradients = tree_map(lambda a, b: a + b, before, gradients)
            return loss * share, gradients

        @partial(mx.compile, inputs=state, outputs=state)
        def update(gradients: Any) -> None:
            self.optimizer.update(self.model, gradients)

        self._learn, self._update, self._state = learn, update, state

    def run(self) -> str:
        """Train to the end; returns why it ended: "done", "early_stopping" or "stopped"."""
        if self.progress.iteration == 0:
            try:
                self._evaluate(0)
            except _StoppedAtOnce:
                return "stopped"
        while self.progress.iteration < self.config.iters:
            if self._too_long_without_gain():
                return "early_stopping"
            if self.callbacks.stop():
                self._save_if(self._at_update(self.progress.iteration))
                return "stopped"
            self._iterate(self.progress.iteration + 1)
        return "done"

    def _too_long_without_gain(self) -> bool:
        early = self.config.early_stopping
        return bool(early and self.valid and self.progress.worse >= early.patience)

    def _at_update(self, iteration: int) -> bool:
        return iteration % self.config.grad_accumulation_steps == 0

    def _iterate(self, it: int) -> None:
        config, last = self.config, it == self.config.iters
        self._step(it)
        self.callbacks.beat(it)
        if it % config.steps_per_report == 0 or last:
            self._report(it)
        if self.valid and (it % config.steps_per_eval == 0 or last):
            self._evaluate(it)
        self._save_if(it % config.save_every == 0 or last)

    def _save_if(self, due: bool) -> None:
        if due:
            self.callbacks.save(self.progress)

    def _step(self, it: int) -> None:
        """Learn one batch, in `limits.micro` parts, weighted by what is learned in each."""
        import mlx.core as mx

        began = time.perf_counter()
        mx.random.seed(derive_seed(self.config.seed, "iteration", it))
        rows = [self.train[i] for i in self._order.rows(it)]
        whole, total = sum(r.weight for r in rows), mx.array(0.0)
        for part in parts(rows, self.limits.micro):
            share = self._share(sum(r.weight for r in part) / whole)
            loss, self._gradients = self._learn(self.objective.batch(part), share, self._gradients)
            total = total + loss
            mx.eval(total, self._gradients)
        if self._at_update(it):
            self._update(self._gradients)
            self._gradients = None
        mx.eval(self._state)
        self._record(it, float(total) * self.config.grad_accumulation_steps, rows)
        self._spent += time.perf_counter() - began

    def _share(self, share: float) -> Any:
        import mlx.core as mx

        return mx.array(share / self.config.grad_accumulation_steps)

    def _record(self, it: int, loss: float, rows: Sequence[Item]) -> None:
        _check_finite("loss", loss, it)
        old, learned = self.progress, sum(r.learned for r in rows)
        self._fresh += learned
        self.progress = changed(
            old,
            iteration=it,
            tokens=old.tokens + learned,
            loss_sum=old.loss_sum + loss,
            loss_count=old.loss_count + 1,
        )
        self._clear()

    def _clear(self) -> None:
        import mlx.core as mx

        if mx.get_cache_memory() > self.config.clear_cache_threshold:
            mx.clear_cache()

    def _report(self, it: int) -> None:
        done = self.progress
        speed = self._fresh / self._spent if self._spent else 0.0
        loss = done.loss_sum / done.loss_count
        self.callbacks.metric(
            self._metric(it, self._spent, train_loss=loss, tokens_per_second=speed)
        )
        self.progress = changed(done, loss_sum=0.0, loss_count=0)
        self._spent, self._fresh = 0.0, 0

    def _evaluate(self, it: int) -> None:
        """Measure the loss over the validation rows, by their weights; keep the best weights."""
        if not self.valid:
            return
        began = time.perf_counter()
        found = self._validate()
        _check_finite("validation loss", found["val_loss"], it)
        self.callbacks.metric(self._metric(it, time.perf_counter() - began, **found))
        if it == 0:
            return
        delta = self.config.early_stopping.min_delta if self.config.early_stopping else 0.0
        self.progress = checkpoint.best_of(self.progress, found["val_loss"], it, delta)
        if self.progress.best_iteration == it:
            self.callbacks.best()

    def _validate(self) -> dict[str, float]:
        """Return what the objective measures over the validation rows, by their weights."""
        import mlx.core as mx

        self.model.eval()
        totals, weights = dict[str, float](), 0
        for rows in self._validation():
            # Later validations are finished: the worker that resumes would not repeat them.
            if self.progress.iteration == 0 and self.callbacks.stop():
                raise _StoppedAtOnce
            weight = sum(r.weight for r in rows)
            found = self.objective.measure(self.model, *self.objective.batch(rows))
            mx.eval(found)
            totals = {k: totals.get(k, 0.0) + float(v) * weight for k, v in found.items()}
            weights += weight
            self._clear()
            self.callbacks.beat(self.progress.iteration)
        self.model.train()
        return {name: total / weights for name, total in totals.items()}

    def _validation(self) -> Iterator[Sequence[Item]]:
        size = max(1, self.config.batch_size // self.limits.micro)
        rows = sorted(self.valid, key=lambda r: r.length)
        batches = [rows[i : i + size] for i in range(0, len(rows), size)]
        wanted = self.config.val_batches
        return iter(batches if wanted == -1 else batches[:wanted])

    def _metric(self, it: int, seconds: float, **values: float) -> Metric:
        import mlx.core as mx

        rate = self.optimizer.learning_rate
        return Metric(
            iteration=it,
            epoch=round(it / self._order.per_epoch, 3),
            learning_rate=float(rate),
            tokens=self.progress.tokens,
            seconds=round(seconds, 3),
            peak_gb=round(mx.get_peak_memory() / 1e9, 3),
            **values,
        )


def _check_finite(name: str, loss: float, it: int) -> None:
    """Raise TrainingError for a loss that is no number, which nothing can be compared with."""
    if not math.isfinite(loss):
        hint = "lower learning_rate, or the model is broken"
        raise TrainingError(f"the {name} is {loss} at iteration {it}", hint=hint)
