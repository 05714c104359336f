"""Where a report was written, in a terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.report.gather import Report


def report_view(written: Sequence[Path], project: "Project") -> Iterator[str]:
    """One line per file."""
    for path in written:
        yield f"Written: {project.relative(path)}"


def report_document(report: "Report", written: Sequence[Path]) -> dict[str, Any]:
    """All that the report says, and its files, as a JSON object."""
    return {**report.document(), "files": [str(p) for p in written]}
