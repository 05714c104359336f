"""Tell which inputs of an arm changed since it was evaluated, from its request.json.

It keeps the arm's setting, where the recipe differed from pipelines/evaluate.yaml (the command's
options), and the words around each prompt. An arm is stale where the same request would give
another signature today.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from curator.base import store
from curator.base.errors import CuratorError, DataError
from curator.base.notice import Notice
from curator.base.settings import validate
from curator.evaluation.folder import ArmDir
from curator.evaluation.job import Tools, prepare
from curator.evaluation.recipe import RECIPE, ArmSetting, EvaluateRecipe, load_evaluate
from curator.evaluation.records import Arm
from curator.evaluation.respond import ScriptedResponder
from curator.records.project import Project

# What of a recipe the answers follow from.
_INPUTS = (
    *("augment", "retrain", "prompts", "split", "limit", "system", "sampling", "context"),
    *("samples", "seed", "width", "rag"),
)
Describe = Callable[[Path, EvaluateRecipe, ArmSetting], Arm]


def _today(root: Path, recipe: EvaluateRecipe, setting: ArmSetting) -> Arm:
    return prepare(root, recipe, setting).arm


def request_document(
    root: Path, recipe: EvaluateRecipe, setting: ArmSetting, texts: dict[str, str]
) -> dict[str, Any]:
    """Return the content of an arm's request.json."""
    usual = _recipe(root, {}).model_dump(mode="json")
    own = recipe.model_dump(mode="json")
    changes = {k: own[k] for k in _INPUTS if own[k] != usual[k]}
    return {"arm": setting.model_dump(mode="json"), "changes": changes, "texts": texts}


def _recipe(root: Path, changes: dict[str, Any]) -> EvaluateRecipe:
    """Return the project's recipe with an arm's changes over it."""
    known = (root / RECIPE).is_file()
    recipe = load_evaluate(Project(root)) if known else EvaluateRecipe()
    return validate({**recipe.model_dump(mode="json"), **changes}, RECIPE, EvaluateRecipe)


def changed(old: Arm, new: Arm) -> Notice | None:
    """Say in which inputs two arms differ; None where the signature is one."""
    if old.signature == new.signature:
        return None
    inputs: tuple[tuple[Notice, Any, Any], ...] = (
        (Notice("input_model"), old.model.sha256, new.model.sha256),
        (Notice("input_adapter"), old.model.adapter_sha256, new.model.adapter_sha256),
        (Notice("input_prompts"), old.prompts_sha256, new.prompts_sha256),
        (Notice("input_texts"), old.system_sha256, new.system_sha256),
        (Notice("input_documentation"), *_digests(old, new)),
        (Notice("input_retrieval"), *_amounts(old, new)),
        (Notice("input_sampling"), old.sampling, new.sampling),
        (Notice("input_samples"), old.samples, new.samples),
        (Notice("input_seed"), old.seed, new.seed),
        (Notice("input_runtime"), old.model.runtime, new.model.runtime),
        (Notice("input_kind"), old.model.kind, new.model.kind),
    )
    differing = tuple(_input(*one) for one in inputs if one[1] != one[2])
    return Notice("inputs_changed", {"inputs": differing})


def _digests(old: Arm, new: Arm) -> tuple[str | None, str | None]:
    first, second = (a.rag.index_sha256 if a.rag else None for a in (old, new))
    return first, second


def _amounts(old: Arm, new: Arm) -> tuple[Any, Any]:
    first, second = ((a.rag.k, a.rag.budget_tokens) if a.rag else None for a in (old, new))
    return first, second


def _input(name: Notice, old: Any, new: Any) -> Notice:
    """Describe an input that changed, with its values where these mean something to people."""
    if isinstance(old, int) and isinstance(new, int):
        return Notice("input_changed_from", {"input": name, "before": old, "after": new})
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        settings = tuple(
            Notice("setting_changed", {"setting": k, "before": old.get(k), "after": new.get(k)})
            for k in {**old, **new}
            if old.get(k) != new.get(k)
        )
        return Notice("input_settings_changed", {"input": name, "settings": settings})
    return name


def stale(root: Path, folder: ArmDir, describe: Describe = _today) -> Notice | None:
    """Say what changed since an arm was evaluated; None where nothing did.

    `describe` gives the arm that a setting would be today. Of a served model nobody knows whether
    it changed; no server is asked.
    """
    arm = folder.arm()
    if arm is None:
        return Notice("never_begun")
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
        return Notice("not_repeatable", {"error": str(error)})
    return changed(arm, now)


def _as_served(root: Path, recipe: EvaluateRecipe, setting: ArmSetting, arm: Arm) -> Arm:
    """Return the arm that a setting would be today, with the served model that it had."""
    answering = ScriptedResponder(lambda messages, seed: "", ref=arm.model)
    tools = Tools(responder=lambda *_: answering)
    return prepare(root, recipe, setting, tools=tools).arm


def _recorded(root: Path, arm: Arm, request: dict[str, Any]) -> Notice | None:
    path = root / request["responses"]
    if not path.is_file():
        return Notice("responses_gone", {"path": request["responses"]})
    if store.sha256_of(path) == arm.model.sha256:
        return None
    return Notice("inputs_changed", {"inputs": (Notice("input_responses"),)})
