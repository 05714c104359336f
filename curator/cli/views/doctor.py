"""What the machine has installed, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.status.doctor import Diagnosis


def diagnosis_view(diagnosis: "Diagnosis") -> "Iterator[Table]":
    """One row per part: its state, and what to do where it is not ok."""
    columns = [(c, "left") for c in ("part", "state", "detail", "what to do")]
    rows = [[p.name, p.state, p.detail, "" if p.state == "ok" else p.hint] for p in diagnosis.parts]
    yield table("Doctor", columns, rows)
