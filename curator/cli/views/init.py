"""A new project, in a terminal."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.dataset.start import Started


def init_view(started: "Started") -> Iterator[str]:
    """What was written, what was left as it is, and the next command."""
    yield f"{plural(len(started.files), 'file')} written to {started.folder}"
    for file in started.kept:
        yield f"{file} was there and is left as it is"
    yield "Topics: schemas/taxonomy.yaml; targets, model and filters: pipelines/augment.yaml"
    if not started.examples:
        yield "Candidates are made after examples: write or import a few first."
    yield f"Next: {_next(started)}"


def init_document(started: "Started") -> dict[str, Any]:
    """The same as a JSON object."""
    return {**started.document(), "next": _next(started)}


def _next(started: "Started") -> str:
    folder = shlex.quote(started.folder)
    way = "" if Path(started.folder) == Path.cwd() else f"cd {folder} && "
    return way + ("curator" if started.examples else "curator import FILE --authored --author NAME")
