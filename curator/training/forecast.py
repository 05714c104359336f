"""Say how long a run will take, from its first two iterations.

They are iterations like any other. The next ones take as much longer or shorter as they have more
or less arithmetic (curator/training/cost.py); the validations what the first one took.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from curator.training.batches import Order
from curator.training.config import TrainConfig
from curator.training.cost import Cost, matrix_speed
from curator.training.metrics import Metric
from curator.training.objective import Item

MEASURED = 2


class Forecast(BaseModel):
    """How long a run takes from `iteration` on, as measured there; seconds.

    `iteration_seconds` is one iteration's on average over those to come, `validation_seconds` one
    validation's, `seconds` all that is left. `share` is how much of the speed of this machine's
    product of matrices the measured iterations had.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    iteration: int
    iterations: int
    iteration_seconds: float
    validations: int
    validation_seconds: float
    seconds: float
    share: float
    peak_gb: float

    def line(self) -> str:
        """Write it as a line."""
        left = duration(self.seconds)
        parts = f"{self.iterations} iterations of {self.iteration_seconds:.1f} s"
        if self.validations:
            parts += f" and {self.validations} validations of {duration(self.validation_seconds)}"
        measured = f"measured on {MEASURED}; {self.share:.0%} of the machine's matrix speed"
        return f"about {left} left: {parts} ({measured}); memory {self.peak_gb:.1f} GB"


def duration(seconds: float) -> str:
    """Write a time as a person would: 40 s, 12 min, 3.5 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


@dataclass
class Forecaster:
    """Watches the first iterations of a worker that begins after iteration `start`."""

    config: TrainConfig
    cost: Cost
    train: Sequence[Item]
    valid: Sequence[Item]
    start: int
    tell: Callable[[Forecast], None]
    _last: float = field(default_factory=time.perf_counter)
    _seconds: list[float] = field(default_factory=list)
    _validation: float | None = None

    def metric(self, metric: Metric) -> None:
        """Heed a metric: the first validation says what the others take."""
        if metric.val_loss is not None:
            self._validation = metric.seconds
        self._last = time.perf_counter()

    def beat(self, iteration: int) -> None:
        """Heed a sign of life: an iteration that is done, or rows of a validation."""
        now = time.perf_counter()
        if iteration == self.start + len(self._seconds) + 1 and len(self._seconds) < MEASURED:
            self._seconds.append(now - self._last)
            if len(self._seconds) == MEASURED and iteration < self.config.iters:
                self.tell(self._forecast(iteration))
        self._last = time.perf_counter()

    def _forecast(self, done: int) -> Forecast:
        import mlx.core as mx

        rate = self._work(range(self.start + 1, done + 1)) / sum(self._seconds)
        left = range(done + 1, self.config.iters + 1)
        training = self._work(left, kept=bool(self.config.keep_gb)) / rate
        validations = sum(self._evaluated(i) for i in left)
        validating = self._validation or self._validating() / rate
        return Forecast(
            iteration=done,
            iterations=len(left),
            iteration_seconds=round(training / len(left), 3),
            validations=validations,
            validation_seconds=round(validating, 3),
            seconds=round(training + validations * validating, 1),
            share=round(rate / matrix_speed(), 3),
            peak_gb=round(mx.get_peak_memory() / 1e9, 3),
        )

    def _evaluated(self, iteration: int) -> bool:
        last = iteration == self.config.iters
        return bool(self.valid) and (last or iteration % self.config.steps_per_eval == 0)

    def _work(self, iterations: range, kept: bool = False) -> float:
        """Count the operations of iterations; `kept`: the frozen layers' only for rows not seen."""
        order = Order(tuple(r.length for r in self.train), self.config.batch_size, self.config.seed)
        seen = {i for it in range(1, iterations[0]) for i in order.rows(it)} if kept else set()
        total = 0
        for it in iterations:
            for i in order.rows(it):
                row = self.train[i]
                total += self.cost.step(row.length, row.learned)
                total += 0 if i in seen else self.cost.below(row.length)
                seen |= {i} if kept else set()
        return total

    def _validating(self) -> float:
        costs = (self.cost.validate(r.length, r.learned) for r in self.valid)
        return sum(costs) + sum(self.cost.below(r.length) for r in self.valid)
