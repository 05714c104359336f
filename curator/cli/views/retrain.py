"""The decision of a retraining, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.english import english

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.release.retrain import Retrained


def retrain_view(result: "Retrained", project: "Project") -> Iterator[str]:
    """The comparison's reasons, and which model is in use now."""
    entry = result.entry
    yield f"{entry.run} against {entry.before}:"
    for reason in entry.decision.reasons:
        yield f"  {english.say(reason)}"
    model = project.relative(result.model)
    if entry.decision.promote:
        yield f"Promoted: {model} is the model in use (models/current.json)."
    else:
        yield f"Not promoted: {entry.before} stays, and {model} is kept."
    yield "Every decision with its numbers: training/ledger.jsonl"
