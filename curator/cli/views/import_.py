"""An import in a terminal: what went where, what did not, and the next command."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.dataset.intake import ImportResult, LabelConflict
    from curator.records.example import Example
    from curator.records.project import Project

SHOWN = 20  # rejected records, and those whose labels differ from those that stay
# What was changed without touching a word or a line of code, and what people read about it.
_CHANGES = {
    "fence_labelled_rust": "code without a language: labelled rust, and checked",
    "fence_labelled_text": "an output or message without a language: labelled text",
    "fence_labelled_console": "commands without a language: labelled console",
    "sections_renamed": "sections under other names: ours",
}


def import_view(result: "ImportResult", file: str, project: "Project") -> "Iterator[Table | str]":
    """What was found, then what became of all; `file` is the one that was imported."""
    findings = import_table(result)
    if findings.row_count:
        yield findings
    yield from import_lines(result, file, project)


def import_table(result: "ImportResult") -> "Table":
    """Tabulate what is wrong, looks different or is unknown, and what was done about each."""
    people = Counter(
        f"{v.filter}.{v.reason}" for e in result.for_people for v in e.verdicts if not v.passed
    )
    others = Counter(
        f"{v.filter}.{v.reason}"
        for e in result.outcome.rejected
        if e not in result.for_people
        for v in e.verdicts
        if not v.passed
    )
    rows = [["wrong", code, str(n), "to people, with what was found"] for code, n in _by(people)]
    rows += [["not new", code, str(n), "kept apart"] for code, n in _by(others)]
    for code, n in _by(result.changes()):
        seen, _, done = _CHANGES[code].partition(": ")
        rows.append(["looks different", seen, str(n), done])
    unknown = Counter(f"{u.axis} {u.value}" for u in result.unknown)
    rows += [["unknown label", what, str(n), "left out"] for what, n in _by(unknown)]
    rows += [["not read", what, str(n), "left out"] for what, n in _by(result.left_out)]
    columns = [("finding", "left"), ("what", "left"), ("records", "right"), ("done", "left")]
    return table("Import", columns, rows)


def _by(counts: "Counter[str]") -> list[tuple[str, int]]:
    return sorted(((k, n) for k, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0]))


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
        rejected = plural(len(result.outcome.rejected), "example")
        where = project.relative(result.rejected)
        yield f"{rejected} rejected by the filters, kept apart with what is wrong: {where}"
        yield from map(_rejected, result.outcome.rejected[:SHOWN])
        if (more := len(result.outcome.rejected) - SHOWN) > 0:
            yield f"... and {more} more in {where}"
    if result.unknown:
        first = result.unknown[0]
        left_out = plural(len(result.unknown), "record")
        yield (
            f"{left_out} left out for a label that schemas/taxonomy.yaml lacks (first: "
            f"{first.source}, {first.axis} {first.value!r}): add it there, or import again with "
            f"--map {first.value}=KNOWN"
        )
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
    if result.for_people:
        count = plural(len(result.for_people), "example")
        yield (
            f"Next: curator review push sends {count} to people, to be corrected; or repair them "
            f"in {file}, and import it again: what is there stays as it is"
        )
    if result.added:
        again = "Then" if result.for_people else "Next"
        yield f"{again}: curator build   (curator stats shows what is missing)"
