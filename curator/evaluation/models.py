"""Find the model that an arm's setting means, the run that it comes from, and its responder."""

from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.base.errors import ModelError
from curator.evaluation import promotion
from curator.evaluation.mlx_respond import MlxResponder
from curator.evaluation.recipe import BASE, TUNED, ArmSetting, EvaluateRecipe, augment_model
from curator.evaluation.records import ModelIdentity
from curator.evaluation.respond import GgufResponder, Responder
from curator.evaluation.served import ServedResponder
from curator.models.llama.gguf import ModelFile, find_model
from curator.models.openai.served import PREFIX, parse_name
from curator.models.settings import ModelSettings
from curator.training.artefacts import export_of, exports
from curator.training.modelling import find_folder
from curator.training.rundir import latest
from curator.training.stage import taught


@dataclass(frozen=True)
class Located:
    """The model of an arm: a GGUF, or a model folder with perhaps an adapter.

    `run` is the training run that it comes from, where that is known.
    """

    file: ModelFile | None
    folder: Path | None = None
    adapter: Path | None = None
    run: str | None = None


def locate(root: Path, recipe: EvaluateRecipe, setting: ArmSetting) -> Located:
    """Find the model of an arm; a hub id is downloaded. Raises ModelError, with what to do."""
    name = {BASE: lambda: augment_model(root, recipe).name, TUNED: lambda: tuned_model(root)}.get(
        setting.model, lambda: setting.model
    )()
    path = root / Path(name).expanduser()
    if setting.adapter is None and not path.is_dir():
        file = find_model(str(path) if path.is_file() else name)
        return Located(file, run=_exported_from(file))
    if path.is_file():
        hint = "give the folder of the model that the adapter was trained on"
        raise ModelError("an adapter does not go onto a GGUF", where=name, hint=hint)
    folder = find_folder(str(path) if path.is_dir() else name)
    if setting.adapter is None:
        return Located(None, folder, run=_fused_from(folder))
    adapter = root / Path(setting.adapter).expanduser()
    return Located(None, folder, adapter, _trained_by(adapter))


def tuned_model(root: Path) -> str:
    """Return the file of the model in use, else the newest export.

    Raises ModelError without any, and DataError where the model in use is not what it was.
    """
    if in_use := promotion.current(root):
        return str(root / in_use.file)
    if exported := exports(root):
        return str(exported[-1])
    hint = "curator train, curator fuse, curator export"
    raise ModelError("no tuned model yet", where=export_of(root, "RUN"), hint=hint)


def _exported_from(file: ModelFile) -> str | None:
    """Return the run that the document beside an export names, if it is about this very file."""
    beside = file.path.with_suffix(".json")
    record = store.read_json(beside) if beside.is_file() else None
    if not isinstance(record, dict):
        return None
    digests = {a.get("sha256") for a in record.get("artefacts", ()) if isinstance(a, dict)}
    return record.get("run") if file.sha256 in digests else None


def _fused_from(folder: Path) -> str | None:
    """Return the run that a merged model's origin.json names."""
    file = folder / "origin.json"
    origin = store.read_json(file) if file.is_file() else {}
    return origin.get("run") if isinstance(origin, dict) else None


def _trained_by(adapter: Path) -> str | None:
    """Return the run whose folder an adapter lies in."""
    return adapter.parent.name if (adapter.parent / "run.json").is_file() else None


def open_responder(root: Path, recipe: EvaluateRecipe, setting: ArmSetting) -> Responder:
    """Return the responder of an arm; nothing is loaded yet. Raises ModelError."""
    if settings := served_settings(root, recipe, setting):
        return ServedResponder(settings)
    model = locate(root, recipe, setting)
    responder: GgufResponder | MlxResponder
    if model.file:
        responder = GgufResponder(model.file, recipe.context, recipe.width, recipe.threads)
    elif model.folder:
        responder = MlxResponder(model.folder, model.adapter)
    else:
        raise ModelError("no model", where=setting.model)
    responder.ref = responder.ref.model_copy(update={"run": model.run})
    return responder


def served_settings(
    root: Path, recipe: EvaluateRecipe, setting: ArmSetting
) -> ModelSettings | None:
    """Return how the served model of an arm is asked; None for a model that is not served.

    Where "base" is served, it is asked as the augment recipe says. Raises ModelError for an
    adapter, or without an address.
    """
    known = augment_model(root, recipe) if setting.model == BASE else None
    settings = known or ModelSettings(name=setting.model)
    if not settings.name.startswith(PREFIX):
        return None
    where = f"arm {setting.name}"
    if setting.adapter is not None:
        hint = "let the server load it, and name what it then serves"
        raise ModelError("an adapter does not go onto a served model", where=where, hint=hint)
    try:
        parse_name(settings.name)
    except ModelError as error:
        raise ModelError(error.what, where=where, hint=error.hint) from error
    return settings.model_copy(update={"concurrency": recipe.width})


def training_rows(root: Path, model: ModelIdentity) -> list[Path]:
    """List the files of rows that a model was trained on, by its run and by those before it.

    There is none where its run is not known, or gone.
    """
    return taught(latest(root, model.run)) if model.run else []
