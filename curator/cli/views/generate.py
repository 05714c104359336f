"""Candidates without verdicts, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.augment.run import AugmentResult
    from curator.records.project import Project


def generate_view(result: "AugmentResult", project: "Project") -> Iterator[str]:
    """How many candidates there are, where they lie, and the next command."""
    path = project.relative(result.batch.path("candidates.jsonl"))
    count = plural(len(result.candidates), "candidate")
    yield f"{count} in {path}; next: curator filter {path}"


def generate_document(result: "AugmentResult", project: "Project") -> dict[str, Any]:
    """The same as a JSON object."""
    path = project.relative(result.batch.path("candidates.jsonl"))
    return {"batch": result.batch.name, "candidates": len(result.candidates), "file": path}
