"""Where a project stands, in a terminal: a few lines, and the next command."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.augment.batches import BatchSummary
    from curator.status.project import ProjectStatus


_WAITING = ("pending", "disputed")
_INDENT = " " * 22  # below what is said of a step


def status_lines(status: "ProjectStatus") -> Iterator[str]:
    """The loop, a line for each step: its name, its number, what to know of it.

    An arrow is before the step that the next command takes further.
    """
    for step, count, said in _steps(status):
        arrow = "->" if step == status.next.step else "  "
        yield f"{arrow} {step:<10} {'' if count is None else count:>6}  {said}"
        if step == "examples" and status.rejections.seen:
            yield f"{_INDENT}and {status.rejections.summary()}"
        if step == "candidates":
            yield from (f"{_INDENT}{_batch(batch)}" for batch in status.batches)
    yield ""
    yield f"Next: {status.next.command}"
    yield f"      {status.next.why}"
    if status.then:
        yield f"      {status.then.command}: {status.then.why}"
    yield "      curator --help lists all commands"


def _steps(status: "ProjectStatus") -> Iterator[tuple[str, int | None, str]]:
    """Name each step of the loop, with its number and what to know of it."""
    built, counts = status.built, status.candidates
    yield "examples", status.covered.total, _examples(status)
    made = f"made, {status.passed} passed the filters" if status.made else "made so far"
    yield "candidates", status.made, made
    yield "review", counts["pending"] + counts["disputed"], _review(counts, status.unsent)
    yield "curated", len(built.examples) if built else 0, _built(status)
    yield "gate", None, _gate(status)
    yield "training", None, _training(status)
    yield "model", None, _decision(status)


def _examples(status: "ProjectStatus") -> str:
    covered = status.covered
    if not covered.total:
        return "none yet: import some, or write them into raw/authored/"
    if not covered.missing:
        return "may enter the set; none missing to the targets"
    return f"may enter the set; {covered.missing} missing to the targets{_weakest(status)}"


def _review(counts: dict[str, int], unsent: int) -> str:
    """Say who waits for whom, what was never pushed, and what people decided so far."""
    waiting = "waiting for reviewers"
    if unsent:
        every = unsent == counts["pending"] + counts["disputed"]
        waiting += ", never pushed" if every else f", {unsent} of them never pushed"
    if counts["disputed"]:
        waiting += f", {counts['disputed']} of them for a third person"
    settled = ", ".join(f"{n} {k}" for k, n in counts.items() if n and k not in _WAITING)
    return f"{waiting}; {settled}" if settled else waiting


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
    if not status.covered.total:
        return "of an earlier build: none of them is in raw/ now"
    full = status.built.full
    room = f"in the set, {full} left out for full slots; " if full else "in the set; "
    return room + ("up to date" if status.built.fresh else "older than what may enter it")


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
