"""What an arm was asked to be, and which of its inputs changed since: request.json.

It keeps the arm's setting, where the recipe differed from pipelines/evaluate.yaml (the command's
options), and the words around each prompt. An arm is stale where the same request would give
another signature today.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from curator.base import store
from curator.base.errors import CuratorError, DataError
from curator.base.settings import validate
from curator.evaluation.folder import ArmDir
from curator.evaluation.job import Tools, prepare
from curator.evaluation.recipe import RECIPE, ArmSetting, EvaluateRecipe, load_evaluate
from curator.evaluation.records import Arm
from curator.evaluation.respond import ScriptedResponder
from curator.records.project import Project

# What of a recipe the answers follow from.
_INPUTS = (
    *("augment", "retrain", "prompts", "limit", "system", "sampling", "context", "samples"),
    *("seed", "width", "rag"),
)
Describe = Callable[[Path, EvaluateRecipe, ArmSetting], Arm]


def _today(root: Path, recipe: EvaluateRecipe, setting: ArmSetting) -> Arm:
    return prepare(root, recipe, setting).arm


def request_document(
    root: Path, recipe: EvaluateRecipe, setting: ArmSetting, texts: dict[str, str]
) -> dict[str, Any]:
    """request.json of an arm."""
    usual = _recipe(root, {}).model_dump(mode="json")
    own = recipe.model_dump(mode="json")
    changes = {k: own[k] for k in _INPUTS if own[k] != usual[k]}
    return {"arm": setting.model_dump(mode="json"), "changes": changes, "texts": texts}


def _recipe(root: Path, changes: dict[str, Any]) -> EvaluateRecipe:
    """The project's recipe with an arm's changes over it."""
    known = (root / RECIPE).is_file()
    recipe = load_evaluate(Project(root)) if known else EvaluateRecipe()
    return validate({**recipe.model_dump(mode="json"), **changes}, RECIPE, EvaluateRecipe)


def changed(old: Arm, new: Arm) -> str:
    """The inputs in which two arms differ, in words; empty where the signature is one."""
    if old.signature == new.signature:
        return ""
    pairs = {
        "the model": (old.model.sha256, new.model.sha256),
        "the adapter": (old.model.adapter_sha256, new.model.adapter_sha256),
        "the prompts": (old.prompts_sha256, new.prompts_sha256),
        "the words around the prompts": (old.system_sha256, new.system_sha256),
        "the documentation": _digest(old, new),
        "retrieval": _amounts(old, new),
        "the sampling": (old.sampling, new.sampling),
        "samples": (old.samples, new.samples),
        "the seed": (old.seed, new.seed),
        "what runs it": (old.model.runtime, new.model.runtime),
        "the kind of model": (old.model.kind, new.model.kind),
    }
    return ", ".join(_said(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1])


def _digest(old: Arm, new: Arm) -> tuple[str | None, str | None]:
    first, second = (a.rag.index_sha256 if a.rag else None for a in (old, new))
    return first, second


def _amounts(old: Arm, new: Arm) -> tuple[Any, Any]:
    first, second = ((a.rag.k, a.rag.budget_tokens) if a.rag else None for a in (old, new))
    return first, second


def _said(name: str, old: Any, new: Any) -> str:
    if isinstance(old, int) and isinstance(new, int):
        return f"{name} ({old}, now {new})"
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [k for k in {**old, **new} if old.get(k) != new.get(k)]
        return f"{name} ({', '.join(f'{k} {old.get(k)}, now {new.get(k)}' for k in keys)})"
    return name


def stale(root: Path, folder: ArmDir, describe: Describe = _today) -> str | None:
    """What changed since an arm was evaluated, in words; None where nothing did.

    `describe` gives the arm that a setting would be today. Of a served model nobody knows whether
    it changed; no server is asked.
    """
    arm = folder.arm()
    if arm is None:
        return "it was never begun"
    request = folder.request()
    try:
        if arm.model.kind == "recorded":
            return _recorded(root, arm, request)
        served = arm.model.kind == "served"
        setting = ArmSetting.model_validate(request["arm"])
        recipe = _recipe(root, request["changes"])
        now = _as_served(root, recipe, setting, arm) if served else describe(root, recipe, setting)
    except (KeyError, TypeError, ValidationError) as error:
        hint = "delete the folder and evaluate again"
        raise DataError(f"not a request: {error}", where=folder.path, hint=hint) from error
    except CuratorError as error:
        return f"it cannot be made again: {error}"
    found = changed(arm, now)
    return f"changed since: {found}" if found else None


def _as_served(root: Path, recipe: EvaluateRecipe, setting: ArmSetting, arm: Arm) -> Arm:
    """The arm that a setting would be today, with the served model that it had."""
    answering = ScriptedResponder(lambda messages, seed: "", ref=arm.model)
    tools = Tools(responder=lambda *_: answering)
    return prepare(root, recipe, setting, tools=tools).arm


def _recorded(root: Path, arm: Arm, request: dict[str, Any]) -> str | None:
    path = root / request["responses"]
    if not path.is_file():
        return f"the file of its responses is gone: {request['responses']}"
    same = store.sha256_of(path) == arm.model.sha256
    return None if same else "changed since: the file of its responses"
