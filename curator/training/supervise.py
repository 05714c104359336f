"""Keep a training alive: start the worker, notice its death, start another that resumes.

A GPU fault or a lack of memory kills the process that trains, at any moment. The supervisor does
nothing but wait for its lines, so it survives, and the run resumes at its newest checkpoint. Where
workers die for lack of memory again and again without reaching the next checkpoint, the next one
gets by on less. A worker that dies of anything else twice at one place ends the training with the
words that it left, and costs it nothing: no setting and no row mends that.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curator.base import child, store
from curator.base.english import english
from curator.base.errors import CannotWrite, Interrupted, TrainingError
from curator.base.notice import Notice
from curator.training import checkpoint
from curator.training.blas import for_training
from curator.training.machine import checkpointed
from curator.training.rundir import Limits, RunDir
from curator.training.worker import STOPPED

# What the supervisor hands on: the worker's process id and one of its messages; or 0 and a
# message of its own: {"event": Event} or {"stopping": Notice}.
Listener = Callable[[int, dict[str, Any]], None]
_SHRINK = 0.75
_TAIL = 1 << 16  # bytes of a worker's last words that are looked at


@dataclass(frozen=True)
class Death:
    """How a worker ended without ending the run; `hungry`: less memory may keep the next alive."""

    iteration: int
    how: Notice
    hungry: bool


class Supervisor:
    """Runs one training to its end; `command` starts a worker, with the run's folder appended."""

    def __init__(self, run: RunDir, listen: Listener, command: Sequence[str] = ()):
        self._run, self._listen = run, listen
        worker = command or child.command("curator.training.worker")
        self._command = [*worker, str(run.path)]
        self._config = run.request().config
        self._iteration = 0
        self._words_from = 0  # where in worker.log the words of this worker begin

    def run(self) -> dict[str, Any]:
        """Start workers until the run is complete; returns result.json.

        Raises TrainingError with what happened when the run is given up.
        """
        deaths: list[Death] = []
        lowered, before = 0, -1
        while not self._run.finished:
            start = checkpoint.newest_iteration(self._run.file("checkpoints"))
            deaths = deaths if start == before else []
            before = start
            death = self._attempt(start)
            if death is None:
                continue
            self._tell("died", death.iteration, death.how)
            deaths.append(death)
            alike = [d for d in deaths if d.hungry == death.hungry]
            if len(alike) < self._config.survival.deaths or not self._stuck(before):
                continue
            if not death.hungry:
                raise self._broken(death, len(alike))
            self._lower(death, lowered)
            deaths, lowered = [], lowered + 1
        result: dict[str, Any] = store.read_json(self._run.file("result.json"))
        return result

    def _tell(self, kind: str, iteration: int, detail: Notice) -> None:
        self._listen(0, {"event": self._run.log(kind, iteration, detail)})

    def _stuck(self, before: int) -> bool:
        return checkpoint.newest_iteration(self._run.file("checkpoints")) == before

    def _attempt(self, start: int) -> Death | None:
        """Run one worker to its end; None where it completed the run."""
        self._iteration = start
        with self._run.file("worker.log").open("ab") as log:
            self._words_from = log.tell()
            worker = subprocess.Popen(
                self._command,
                stdout=subprocess.PIPE,
                stderr=log,
                env=for_training(),
                start_new_session=True,  # Ctrl-C is for the supervisor, which asks nicely
            )
            try:
                silent = self._heed(worker)
            except BaseException:
                _end(worker, signal.SIGTERM, 60)
                raise
        return self._judge(worker, silent)

    def _heed(self, worker: "subprocess.Popen[bytes]") -> bool:
        """Follow the worker as `_follow` does; tell that it stops where Ctrl-C interrupts it."""
        try:
            return self._follow(worker)
        except (Interrupted, KeyboardInterrupt):  # the command turns the one into the other
            self._listen(0, {"stopping": Notice("stopping")})
            raise

    def _follow(self, worker: "subprocess.Popen[bytes]") -> bool:
        """Pass the worker's messages on until it ends; returns whether it fell silent instead."""
        for message in _messages(worker, self._config.survival.silence):
            if message is None:
                _end(worker, signal.SIGKILL, 60)
                return True
            if "error" in message:
                worker.wait()
                raise (CannotWrite if message.get("disk") else TrainingError)(**message["error"])
            if message.get("resumed"):
                self._tell("resumed", message["resumed"], Notice("resumed"))
            self._iteration = message.get("iteration", self._iteration)
            self._listen(worker.pid, message)
        return False

    def _judge(self, worker: "subprocess.Popen[bytes]", silent: bool) -> Death | None:
        """Tell how a worker ended; None where it completed the run."""
        status = worker.wait()
        if status == 0 and self._run.finished:
            return None
        if status == STOPPED:
            hint = "run the same command again to resume"
            raise Interrupted(f"stopped at iteration {self._iteration}", hint=hint)
        words = self._words()
        hungry = child.lacked_memory(words)
        if silent:  # a machine that swaps, or a GPU that hangs
            how, hungry = Notice("silent", {"seconds": self._config.survival.silence}), True
        elif status == -signal.SIGKILL:  # what a kernel does where memory is short; it says nothing
            how, hungry = Notice("killed", {"signal": "SIGKILL"}), True
        elif status < 0:
            name = signal.Signals(-status).name
            last = child.last_line(words)
            how = Notice("killed_saying", {"signal": name, "words": last})
            how = how if last else Notice("killed", {"signal": name})
        else:
            said = child.last_line(words) or Notice("said_nothing")
            how = Notice("exited", {"status": status, "words": said})
        return Death(self._iteration, how, hungry)

    def _words(self) -> bytes:
        """Read the end of the last worker's standard error, which worker.log keeps."""
        with self._run.file("worker.log").open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._words_from, end - _TAIL))
            return log.read()

    def _broken(self, death: Death, times: int) -> TrainingError:
        what = f"the worker died {times} times at iteration {death.iteration}"
        hint = (
            "it is no lack of memory: worker.log there has all that it said; "
            "once that is mended, the same command resumes"
        )
        return TrainingError(f"{what}: {english.say(death.how)}", where=self._run.path, hint=hint)

    def _lower(self, death: Death, lowered: int) -> None:
        """Take the next step down in memory; raises TrainingError where there is none."""
        limits = self._run.limits()
        less, what = lower(self._config.batch_size, self._lengths(), limits, self._checkpointed())
        if less is None or what is None or lowered >= self._config.survival.steps:
            events = "; ".join(
                f"{e.kind} at {e.iteration}: {english.say(e.detail)}"
                for e in self._run.events()[-6:]
            )
            what_happened = f"given up at iteration {death.iteration}: {events}"
            raise TrainingError(what_happened, where=self._run.path, hint=_GIVEN_UP)
        store.write_json(self._run.file("limits.json"), less.model_dump())
        self._tell("lowered", death.iteration, what)

    def _checkpointed(self) -> bool:
        return checkpointed(self._config, self._run.limits())

    def _lengths(self) -> list[int]:
        return self._run.request().lengths


_GIVEN_UP = (
    "change the settings in training/lora.yaml: a smaller model, or a lower max_seq_length with "
    "long_rows: leave_out; curator train and curator retrain then begin a new run; worker.log "
    "there has the worker's words"
)


def lower(
    batch: int, lengths: Sequence[int], limits: Limits, checkpointed: bool
) -> tuple[Limits | None, Notice | None]:
    """Return the next step down in memory, and the notice of it; None where there is none.

    Gradient checkpointing, then smaller parts of a batch, neither of which changes what is
    learned; then the longest rows are left out, as long as a batch remains.
    """
    if not checkpointed:
        return limits.model_copy(update={"grad_checkpoint": True}), Notice("checkpointing")
    if limits.micro < batch:
        micro = min(batch, limits.micro * 2)
        notice = Notice("in_parts", {"batch": batch, "parts": micro})
        return limits.model_copy(update={"micro": micro}), notice
    longest = max((n for n in lengths if n <= (limits.max_tokens or n)), default=0)
    limit = int(longest * _SHRINK)
    left = sum(n <= limit for n in lengths)
    if left < max(batch, len(lengths) // 2):
        return None, None
    notice = Notice("rows_left_out", {"rows": len(lengths) - left, "limit": limit})
    return limits.model_copy(update={"max_tokens": limit}), notice


def _messages(worker: "subprocess.Popen[bytes]", silence: float) -> Iterator[dict[str, Any] | None]:
    """Yield the worker's messages as they come; None when it is silent for `silence` seconds."""
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
        yield from (message for line in lines if (message := child.parse_message(line)) is not None)


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
