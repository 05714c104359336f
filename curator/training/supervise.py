"""Keeps a run alive: starts the worker, notices its death, lets another go on.

A GPU fault or a lack of memory kills the process that trains, at any moment. The supervisor does
nothing but wait for its lines, so it survives, and the run goes on from its newest checkpoint.
Where workers die again and again without reaching the next one, the next gets by on less memory.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curator.base import store
from curator.base.errors import Interrupted, TrainingError
from curator.training import checkpoint
from curator.training.blas import with_openblas
from curator.training.rundir import Limits, RunDir
from curator.training.worker import STOPPED

# What the supervisor hands on: the worker's process id and one of its messages.
Listener = Callable[[int, dict[str, Any]], None]
_SHRINK = 0.75


@dataclass(frozen=True)
class Death:
    """How a worker ended without ending the run."""

    iteration: int
    how: str


class Supervisor:
    """Sees one run through; `command` starts a worker on the folder that it gets as argument."""

    def __init__(self, run: RunDir, listen: Listener, command: Sequence[str] = ()):
        self._run, self._listen = run, listen
        self._command = [
            *(command or (sys.executable, "-m", "curator.training.worker")),
            str(run.path),
        ]
        self._config = run.request().config
        self._iteration = 0

    def run(self) -> dict[str, Any]:
        """Start workers until the run is complete; returns result.json.

        Raises TrainingError with what happened when the run is given up.
        """
        deaths, lowered, before = 0, 0, -1
        while not self._run.finished:
            start = checkpoint.newest_iteration(self._run.file("checkpoints"))
            deaths = deaths if start == before else 0
            before = start
            death = self._attempt(start)
            if death is None:
                continue
            deaths += 1
            self._tell("died", death.iteration, death.how)
            if deaths >= self._config.survival.deaths and self._stuck(before):
                self._lower(death, lowered)
                deaths, lowered = 0, lowered + 1
        found: dict[str, Any] = store.read_json(self._run.file("result.json"))
        return found

    def _tell(self, kind: str, iteration: int, detail: str) -> None:
        self._run.log(kind, iteration, detail)
        self._listen(0, {kind: f"iteration {iteration}, {detail}"})

    def _stuck(self, before: int) -> bool:
        return checkpoint.newest_iteration(self._run.file("checkpoints")) == before

    def _attempt(self, start: int) -> Death | None:
        """One worker from birth to end; None where it completed the run."""
        self._iteration = start
        with self._run.file("worker.log").open("ab") as log:
            worker = subprocess.Popen(
                self._command,
                stdout=subprocess.PIPE,
                stderr=log,
                env=with_openblas(),
                start_new_session=True,  # Ctrl-C is for the supervisor, which asks nicely
            )
            try:
                silent = self._heed(worker)
            except BaseException:
                _end(worker, signal.SIGTERM, 60)
                raise
        return self._judge(worker, silent)

    def _heed(self, worker: "subprocess.Popen[bytes]") -> bool:
        """As `_follow`; that it stops is told where Ctrl-C breaks it off."""
        try:
            return self._follow(worker)
        except (Interrupted, KeyboardInterrupt):  # the command turns the one into the other
            self._listen(0, {"stopping": "at the end of this iteration, which is kept"})
            raise

    def _follow(self, worker: "subprocess.Popen[bytes]") -> bool:
        """Pass the worker's messages on until it ends; whether it fell silent instead."""
        for message in _messages(worker, self._config.survival.silence):
            if message is None:
                _end(worker, signal.SIGKILL, 60)
                return True
            if "error" in message:
                worker.wait()
                raise TrainingError(**message["error"])
            if message.get("resumed"):
                self._tell("resumed", message["resumed"], "from the newest sound checkpoint")
            self._iteration = message.get("iteration", self._iteration)
            self._listen(worker.pid, message)
        return False

    def _judge(self, worker: "subprocess.Popen[bytes]", silent: bool) -> Death | None:
        code = worker.wait()
        if code == 0 and self._run.finished:
            return None
        if code == STOPPED:
            hint = "run the same command again to go on"
            raise Interrupted(f"stopped at iteration {self._iteration}", hint=hint)
        if silent:
            how = f"no sign of life for {self._config.survival.silence:.0f} s"
        elif code < 0:
            how = f"killed by {signal.Signals(-code).name}"
        else:
            how = f"exit code {code}: {self._last_words()}"
        return Death(self._iteration, how)

    def _last_words(self) -> str:
        lines = self._run.file("worker.log").read_text("utf-8", "replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")[:300]

    def _lower(self, death: Death, lowered: int) -> None:
        limits = self._run.limits()
        less, what = lower(self._config.batch_size, self._lengths(), limits, self._checkpointed())
        if less is None or lowered >= self._config.survival.steps:
            events = "; ".join(
                f"{e.kind} at {e.iteration}: {e.detail}" for e in self._run.events()[-6:]
            )
            hint = "see worker.log there; a smaller model, or shorter rows, take less memory"
            raise TrainingError(
                f"given up at iteration {death.iteration}: {events}",
                where=self._run.path,
                hint=hint,
            )
        store.write_json(self._run.file("limits.json"), less.model_dump())
        self._tell("lowered", death.iteration, what)

    def _checkpointed(self) -> bool:
        return self._config.grad_checkpoint or self._run.limits().grad_checkpoint

    def _lengths(self) -> list[int]:
        return self._run.request().lengths


def lower(
    batch: int, lengths: Sequence[int], limits: Limits, checkpointed: bool
) -> tuple[Limits | None, str]:
    """The next step down in memory, and what it means in words; None where there is none.

    Gradient checkpointing, then smaller parts of a batch, neither of which changes what is
    learned; then the longest rows are left out, as long as a batch remains.
    """
    if not checkpointed:
        return limits.model_copy(update={"grad_checkpoint": True}), "gradient checkpointing is on"
    if limits.micro < batch:
        micro = min(batch, limits.micro * 2)
        what = f"each batch of {batch} rows is computed in {micro} parts, for the same gradient"
        return limits.model_copy(update={"micro": micro}), what
    longest = max((n for n in lengths if n <= (limits.max_tokens or n)), default=0)
    limit = int(longest * _SHRINK)
    left = sum(n <= limit for n in lengths)
    if left < max(batch, len(lengths) // 2):
        return None, ""
    what = f"{len(lengths) - left} rows of more than {limit} tokens are left out"
    return limits.model_copy(update={"max_tokens": limit}), what


def _messages(worker: "subprocess.Popen[bytes]", silence: float) -> Iterator[dict[str, Any] | None]:
    """The worker's lines as they come; None when it says nothing for `silence` seconds."""
    pipe, rest = _stdout(worker), b""
    while True:
        ready, _, _ = select.select([pipe], [], [], silence)
        if not ready:
            yield None
            return
        read = os.read(pipe, 1 << 16)
        if not read:
            return
        *lines, rest = (rest + read).split(b"\n")
        yield from (json.loads(line) for line in lines if line.startswith(b"{"))


def _stdout(worker: "subprocess.Popen[bytes]") -> int:
    if worker.stdout is None:
        raise TrainingError("the worker was started without a pipe")
    return worker.stdout.fileno()


def _end(worker: "subprocess.Popen[bytes]", how: signal.Signals, patience: float) -> None:
    """End a worker, the hard way if it does not within `patience` seconds."""
    worker.send_signal(how)
    deadline = time.monotonic() + patience
    while worker.poll() is None and time.monotonic() < deadline:
        ready, _, _ = select.select([_stdout(worker)], [], [], 0.1)
        if ready and not os.read(_stdout(worker), 1 << 16):  # a full pipe would keep it from ending
            break
    if worker.poll() is None:
        worker.kill()
    worker.wait()
