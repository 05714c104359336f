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
    yield f"{done}: {where} ({plural(written.rows, written.what)})"


def browse_document(written: "WrittenPage") -> dict[str, Any]:
    """The page's file and what it has, as a JSON object."""
    return {"file": str(written.path), "name": written.name, "rows": written.rows}
