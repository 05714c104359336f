"""YAML files that people write: each fault is named by its line and, where it may be a slip of the
pen, with the key that was probably meant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from curator.base.errors import CuratorError, DataError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from yaml import Node

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]  # keys and numbers, from the document's root
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class YamlFile:
    """What a file says, and on which line each of its keys and items stands."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[Place, int] = field(default_factory=dict)

    def at(self, place: Place) -> str:
        """Name a place as FILE:LINE; one that the file lacks by the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.path}:{self.lines.get(place, 1)}"


def read_yaml(path: Path, error: type[CuratorError] = DataError) -> YamlFile:
    """Read a file of keys and values; raises `error` for any other, and for a key given twice."""
    import yaml

    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as fault:
        raise error(f"cannot read: {fault.strerror}", where=path) from fault
    except UnicodeDecodeError as fault:
        raise error("this is no UTF-8 text", where=path) from fault
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        words = getattr(fault, "problem", None) or " ".join(str(fault).split())
        raise error(f"not YAML: {words}", where=where) from fault
    except RecursionError as fault:
        raise error("nested too deeply", where=path) from fault
    if data is None:
        return YamlFile(path, {})
    if not isinstance(data, dict) or not node:
        raise error("not a list of keys and values", where=path)
    lines: dict[Place, int] = {}
    for place, line in _places(node, ()):
        if place in lines:
            raise error(f"{place[-1]} stands here twice", where=f"{path}:{line}")
        lines[place] = line
    return YamlFile(path, data, lines)


def _places(node: "Node", place: Place) -> Iterator[tuple[Place, int]]:
    """Yield each key and item below a node with its line, from 1."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield (*place, number), item.start_mark.line + 1
            yield from _places(item, (*place, number))


def check_yaml(
    file: YamlFile,
    model: type[M],
    defaults: Mapping[str, Any] | None = None,
    error: type[CuratorError] = DataError,
) -> M:
    """The model that a file describes; what the file lacks is taken from `defaults`.

    Raises `error` with the line of the first fault, and how many more there are.
    """
    try:
        return model.model_validate({**(defaults or {}), **file.data})
    except ValidationError as fault:
        # A misspelt key is also a missing one: what is too much is told first.
        first, *others = sorted(fault.errors(), key=lambda e: e["type"] == "missing")
        more = f" (and {len(others)} more)" if others else ""
        place = tuple(p for p in first["loc"] if p != "[key]")
        what = _words(first, place, model)
        raise error(f"{what}{more}", where=file.at(place)) from fault


def _words(fault: "ErrorDetails", place: Place, model: type[BaseModel]) -> str:
    """What is wrong at a place, with the key or value that was probably meant."""
    name = str(place[-1]) if place else "the file"
    if fault["type"] == "extra_forbidden":
        return f"unknown key {name}{did_you_mean(name, _fields(model, place[:-1]))}"
    if fault["type"] == "enum":
        known = _QUOTED.findall(fault.get("ctx", {}).get("expected", ""))
        return f"unknown name {name}{did_you_mean(name, known)}"
    if fault["type"] == "missing":
        return f"{'.'.join(map(str, place[:-1])) or 'the file'} lacks {name}"
    said = fault["msg"].removeprefix("Value error, ")
    return said if fault["type"] == "value_error" else f"{'.'.join(map(str, place))}: {said}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest to one, as the end of a sentence; else all known names."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f": did you mean {near[0]}?"
    return f": use one of {', '.join(names)}" if names else ""


def _fields(model: type[BaseModel], place: Place) -> list[str]:
    """List the keys that a model allows at a place."""
    kind: Any = model
    for part in place:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if str(part) not in kind.model_fields:
                return []
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = next(iter(get_args(kind)[-1:]), None)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []
