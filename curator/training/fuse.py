"""`curator fuse`: multiply the adapter into the weights, to a folder like any other model's."""

from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import ModelError, TrainingError
from curator.base.notice import Notice
from curator.training import modelling
from curator.training.artefacts import Artefact, artefact
from curator.training.rundir import RunDir
from curator.training.staging import staged


def fuse(run: RunDir, out: Path) -> Artefact:
    """Merge the run's best adapter into its base model; `out` is the folder to write.

    Raises TrainingError where the run is not complete, or its adapter changes nothing.
    """
    request = run.request()
    if not run.finished:
        raise TrainingError(
            "the run is not complete", where=run.path, hint=f"{run.resume_command} resumes it"
        )
    if out.exists():
        raise ModelError("is there already", where=out, hint="delete it, or give another --out")
    model, config = _merged(run, request.config.dtype, Path(request.folder))
    with staged(out) as folder:
        _save(folder, Path(request.folder), model, config)
        store.write_json(folder / "origin.json", _origin(run))
    return artefact(out, Notice("merged_model"))


def _merged(run: RunDir, dtype: str, base: Path) -> tuple[Any, dict[str, Any]]:
    from mlx.utils import tree_unflatten
    from mlx_lm.tuner.utils import load_adapters
    from mlx_lm.utils import dequantize_model

    model, config = modelling.load_model(base)
    modelling.set_dtype(model, dtype)
    try:
        load_adapters(model, str(run.file("adapters")))
    except (ValueError, OSError) as error:
        raise TrainingError(f"the adapter does not fit: {error}", where=run.path) from error
    _check_changed(run, model)
    model.eval()
    layers = [(n, m.fuse(dequantize=True)) for n, m in model.named_modules() if hasattr(m, "fuse")]
    model.update_modules(tree_unflatten(layers))
    if config.pop("quantization", None):  # a merged model is like any other
        config.pop("quantization_config", None)
        model = dequantize_model(model)
    return model, config


def _check_changed(run: RunDir, model: Any) -> None:
    import mlx.core as mx
    from mlx.utils import tree_flatten

    ups = [v for name, v in tree_flatten(model.parameters()) if name.endswith("lora_b")]
    if ups and not any(bool(mx.any(v != 0)) for v in ups):
        hint = "train for more iterations"
        raise TrainingError("the adapter changes nothing", where=run.path, hint=hint)


def _save(folder: Path, base: Path, model: Any, config: dict[str, Any]) -> None:
    import shutil

    from mlx_lm.utils import save_config, save_model

    save_model(folder, model, donate_model=False)
    save_config(config, config_path=folder / "config.json")
    for pattern in ("*token*", "chat_template*", "vocab*", "merges*", "generation_config.json"):
        for file in base.glob(pattern):
            shutil.copyfile(file, folder / file.name)


def _origin(run: RunDir) -> dict[str, Any]:
    request = run.request()
    adapter = run.file("adapters") / "adapters.safetensors"
    return {
        "run": run.name,
        "base": request.config.model,
        "start": request.start.model_dump() if request.start else None,
        "adapter_sha256": store.sha256_of(adapter),
        "data": request.data,
        "versions": request.versions,
    }
