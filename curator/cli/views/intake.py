"""How an import looks in a terminal: what went where, what did not, and the next command."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.dataset.intake import Relabelled, Taken
    from curator.records.example import Example
    from curator.records.project import Project

SHOWN = 20  # rejected records, and those whose labels differ from those that stay


def import_lines(done: "Taken", file: str, project: "Project") -> Iterator[str]:
    """Lines for people; `file` is the one that was imported."""
    for path, count in done.added.items():
        yield f"{plural(count, 'example')} added to {project.relative(path)}"
    if done.present:
        yield f"{plural(done.present, 'example was', 'examples were')} there already"
    yield from (_relabelled(one) for one in done.relabelled[:SHOWN])
    if (more := len(done.relabelled) - SHOWN) > 0:
        yield f"... and {more} more with other labels: --json lists them."
    if done.rejected:
        rejected = plural(len(done.outcome.rejected), "example")
        where = project.relative(done.rejected)
        yield f"{rejected} rejected by the filters, kept apart with what is wrong: {where}"
        yield from (_rejected(one) for one in done.outcome.rejected[:SHOWN])
        if (more := len(done.outcome.rejected) - SHOWN) > 0:
            yield f"... and {more} more in {where}"
    yield from _next(done, file)


def _relabelled(one: "Relabelled") -> str:
    example, (where, slot) = one
    return (
        f"{example.provenance.source}: {example.id} is in {where} as {slot}, which stays; "
        f"for {example.slot}, change its labels there"
    )


def _rejected(example: "Example") -> str:
    faults = ", ".join(f"{v.filter}.{v.reason}" for v in example.verdicts if not v.passed)
    return f"{example.provenance.source}: {example.id} {faults}"


def _next(done: "Taken", file: str) -> Iterator[str]:
    if done.rejected:
        yield f"Next: repair them in {file}, and import it again; what is there stays as it is"
    if done.added:
        again = "Then" if done.rejected else "Next"
        yield f"{again}: curator build   (curator stats shows what is missing)"
