"""Where a project stands, in a terminal: a few lines, and the next command."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.augment.batches import BatchSummary
    from curator.status.project import ProjectStatus


def status_lines(status: "ProjectStatus") -> Iterator[str]:
    """One line for each part of the way, from examples to the model in use."""
    covered = status.covered
    lacking = f", {covered.missing} missing to the targets" if covered.missing else ", none missing"
    if covered.total:
        yield f"examples    {covered.total}{lacking}{_weakest(status)}"
    else:
        yield "examples    none yet: import some, or write them into raw/authored/"
    if status.rejections.seen:
        yield f"            and {status.rejections.summary()}"
    counts = ", ".join(f"{n} {name}" for name, n in status.candidates.items() if n)
    yield f"candidates  {counts or 'none'}"
    for batch in status.batches:
        yield f"            {_batch(batch)}"
    yield f"curated     {_built(status)}"
    yield f"gate        {_gate(status)}"
    yield f"training    {_training(status)}"
    yield f"in use      {_decision(status)}"
    yield ""
    yield f"Next: {status.next.command}   ({status.next.why}; curator --help lists all commands)"


def _batch(batch: "BatchSummary") -> str:
    if batch.running:
        return f"{batch.name} is running: {plural(batch.candidates, 'candidate')} so far"
    state = {"stale": "interrupted, with settings or examples that changed since"}
    return f"{batch.name} is {state.get(batch.state, batch.state)}; {batch.next}"


def _weakest(status: "ProjectStatus") -> str:
    lacking = {cell: n for cell, n in status.covered.deficits.items() if n}
    if not lacking:
        return ""
    cell = max(lacking, key=lambda c: lacking[c])
    return f", most of all {cell.topic} {cell.difficulty}"


def _built(status: "ProjectStatus") -> str:
    if not status.built:
        return "not built yet"
    count = plural(len(status.built.examples), "example")
    if not status.covered.total:
        return f"{count} of an earlier build: none of them is in raw/ now"
    return count if status.built.fresh else f"{count}; older than what may enter it"


def _gate(status: "ProjectStatus") -> str:
    if not status.covered.total:
        return "checked once there are examples"
    if not status.built:
        return "checked once the set is built"
    if not status.built.fresh:
        return "checked once the set is built again"
    if not status.failed:
        return "ready"
    first = status.failed[0]
    more = f" and {len(status.failed) - 1} more" if len(status.failed) > 1 else ""
    return f"not ready: {first.name} = {first.value}, wanted {first.limit}{more}"


def _training(status: "ProjectStatus") -> str:
    if not status.run:
        return "none yet"
    unfinished = "running" if status.training else "interrupted"
    return f"{status.run.name}, {'complete' if status.run.finished else unfinished}"


def _decision(status: "ProjectStatus") -> str:
    if not status.decision:
        return "the base model: nothing was promoted yet"
    entry = status.decision
    done = "promoted" if entry.decision.promote else f"not promoted, {entry.before} stays"
    return f"{entry.run} of {entry.time:%Y-%m-%d}: {done}"
