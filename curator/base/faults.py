"""What pydantic has against settings, in words for the person who wrote them.

Each fault has a place, as keys and numbers from the root, and a clause that says what is wrong
there and, where it may be a slip of the pen, what was probably meant.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]


class Fault(NamedTuple):
    """One mistake in settings."""

    place: Place
    what: str

    def __str__(self) -> str:
        return self.what


def list_faults(error: ValidationError, model: type[BaseModel], data: Any) -> list[Fault]:
    """List the faults that `model` found in `data`, less those that another one explains.

    A misspelt key is also a missing one, and below an unknown key there is no fault of its own.
    """
    details = error.errors()
    faults = [(d["type"], _fault(d, model, data)) for d in details]
    misspelt = {f.place for kind, f in faults if kind in ("extra_forbidden", "enum")}
    meant = {(f.place[:-1], f.what.rpartition(": did you mean ")[2]) for _, f in faults}
    own = [
        fault
        for kind, fault in faults
        if not (kind == "missing" and (fault.place[:-1], f"{fault.place[-1]}?") in meant)
        and not (kind not in ("extra_forbidden", "enum") and fault.place in misspelt)
    ]
    return list(dict.fromkeys(own))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Name the known name that is nearest, as the end of a sentence; else all known names."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f": did you mean {near[0]}?"
    return f": use one of {', '.join(names)}" if names else ""


# What a value should have been, by pydantic's kinds of fault; `{}` is filled from its context.
_WANTED: Mapping[str, str] = {
    "int_": "a whole number is wanted",
    "float_": "a number is wanted",
    "bool_": "true or false is wanted",
    "string_type": "a text is wanted",
    "string_sub_type": "a text is wanted",
    "string_pattern_mismatch": "it does not have the form {pattern}",
    "string_too_short": "at least {min_length} characters are wanted",
    "string_too_long": "at most {max_length} characters are wanted",
    "tuple_type": "a list is wanted",
    "list_type": "a list is wanted",
    "dict_type": "keys with values are wanted",
    "model_type": "keys with values are wanted",
    "model_attributes_type": "keys with values are wanted",
    "mapping_type": "keys with values are wanted",
    "greater_than_equal": "{ge} or more is wanted",
    "greater_than": "more than {gt} is wanted",
    "less_than_equal": "{le} or less is wanted",
    "less_than": "less than {lt} is wanted",
    "too_short": "at least {min_length} are wanted",
    "finite_number": "a finite number is wanted",
}


def _fault(detail: "ErrorDetails", model: type[BaseModel], data: Any) -> Fault:
    place = _place_in(data, tuple(p for p in detail["loc"] if p != "[key]"))
    return Fault(place, _words(detail, place, model, data))


def _place_in(data: Any, loc: Place) -> Place:
    """Leave out of a place what is no key of the data, such as the tag of a union's member."""
    place: list[str | int] = []
    for number, part in enumerate(loc):
        if isinstance(data, Mapping):
            # The last part may be a key that is missing.
            if part not in data and number < len(loc) - 1:
                continue
            data = data.get(part)
        elif isinstance(data, list | tuple) and isinstance(part, int):
            data = data[part] if part < len(data) else None
        elif number < len(loc) - 1 or data is not None:
            continue
        place.append(part)
    return tuple(place)


def _words(detail: "ErrorDetails", place: Place, model: type[BaseModel], data: Any) -> str:
    name = str(place[-1]) if place else "the recipe"
    path = ".".join(map(str, place))
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {path}{did_you_mean(name, _keys(model, place[:-1], data))}"
    if kind == "missing":
        return f"{'.'.join(map(str, place[:-1])) or 'the recipe'} lacks {name}"
    if kind in ("literal_error", "enum"):
        known = _quoted(str(context.get("expected", "")))
        return f"{path}: {detail['input']!r} is unknown{did_you_mean(str(detail['input']), known)}"
    if kind == "union_tag_invalid":
        tag, known = str(context.get("tag")), _quoted(str(context.get("expected_tags", "")))
        return f"{path}: {tag!r} is unknown{did_you_mean(tag, known)}"
    if kind == "union_tag_not_found":
        return f"{path} lacks {str(context.get('discriminator', 'name')).strip(chr(39))}"
    said = str(detail["msg"]).removeprefix("Value error, ")
    wanted = next((w for prefix, w in _WANTED.items() if kind.startswith(prefix)), None)
    if wanted is not None:
        return f"{path}: {wanted.format(**context)}, not {detail['input']!r}"
    return f"{path}: {said}" if path else said


def _quoted(text: str) -> list[str]:
    """The names that stand in quotes in one of pydantic's lists."""
    return [part for number, part in enumerate(text.split("'")) if number % 2]


def _keys(model: type[BaseModel], place: Place, data: Any) -> list[str]:
    """List the keys that a model allows at a place of the data."""
    kind: Any = model
    for part in place:
        data = _below(data, part)
        kind = _member(_kind_below(kind, part), data)
    return list(kind.model_fields) if _is_model(kind) else []


def _below(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _kind_below(kind: Any, part: str | int) -> Any:
    if _is_model(kind):
        field = kind.model_fields.get(str(part))
        return field.annotation if field else None
    return next((a for a in reversed(get_args(kind)) if a is not Ellipsis), None)


def _member(kind: Any, data: Any) -> Any:
    """Of a union, the member that the data's own tag names, else the only model in it."""
    if get_origin(kind) in (tuple, list, dict) or _is_model(kind) or isinstance(kind, str):
        return kind
    members = [m for m in _models(kind) if _tagged(m, data)] or list(_models(kind))
    return members[0] if len(members) == 1 else kind


def _models(kind: Any) -> Iterable[type[BaseModel]]:
    for argument in get_args(kind):
        if _is_model(argument):
            yield argument
        elif get_args(argument) and get_origin(argument) not in (tuple, list, dict):
            yield from _models(argument)


def _tagged(model: type[BaseModel], data: Any) -> bool:
    field = model.model_fields.get("name")
    return isinstance(data, Mapping) and bool(field) and field.default == data.get("name")  # type: ignore[union-attr]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
