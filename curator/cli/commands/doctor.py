"""`curator doctor`: what is installed, what is missing, and how to get it."""

import typer

from curator.cli.options import AsJson
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Show what is installed, what is missing, and how to get it."""
    from curator.cli.views.doctor import diagnosis_view
    from curator.status.doctor import diagnose

    diagnosis = diagnose()
    present(as_json, diagnosis.document, diagnosis_view(diagnosis))
    if not diagnosis.ready:
        raise typer.Exit(1)
