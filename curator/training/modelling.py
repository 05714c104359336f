"""Find and load models through mlx-lm, give them LoRA layers, build optimisers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base.errors import ModelError
from curator.base.extras import require
from curator.models.known import find_known
from curator.training.config import TrainConfig
from curator.training.families import family_of
from curator.training.vocabulary_keys import check_tokenizer_files


@dataclass(frozen=True)
class Counts:
    """Numbers of parameters, and the bytes that all of them take as they are.

    A matrix that serves as embedding and as head counts once; `head` are those of a head that is
    a matrix of its own, 0 where there is none.
    """

    total: int
    trainable: int
    bytes: int
    head: int = 0


def find_folder(model: str) -> Path:
    """Find the folder of a model: a path, or a hub id that is downloaded; raises ModelError.

    Everything that trains asks this first: it raises NotInstalled without mlx.
    """
    require("mlx_lm", "mlx", who="training")
    folder = Path(model).expanduser()
    if (folder / "config.json").is_file():
        return folder
    if model.count("/") != 1 or model.startswith((".", "/", "~")):
        hint = "give a folder with config.json and safetensors, or a hub id (ORG/REPO)"
        if find_known(model):
            hint = f"{model} is a GGUF: curator import-model {model}, or {hint}"
        raise ModelError("no such model folder", where=model, hint=hint)
    from mlx_lm.utils import hf_repo_to_path

    try:
        return Path(hf_repo_to_path(model))
    except Exception:  # not in the hub's cache, in the words of whichever library
        return _download(model)


def _download(model: str) -> Path:
    from mlx_lm.utils import _download as fetch

    try:
        return Path(fetch(model))
    except Exception as error:  # the hub's client lets the errors of its HTTP library through
        hint = "go online, or take the carried one: curator import-model smollm2"
        what = f"no folder {model} with a config.json, and cannot get it from the hub"
        raise ModelError(what, hint=hint) from error


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a model folder, with its chat template; raises ModelError."""
    from mlx_lm.utils import load_tokenizer as load

    try:
        tokenizer = load(folder)
    except Exception as error:  # transformers raises whatever the file made it stumble over
        raise ModelError(f"cannot load the tokenizer: {error}", where=folder) from error
    if not tokenizer.has_chat_template:
        hint = "take an instruction-tuned model"
        raise ModelError("the tokenizer has no chat template", where=folder, hint=hint)
    _as_written(tokenizer, folder / "tokenizer.json")
    return tokenizer


def _as_written(tokenizer: Any, file: Path) -> None:
    """Cut texts as tokenizer.json says, and normalise them only where it says so.

    transformers has patterns and a normaliser of its own for Qwen2 whatever the file says, and
    llama.cpp, which runs the model in the end, normalises nothing.
    """
    from tokenizers import Tokenizer

    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or not file.is_file():
        return
    written = Tokenizer.from_file(str(file))
    backend.normalizer, backend.pre_tokenizer = written.normalizer, written.pre_tokenizer


def load_model(folder: Path, lazy: bool = False) -> tuple[Any, dict[str, Any]]:
    """Load the model and its config.json; with `lazy` no weight is read. Raises ModelError."""
    from mlx_lm.utils import load_model as load

    try:
        model, config = load(folder, lazy=lazy)
    except Exception as error:  # KeyError, ValueError, RuntimeError: a folder that is not whole
        hint = "download or import the model again"
        raise ModelError(f"mlx-lm cannot load it: {error}", where=folder, hint=hint) from error
    return model, config


def check_exportable(config: dict[str, Any], folder: Path) -> str:
    """Return the model's architecture; raises ModelError for one that cannot be exported."""
    try:
        family_of(config)
        check_tokenizer_files(folder)
    except ModelError as error:
        hint = error.hint or "take another model"
        raise ModelError(error.what, where=folder, hint=hint) from error
    return str(config["architectures"][0])


def on_cpu() -> bool:
    """Tell whether mlx has no GPU here."""
    import mlx.core as mx

    return bool(mx.default_device() == mx.Device(mx.cpu))


def set_dtype(model: Any, wanted: str) -> str:
    """Convert the weights to `wanted` (see TrainConfig.dtype); returns the dtype's name."""
    import mlx.core as mx

    if wanted == "auto" and on_cpu():
        wanted = "float32"
    if wanted == "auto":
        return "as in the files"
    model.set_dtype(getattr(mx, wanted))
    return wanted


def adapt(model: Any, config: TrainConfig) -> None:
    """Freeze the model but for what is trained; raises ModelError where it has too few layers."""
    from mlx_lm.tuner.utils import linear_to_lora_layers

    model.freeze()
    layers = len(model.layers) if config.num_layers == -1 else config.num_layers
    if layers > len(model.layers):
        what = f"num_layers is {layers}, and the model has {len(model.layers)} layers"
        raise ModelError(what, hint="lower num_layers, or give -1 for all")
    if config.fine_tune_type == "full":
        for layer in model.layers[-layers:]:
            layer.unfreeze()
        return
    try:
        linear_to_lora_layers(
            model, layers, lora_parameters(config), config.fine_tune_type == "dora"
        )
    except ValueError as error:
        raise ModelError(str(error), hint="take fine_tune_type: lora") from error


def load_adapted(folder: Path, config: TrainConfig) -> Any:
    """Load a model as `config` trains it: its type, and frozen but for what is trained.

    Raises ModelError.
    """
    if on_cpu():
        import mlx.core as mx

        mx.disable_compile()  # there it runs the C++ compiler for each new length, for no gain
    model, _ = load_model(folder)
    set_dtype(model, config.dtype)
    adapt(model, config)
    return model


def lora_parameters(config: TrainConfig) -> dict[str, Any]:
    """Return mlx-lm's lora_parameters, which must not name keys where all are meant."""
    return config.lora_parameters.model_dump(mode="json", exclude_none=True)


def adapter_config(config: TrainConfig) -> dict[str, Any]:
    """Return adapter_config.json, from which mlx-lm loads an adapter."""
    settings = config.model_dump(mode="json")
    return {**settings, "lora_parameters": lora_parameters(config)}


def counts(model: Any) -> Counts:
    """Count a model's parameters, and those that are trained."""
    from mlx.utils import tree_flatten
    from mlx_lm.utils import get_total_parameters

    trainable = sum(v.size for _, v in tree_flatten(model.trainable_parameters()))
    size = sum(v.nbytes for _, v in tree_flatten(model.parameters()))
    return Counts(int(get_total_parameters(model)), int(trainable), int(size), _head(model))


def _head(model: Any) -> int:
    """Count the head's own parameters; packed ones (of `bits` each) as what they stand for."""
    weight = getattr(getattr(model, "lm_head", None), "weight", None)
    if weight is None:
        return 0
    return int(weight.size * 32 // getattr(model.lm_head, "bits", 32))


def build_optimizer(config: TrainConfig) -> Any:
    """Build the optimiser with its learning rate or schedule, which counts updates."""
    import mlx.optimizers as optim
    from mlx_lm.tuner.utils import build_schedule

    classes = {
        "adam": optim.Adam,
        "adamw": optim.AdamW,
        "sgd": optim.SGD,
        "muon": optim.Muon,
        "adafactor": optim.Adafactor,
    }
    rate: Any = config.learning_rate
    if config.lr_schedule:
        rate = build_schedule(config.lr_schedule.model_dump(exclude_defaults=True))
    options = getattr(config.optimizer_config, config.optimizer).model_dump()
    return classes[config.optimizer](learning_rate=rate, **options)
