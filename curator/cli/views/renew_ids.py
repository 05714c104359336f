"""Renewed ids, in a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.dataset.renew import Renewed
    from curator.records.project import Project


def renewed_view(renewed: "Sequence[Renewed]", project: "Project") -> Iterator[str]:
    """One line for each example, with its id before and now."""
    for change in renewed:
        yield f"{project.relative(change.file)}:{change.line}: {change.old} is now {change.new}"
    yield f"{plural(len(renewed), 'id')} renewed." if renewed else "Every id is that of its text."


def renewed_document(renewed: "Sequence[Renewed]", project: "Project") -> dict[str, Any]:
    """The same as a JSON object."""
    return {"renewed": [{**r._asdict(), "file": project.relative(r.file)} for r in renewed]}
