"""The next sensible command of a project, from where it stands: the loop's steps, and their order.

What was interrupted goes first; then what is done in a moment and lets the rest see further (the
build), a training where the gate is met by a set that no model has seen, what waits for people, and
what is missing. `curator` and the report name the same step. tests/status/test_next.py has the
table of standings and commands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from curator.augment.batches import BatchStatus, BatchSummary
from curator.base.plural import plural
from curator.dataset.gate import Check
from curator.records.coverage import Coverage
from curator.training.rundir import RunDir

Step = Literal["examples", "candidates", "review", "curated", "gate", "training"]


class NextStep(NamedTuple):
    """A command, why it is the sensible one, and the step of the loop that it takes further."""

    command: str
    why: str
    step: Step


@dataclass(frozen=True)
class Standing:
    """What the next step depends on.

    `candidates` counts them by their status with reviewers, of which `unsent` wait and were never
    pushed; `sent` says that the server has had some, and `served` that there is a server to send
    them to. The set was `built`, and is `fresh` while a build would choose from the same examples;
    `failed` are the gate's checks that do not pass on it, and `untrained` says that the newest
    training did not see it and that none runs now. `run` is the newest training, if nobody works
    on it, `retraining` says that a retraining was interrupted, and `batches` are those that are not
    complete.
    """

    covered: Coverage
    candidates: Mapping[str, int]
    unsent: int = 0
    sent: bool = False
    served: bool = False
    built: bool = False
    fresh: bool = False
    failed: Sequence[Check] = ()
    untrained: bool = False
    run: RunDir | None = None
    retraining: bool = False
    batches: Sequence[BatchSummary] = ()


def next_steps(standing: Standing) -> Iterator[NextStep]:
    """Yield sensible commands, the most pressing one first; none that another process is at."""
    if not standing.covered.total:
        why = "there is no example yet; with some, curator augment makes more"
        yield NextStep("curator import FILE --authored", why, "examples")
    if standing.retraining:
        yield NextStep("curator retrain", "a retraining was interrupted", "training")
    if (run := standing.run) and not run.finished:
        yield NextStep(run.resume_command, f"{run.name} was interrupted", "training")
    if standing.built and not standing.fresh:
        yield _build("the curated set is older than what may enter it")
    elif not standing.built and (accepted := standing.candidates["accepted"]):
        yield _build(f"{plural(accepted, 'accepted candidate waits', 'accepted candidates wait')}")
    if standing.built and standing.fresh and standing.untrained and not standing.failed:
        why = "the gate is met, and no training has seen this set"
        yield NextStep("curator retrain", why, "training")
    if standing.candidates["pending"] or standing.candidates["disputed"]:
        yield _review(standing)
    yield from _candidates(standing)
    if not standing.built:
        yield _build("there is no curated set yet")
    yield from _training(standing)


def _build(why: str) -> NextStep:
    return NextStep("curator build", why, "curated")


def _review(standing: Standing) -> NextStep:
    """Send what was never sent, and fetch what people said of the rest."""
    disputed, unsent = standing.candidates["disputed"], standing.unsent
    if unsent:
        were = plural(unsent, "candidate was", "candidates were")
        start = "" if standing.served else "; first curator argilla up: no Argilla runs here"
        why = f"{were} never pushed{start}"
        pull = "curator review pull && " if standing.sent else ""
        return NextStep(f"{pull}curator review push", why, "review")
    if disputed:
        why = f"{plural(disputed, 'waits', 'wait')} for a third person"
    else:
        waiting = standing.candidates["pending"]
        why = f"{plural(waiting, 'candidate waits', 'candidates wait')} for people in Argilla"
    return NextStep("curator review pull", why, "review")


def _candidates(standing: Standing) -> Iterator[NextStep]:
    """Resume a batch, or begin one: one at a time."""
    interrupted = [b for b in standing.batches if b.state is BatchStatus.INTERRUPTED]
    if interrupted:
        why = f"{interrupted[0].name} was interrupted"
        yield NextStep(interrupted[0].next, why, "candidates")
    if standing.covered.missing and not any(b.running for b in standing.batches):
        missing = plural(standing.covered.missing, "example is missing", "examples are missing")
        yield NextStep("curator augment", f"{missing} to the targets", "candidates")


def _training(standing: Standing) -> Iterator[NextStep]:
    failed = standing.failed
    if failed and all(c.since_training for c in failed) and not standing.batches:
        why = f"the next training waits for {failed[0].closes}"
        yield NextStep("curator augment --more 2", why, "candidates")
    if failed:
        yield NextStep("curator gate", f"not ready for a training: {failed[0].name}", "gate")
    yield NextStep("curator retrain", "the gate is met", "training")
