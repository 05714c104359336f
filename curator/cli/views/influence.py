"""The influence of rows in a terminal: groups of them, those that helped most, those that hurt."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.records.project import Project
    from curator.training.influence.measure import Influence
    from curator.training.influence.run import Influenced


def influence_view(found: "Influenced", project: "Project", show: int) -> "Iterator[str | Table]":
    """Groups by topic, category and difficulty, then the rows at both ends."""
    from curator.base.plural import plural

    for by, groups in found.groups.items():
        if len(groups) > 1:
            columns = [(by, "left"), ("rows", "right"), ("influence", "right"), ("hurt", "right")]
            rows = [[g.name, str(g.rows), f"{g.value:+.4f}", str(g.hurt)] for g in groups]
            yield table(f"By {by}", columns, rows)
    if show:
        yield _rows("Rows that helped most", found.rows[:show])
        yield _rows("Rows that hurt, or helped least", found.rows[::-1][:show])
    hurt = sum(row.value < 0 for row in found.rows)
    yield f"{hurt} of {plural(len(found.rows), 'row')} hurt {plural(found.targets, 'target')}:"
    yield "a step more on such a row, at the end of the run, raises their loss."
    yield f"All: {project.relative(found.run.file('influence') / 'influence.json')}"


def _rows(title: str, rows: "Sequence[Influence]") -> "Table":
    columns = [("influence", "right"), ("row", "left"), ("topic", "left"), ("question", "left")]
    cells = [[f"{r.value:+.4f}", r.id or r.where, r.topic, r.question[:50]] for r in rows]
    return table(title, columns, cells)
