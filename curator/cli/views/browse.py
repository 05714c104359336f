"""Where a page was written, in a terminal; and the browser that shows it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.report.browse.write import WrittenPage


def open_page(path: Path) -> bool:
    """Show a page in the user's browser; tells whether there is one to show it in.

    A browser that takes over the terminal, as where there is no screen, is not asked.
    """
    screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if not screen:
        return False
    import webbrowser

    return webbrowser.open(path.resolve().as_uri())


def browse_view(written: "WrittenPage", project: "Project", opened: bool) -> Iterator[str]:
    """One line: what the page has, and where it is."""
    where = project.relative(written.path)
    done = "Opened in the browser" if opened else "Written"
    yield f"{done}: {where} ({_counted(written)})"


def _counted(written: "WrittenPage") -> str:
    """Count the rows by what they are, where not all are of the set or batch itself."""
    whole = plural(written.rows, written.what)
    if written.left_out:
        inside = written.rows - written.left_out
        return f"{whole}: {inside} in the set, {written.left_out} left out"
    if written.corrections:
        own = plural(written.rows - written.corrections, "candidate")
        return f"{whole}: {own}, {plural(written.corrections, 'correction')}"
    return whole


def browse_document(written: "WrittenPage") -> dict[str, Any]:
    """The page's file and what it has, as a JSON object."""
    return {"file": str(written.path), "name": written.name, "rows": written.rows}
