"""How two sets or arms differ, in a terminal: figures, then what came, went and changed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from curator.base.english import english
from curator.base.plural import plural
from curator.cli.views.base import table
from curator.cli.views.evaluate import caution_lines, comparison_table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.cli.terminal import Part
    from curator.records.example import Example
    from curator.report.differ.arms import ArmDifference
    from curator.report.differ.sets import SetDifference

SHOWN = 10  # of each kind
LINE = 80  # characters of a question


def diff_view(found: "SetDifference | ArmDifference", page: Path | None) -> "Iterator[Part]":
    """Show the figures, then the first of what came, went and changed."""
    from curator.report.differ.sets import SetDifference

    if isinstance(found, SetDifference):
        yield from _sets(found)
    else:
        yield from _arms(found)
    counts = f"{len(found.came)} came, {len(found.went)} went, {len(found.changed)} changed"
    yield f"{counts}, {found.same} the same."
    longest = max(len(found.came), len(found.went), len(found.changed))
    if longest > SHOWN:
        yield f"The first {SHOWN} of each are shown; --html FILE or --json has all."
    if page:
        yield f"Written: {page}"


def _sets(found: "SetDifference") -> "Iterator[Part]":
    columns = [("", "left"), ("", "left"), (found.before.name, "right")]
    columns += [(found.after.name, "right"), ("difference", "right")]
    rows, last = [], ""
    for group, name, before, after in found.telling:
        delta = after - before
        said = [f"{before:g}", f"{after:g}", f"{delta:+g}" if delta else "="]
        rows.append([group if group != last else "", name, *said])
        last = group
    yield table(f"{found.before.name} -> {found.after.name}", columns, rows)
    if alike := len(found.figures) - len(rows):
        yield f"{plural(alike, 'other figure is', 'other figures are')} the same on both sides."
    changed = [(c.after, ", ".join(c.what)) for c in found.changed]
    yield from _list("Changed", changed)
    yield from _list("Came", [(e, "") for e in found.came])
    yield from _list("Went", [(e, "") for e in found.went])


def _list(title: str, examples: "Sequence[tuple[Example, str]]") -> "Iterator[Table]":
    from curator.report.differ.sets import first_line

    if not examples:
        return
    what = any(what for _, what in examples)
    columns = [("id", "left"), ("cell", "left"), *([("what", "left")] if what else [])]
    rows = [
        [
            e.id,
            str(e.cell),
            *([why] if what else []),
            _cut(first_line(e.question)) or "(no words)",
        ]
        for e, why in examples[:SHOWN]
    ]
    yield table(title, [*columns, ("question", "left")], rows)


def _cut(text: str) -> str:
    """Cut a line after LINE characters, between words where there is a space to cut at."""
    if len(text) <= LINE:
        return text
    begun = text[: LINE - 4]
    return f"{begun.rpartition(' ')[0] or begun} ..."


def _arms(found: "ArmDifference") -> "Iterator[Part]":
    for comparison in found.comparisons:
        yield comparison_table(comparison)
        yield from caution_lines(comparison)
    for pair in found.pairs:
        if pair.refused:
            yield f"Not compared ({pair.profile}): {english.say(pair.refused)}"
    if not found.pairs:
        yield "Not compared: no profile has scores of both; curator evaluate scores them."
    columns = [("prompt", "left"), ("score before", "right"), ("after", "right")]
    rows = [
        [c.after.prompt_id, *("-" if s is None else f"{s:.2f}" for s in c.scores)]
        for c in found.changed[:SHOWN]
    ]
    if rows:
        yield table("Answers that changed, the largest losses first", columns, rows)
