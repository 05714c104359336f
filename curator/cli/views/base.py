"""What all views use: tables, and progress on stderr."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from curator.cli.views.progress import progress as progress
from curator.cli.views.progress import waiting as waiting

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table


def table(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> "Table":
    """Make a table; a column is its heading and "left", or "right" for figures, kept on one line.

    Cells are plain text.
    """
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    laid = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, padding=(0, 1))
    for heading, side in columns:
        figures = side == "right"
        justify: JustifyMethod = "right" if figures else "left"
        laid.add_column(heading, justify=justify, no_wrap=figures, overflow="fold")
    for row in rows:
        laid.add_row(*(Text(cell) for cell in row))
    return laid
