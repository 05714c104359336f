"""Settings read from YAML files: pydantic models that refuse unknown keys.

A setting comes from the command's flag, else from the recipe, else from the default of its model.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from curator.base.errors import RecipeError
from curator.base.faults import Place, list_faults
from curator.base.yaml_file import YamlFile, faults_error, read_yaml

R = TypeVar("R", bound="Settings")


class Settings(BaseModel):
    """Base of every part of a recipe.

    A number is a finite one: what computes with .inf or .nan fails late, in words of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def validate(data: Any, where: str | Path, kind: type[R]) -> R:
    """Turn `data` into settings of one kind; raises RecipeError with every mistake."""
    return _validate(data, where, kind, lambda place: str(where))


def _validate(data: Any, where: str | Path, kind: type[R], locate: Callable[[Place], str]) -> R:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise faults_error(list_faults(error, kind, data), locate, where, RecipeError) from error


def load_as(path: Path, kinds: Mapping[str, type[R]]) -> R:
    """Load the recipe in a YAML file, as the model that its `kind` names among `kinds`.

    Without a `kind` it is of the first one. `extends: OTHER.yaml` takes what the file does not
    say from another one in the same folder. Raises RecipeError with every mistake and its line.
    """
    files = _read_files(path, ())
    data: dict[str, Any] = {}
    for file in reversed(files):
        data = _merge(data, {k: v for k, v in file.data.items() if k != "extends"})
    kind = data.get("kind", next(iter(kinds)))
    if not isinstance(kind, str) or kind not in kinds:
        hint = f"give a recipe with kind: {' or '.join(kinds)}"
        what = f"kind: {kind!r} is another kind of recipe"
        raise RecipeError(what, where=_locate(files, ("kind",)), hint=hint)
    return _validate(data, path, kinds[kind], lambda place: _locate(files, place))


def _locate(files: Sequence[YamlFile], place: Place) -> str:
    """FILE:LINE of a place: in the first file that has it, which is the one that counts."""
    return next((f.at(place) for f in files if place in f.lines), files[0].at(place))


def _read_files(path: Path, seen: tuple[Path, ...]) -> list[YamlFile]:
    """Read a recipe and what it extends, the most special file first."""
    file = read_yaml(path, RecipeError)
    base = file.data.get("extends")
    if base is None:
        return [file]
    if not isinstance(base, str) or Path(base).name != base or path in seen:
        hint = "name another file of the same folder, without a circle"
        what = f"extends: {base!r} cannot be extended"
        raise RecipeError(what, where=file.at(("extends",)), hint=hint)
    return [file, *_read_files(path.with_name(base), (*seen, path))]


def _merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Merge `own` over `base`, key by key; lists are replaced whole."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            value = _merge(below, value)
        merged[key] = value
    return merged


def digest(*parts: Any) -> str:
    """Return the SHA-256, in hexadecimal, of JSON-like values and settings."""
    plain = [p.model_dump(mode="json") if isinstance(p, BaseModel) else p for p in parts]
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
