"""YAML files that people write: each fault is named by its line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from curator.base.errors import CuratorError, DataError
from curator.base.faults import Fault, Place, list_faults

if TYPE_CHECKING:
    from yaml import Node

M = TypeVar("M", bound=BaseModel)


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
    """Turn a file into the model that it describes; what it lacks is taken from `defaults`.

    Raises `error` with all faults, each with its line.
    """
    data = {**(defaults or {}), **file.data}
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        raise faults_error(list_faults(fault, model, data), file.at, file.path, error) from fault


def faults_error(
    faults: Sequence[Fault],
    locate: Callable[[Place], str],
    path: str | Path,
    error: type[CuratorError],
) -> CuratorError:
    """Make the error of some faults: one line, or a heading and a line for each."""
    first, *others = faults
    if not others:
        return error(first.what, where=locate(first.place))
    made = error(f"{len(faults)} mistakes", where=path)
    made.places = [f"  {locate(f.place)}: {f.what}" for f in faults]
    return made
