"""Settings read from YAML files: pydantic models that refuse unknown keys.

A setting comes from the command's flag, else from the recipe, else from the default of its model.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from curator.base.errors import RecipeError

R = TypeVar("R", bound="Settings")


class Settings(BaseModel):
    """Base of every part of a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def validate(data: Any, where: str | Path, kind: type[R]) -> R:
    """Turn `data` into settings of one kind; raises RecipeError with the key that is wrong."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(p) for p in first["loc"]) or "recipe"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        message = first["msg"].removeprefix("Value error, ")
        raise RecipeError(f"{key}: {message}{more}", where=where) from error


def load_as(path: Path, kinds: Mapping[str, type[R]]) -> R:
    """Load the recipe in a YAML file, as the model that its `kind` names among `kinds`.

    Without a `kind` it is of the first one. `extends: OTHER.yaml` takes what the file does not
    say from another one in the same folder. Raises RecipeError with the file and the wrong key.
    """
    data = _read_yaml(path, ())
    kind = data.get("kind", next(iter(kinds)))
    if not isinstance(kind, str) or kind not in kinds:
        hint = f"give a recipe with kind: {' or '.join(kinds)}"
        raise RecipeError(f"kind: {kind!r} is another kind of recipe", where=path, hint=hint)
    return validate(data, path, kinds[kind])


def _read_yaml(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(f"cannot read: {error.strerror}", where=path) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(f"not YAML: {' '.join(str(error).split())}", where=path) from error
    own: dict[str, Any] = {} if data is None else data
    if not isinstance(own, dict):
        raise RecipeError("a recipe is a list of keys and values", where=path)
    base = own.pop("extends", None)
    if base is None:
        return own
    if not isinstance(base, str) or Path(base).name != base or path in seen:
        hint = "name another file of the same folder, without a circle"
        raise RecipeError(f"extends: {base!r} cannot be extended", where=path, hint=hint)
    return _merge(_read_yaml(path.with_name(base), (*seen, path)), own)


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
