"""How a project's standing looks in a terminal: a few lines, and the next command."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.status.standing import Standing


def standing_lines(found: "Standing") -> Iterator[str]:
    """One line for each part of the way, from examples to the model in use."""
    covered = found.covered
    lacking = f", {covered.missing} missing to the targets" if covered.missing else ", none missing"
    yield f"examples    {covered.total}{lacking}{_weakest(found)}"
    if found.refused.met:
        yield f"            and {found.refused.told()}"
    yield f"candidates  {_candidates(found.answers)}"
    for batch in found.broken:
        yield f"            {batch} was broken off: the command that began it goes on with it"
    yield f"curated     {_built(found)}"
    yield f"gate        {_gate(found)}"
    yield f"training    {_training(found)}"
    yield f"in use      {_decision(found)}"
    yield ""
    yield f"Next: {found.next.command}   ({found.next.why}; curator --help lists all commands)"


def _weakest(found: "Standing") -> str:
    lacking = {cell: n for cell, n in found.covered.deficits.items() if n}
    if not lacking:
        return ""
    cell = max(lacking, key=lambda c: lacking[c])
    return f", most of all {cell.topic} {cell.difficulty}"


def _candidates(answers: dict[str, int]) -> str:
    said = ", ".join(f"{n} {name}" for name, n in answers.items() if n)
    return said or "none"


def _built(found: "Standing") -> str:
    if not found.built:
        return "not built yet"
    fresh = "" if found.built.fresh else "; older than what may enter it"
    return f"{plural(len(found.built.examples), 'example')}{fresh}"


def _gate(found: "Standing") -> str:
    if not found.built:
        return "asked once the set is built"
    if not found.built.fresh:
        return "asked once the set is built again"
    if not found.failed:
        return "ready"
    first = found.failed[0]
    more = f" and {len(found.failed) - 1} more" if len(found.failed) > 1 else ""
    return f"not ready: {first.name} = {first.value}, wanted {first.limit}{more}"


def _training(found: "Standing") -> str:
    if not found.run:
        return "none yet"
    return f"{found.run.name}, {'complete' if found.run.finished else 'broken off'}"


def _decision(found: "Standing") -> str:
    if not found.decision:
        return "the base model: nothing was promoted yet"
    entry = found.decision
    done = "promoted" if entry.decision.promote else f"not promoted, {entry.before} stays"
    return f"{entry.run} of {entry.time:%Y-%m-%d}: {done}"
