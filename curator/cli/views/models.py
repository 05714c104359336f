"""The models that are known by name, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.cli.views.base import table

if TYPE_CHECKING:
    from curator.cli.terminal import Part
    from curator.models.getting.get import Got
    from curator.models.overview import Overview, Row


def models_view(found: "Overview") -> "Iterator[Part]":
    """A table of the models, how their memory is estimated, and where those that are here lie."""
    columns = [("model", "left"), ("what it is", "left"), ("MB", "right"), ("sha256", "right")]
    columns += [("licence", "right"), ("from", "left"), ("memory", "right"), ("here", "left")]
    yield table("Models", columns, [_row(row, found.free) for row in found.rows])
    yield (
        f"memory: one and a half times the file, keys and values of {found.context} tokens, 0.2 GB "
        f"for the process; {_gb(found.free)} are free here"
    )
    yield from (f"{row.model.name}: {row.path}" for row in found.rows if row.path)
    yield from _next(found)


def _row(row: "Row", free: int) -> list[str]:
    model = row.model
    fits = "" if row.fits(free) else ", too much"
    memory, here = f"{_gb(row.needs.total)}{fits}", "yes" if row.path else "no"
    sources = ", ".join(model.sources)
    size, digest = f"{model.bytes / 1e6:.0f}", model.sha256[:12]
    return [model.name, model.about, size, digest, model.licence, sources, memory, here]


def _next(found: "Overview") -> Iterator[str]:
    """What to type: get the best that would fit, and use what is here."""
    wanted = next((row for row in found.rows if row.fits(found.free)), None)
    if wanted and not wanted.path:
        yield f"Next: curator models get {wanted.model.name}"
    elif best := found.best():
        yield f"Next: curator augment --model {best.model.name}"


def got_view(got: "Got") -> Iterator[str]:
    """Where the model lies, and how to use it."""
    how = "was here" if got.source == "here" else f"came from the {_SOURCES[got.source]}"
    yield f"{got.name} {how}: {got.path} ({got.bytes / 1e6:.0f} MB, sha256 {got.sha256[:12]})"
    yield f"Next: curator augment --model {got.name}"


_SOURCES = {"hub": "hub", "packages": "package index"}


def best_view(row: "Row") -> Iterator[str]:
    """The name alone, for scripts."""
    yield row.model.name


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
