"""Time of an iteration: the loop of before against the one of now, on a processor, in one run.

Real rows of curated/train.jsonl and valid.jsonl, with the settings of training/lora.yaml. In turns,
on the same rows and from the same weights:

    before   mlx-lm's loss of all positions, all layers, gradient checkpointing
    now      curator/training/objective.py and kernels.py, what the frozen layers make being kept

and for what each part brings, once: now with gradient checkpointing, and with nothing kept. The
losses are compared for each iteration. The machine may be busy with other things: the ratio counts,
that of processor time most (OPENBLAS_NUM_THREADS=1 leaves out what OpenBLAS's threads spend waiting
for each other). Both ways keep the memory that they have had, which before no worker did.
Run: .venv/bin/python benchmarks/epoch.py MODEL [ROWS [VALIDATION_ROWS]], MODEL a folder.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curator.training import kernels, modelling
from curator.training.blas import for_training
from curator.training.config import CONFIG, TrainConfig, load_config
from curator.training.data import Row, read_rows
from curator.training.kept import Kept, lower
from curator.training.layers import Layers, split
from curator.training.objective import AnswerLoss, Objective, WholeLoss
from curator.training.recompute import recomputing

CHILD = "EPOCH_CHILD"


@dataclass
class Way:
    """A way to train: its own copy of the trained weights, and what it measured."""

    name: str
    model: Any
    optimizer: Any
    objective: Objective
    set_up: Callable[[Any], Any]
    seconds: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peak: float = 0.0

    def step(self, rows: Sequence[Row]) -> None:
        """Learn the rows."""
        self._timed(rows, train=True)

    def validate(self, rows: Sequence[Row]) -> tuple[float, float]:
        """Measure the loss of each row; returns the seconds, and those of the processor."""
        self.model.eval()
        before = len(self.seconds)
        for row in rows:
            self._timed([row], train=False)
        self.model.train()
        spent = sum(self.seconds[before:]), sum(self.processor[before:])
        del self.seconds[before:], self.processor[before:]
        return spent

    def _timed(self, rows: Sequence[Row], train: bool) -> None:
        import mlx.core as mx
        import mlx.nn as nn

        mx.reset_peak_memory()
        with self.set_up(self.model):
            began, used = time.perf_counter(), time.process_time()
            batch = self.objective.batch(rows)
            if train:
                both = nn.value_and_grad(self.model, self.objective.loss)
                (loss, _), slopes = both(self.model, *batch)
                mx.eval(loss, slopes)
                self.optimizer.update(self.model, slopes)
                mx.eval(self.model.trainable_parameters(), self.optimizer.state)
            else:
                loss, _ = self.objective.loss(self.model, *batch)
            self.losses.append(float(loss))
            self.seconds.append(time.perf_counter() - began)
            self.processor.append(time.process_time() - used)
        self.peak = max(self.peak, mx.get_peak_memory() / 1e9)
        done = "learned" if train else "validated"
        took = f"{self.seconds[-1]:.2f} s, {self.processor[-1]:.2f} s of the processor"
        print(f"  {self.name}: {done} {rows[0].length} tokens in {took}", flush=True)
        mx.clear_cache()


@contextmanager
def before(model: Any) -> Iterator[None]:
    """As it was: mlx's own operations, and mlx-lm's gradient checkpointing."""
    from mlx_lm.tuner.trainer import grad_checkpoint

    kind = type(model.layers[0])
    plain = kind.__call__
    grad_checkpoint(model.layers[0])
    try:
        yield
    finally:
        kind.__call__ = plain


@contextmanager
def checkpointed(model: Any) -> Iterator[None]:
    """As it is, with gradient checkpointing."""
    with ExitStack() as stack:
        stack.enter_context(kernels.installed(model))
        stack.enter_context(recomputing(model))
        yield


def ways(folder: Path, config: TrainConfig, temporary: Path) -> list[Way]:
    """Build the ways, which share the weights that are not trained."""
    made: list[Way] = []
    shared: Any = None
    for name, set_up, keeps in (
        ("before", before, False),
        ("now", kernels.installed, True),
        ("now, checkpointed", checkpointed, True),
        ("now, nothing kept", kernels.installed, False),
    ):
        model, _ = modelling.load_model(folder, lazy=True)
        modelling.adapt(model, config)
        shared = shared or model
        model.update(shared.parameters())
        modelling.set_dtype(model, "float32")
        shared = model
        model.train()
        layers = split(model, config)
        assert layers, "the model is not known in two parts"
        optimizer = modelling.build_optimizer(config)
        optimizer.init(model.trainable_parameters())
        objective = _objective(name, layers, Kept(temporary, 10**10, "x") if keeps else None)
        made.append(Way(name, model, optimizer, objective, set_up))
    return made


def _objective(name: str, layers: Layers, kept: Kept | None) -> Objective:
    return WholeLoss() if name == "before" else AnswerLoss(layers, lower(layers, kept), True)


def chosen(rows: Sequence[Row], count: int) -> list[Row]:
    """Rows of all lengths: one from the middle of each of `count` equal parts, by length."""
    ordered = sorted(rows, key=lambda r: r.length)
    return [ordered[(2 * i + 1) * len(ordered) // (2 * count)] for i in range(count)]


def measure(folder: Path, count: int, validated: int) -> None:
    """Measure, and print."""
    import mlx.core as mx

    mx.disable_compile()
    config = load_config(CONFIG, {"model": str(folder)})
    tokenizer = modelling.load_tokenizer(folder)
    train, valid = (
        chosen(read_rows(Path("curated") / f"{name}.jsonl", tokenizer, True), number)
        for name, number in (("train", count), ("valid", validated))
    )
    tokens, learned = (sum(getattr(r, n) for r in train) / count for n in ("length", "learned"))
    print(f"{count} rows of {tokens:.0f} tokens, {learned:.0f} of them learned, on average")
    with tempfile.TemporaryDirectory() as temporary:
        every = ways(folder, config, Path(temporary))
        mx.eval(every[0].model.parameters())
        old, new, *others = every
        for row in train:  # the first epoch of what is kept, which is not timed
            new.objective.batch([row])
        for row in train:
            old.step([row])
            new.step([row])
        _print(old, new, [w.validate(valid) for w in (old, new)])
        for other in others:
            other.step(train[:1])


def _print(old: Way, new: Way, spent: Sequence[tuple[float, float]]) -> None:
    for way in (old, new):
        means = [f"{statistics.mean(one):.2f} s" for one in (way.seconds, way.processor)]
        print(
            f"{way.name:8}{means[0]} an iteration, {means[1]} of the processor, {way.peak:.2f} GB"
        )
    for name, a, b in (
        ("time", old.seconds, new.seconds),
        ("processor time", old.processor, new.processor),
        ("validation, time", [spent[0][0]], [spent[1][0]]),
        ("validation, processor time", [spent[0][1]], [spent[1][1]]),
    ):
        print(f"{name}: {sum(a) / sum(b):.2f} times as fast")
    furthest = max(abs(a - b) for a, b in zip(old.losses, new.losses, strict=True))
    print(f"losses differ by {furthest:.1e} at most, in {len(old.losses)} comparisons", flush=True)


def main(folder: str, count: int = 8, validated: int = 4) -> None:
    """Measure in a process that has OpenBLAS before mlx's BLAS, as a worker has."""
    if os.environ.get(CHILD):
        kernels.one_thread_each()
        measure(Path(folder), count, validated)
        return
    environment = {**for_training(), CHILD: "1"}
    raise SystemExit(subprocess.run([sys.executable, *sys.argv], env=environment).returncode)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
