"""Write the page for looking through examples to a file, whole."""

from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.records.project import Project, identifier
from curator.report.browse.page import browse_document
from curator.report.browse.select import EVALUATION, select
from curator.report.language import Lang

PAGES = Path("build") / "pages"


@dataclass(frozen=True)
class WrittenPage:
    """A page that was written: its file, what it shows, and how many rows of `what`.

    `left_out` of the rows were left out of a built set, `corrections` of them replace others of a
    batch.
    """

    path: Path
    name: str
    rows: int
    what: str
    left_out: int = 0
    corrections: int = 0


def write_page(project: Project, name: str | None, lang: Lang, out: Path | None) -> WrittenPage:
    """Write the page of what has this name (see `select`) to `out`, or into build/pages/."""
    selection = select(project, name, lang)
    path = out or project.root / PAGES / f"{identifier(selection.name)}.html"
    text = browse_document(selection, lang)
    store.write_bytes(path, text.encode("utf-8", "replace"))
    what = "answer" if selection.kind == EVALUATION else "example"
    left_out = sum(row.extra.get("status") == "left_out" for row in selection.rows)
    corrections = 0
    if selection.kind == "batch":
        corrections = sum(row.corrected for row in selection.rows)
    return WrittenPage(path, selection.name, len(selection.rows), what, left_out, corrections)
