"""An import in a terminal: what went where, what did not, and the next command."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.filter import reasons_table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.dataset.intake import ImportResult, LabelConflict
    from curator.records.example import Example
    from curator.records.project import Project

SHOWN = 20  # rejected records, and those whose labels differ from those that stay


def import_view(result: "ImportResult", file: str, project: "Project") -> "Iterator[Table | str]":
    """Why examples were rejected, then what became of all; `file` is the one imported."""
    if result.rejected:
        yield reasons_table(result.outcome)
    yield from import_lines(result, file, project)


def import_lines(result: "ImportResult", file: str, project: "Project") -> Iterator[str]:
    """What was added, what was there already, what was rejected, and the next command."""
    for path, count in result.added.items():
        yield f"{plural(count, 'example')} added to {project.relative(path)}"
    if result.present:
        yield f"{plural(result.present, 'example was', 'examples were')} there already"
    yield from map(_conflict, result.conflicts[:SHOWN])
    if (more := len(result.conflicts) - SHOWN) > 0:
        yield f"... and {more} more with other labels: --json lists them."
    if result.rejected:
        examples = result.outcome.rejected
        where = project.relative(result.rejected)
        rejected = plural(len(examples), "example")
        yield f"{rejected} rejected by the filters, kept apart with their faults: {where}"
        yield from map(_rejected, examples[:SHOWN])
        if (more := len(examples) - SHOWN) > 0:
            yield f"... and {more} more in {where}"
    yield from _next(result, file)


def _conflict(conflict: "LabelConflict") -> str:
    example, (where, slot) = conflict
    return (
        f"{example.provenance.source}: {example.id} is in {where} as {slot}, which stays; "
        f"for {example.slot}, change its labels there"
    )


def _rejected(example: "Example") -> str:
    faults = ", ".join(f"{v.filter}.{v.reason}" for v in example.verdicts if not v.passed)
    return f"{example.provenance.source}: {example.id} {faults}"


def _next(result: "ImportResult", file: str) -> Iterator[str]:
    if result.rejected:
        yield f"Next: repair them in {file}, and import it again; what is there stays as it is"
    if result.added:
        again = "Then" if result.rejected else "Next"
        yield f"{again}: curator build   (curator stats shows what is missing)"
