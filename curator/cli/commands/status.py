"""`curator` by itself: where the project stands, and the next sensible command."""

from curator.cli.options import project
from curator.cli.terminal import present


def show_status(as_json: bool) -> None:
    """Print where the project stands."""
    from curator.cli.views.base import progress
    from curator.cli.views.status import status_lines
    from curator.status.project import project_status

    with progress(as_json, "reading the project"):
        status = project_status(project())
    present(as_json, status.document, status_lines(status))
