"""The filters by name, and their settings as a recipe names them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from curator.base.disk_buffer import chunks
from curator.filters.banned import BannedFilter, BannedSettings
from curator.filters.base import Comparing, Filter
from curator.filters.duplicates import DuplicateFilter, DuplicateSettings
from curator.filters.french import FrenchFilter, FrenchSettings
from curator.filters.leakage import LeakageFilter, LeakageSettings
from curator.filters.length import LengthFilter, LengthSettings
from curator.filters.near import NearDuplicateFilter, NearDuplicateSettings
from curator.filters.run import WINDOW
from curator.filters.rust import RustFilter, RustSettings
from curator.filters.semantic import SemanticDuplicateFilter, SemanticDuplicateSettings
from curator.filters.structure import StructureFilter, StructureSettings
from curator.records.example import Example

FILTERS: dict[str, Callable[[Any], Filter]] = {
    "structure": StructureFilter,
    "length": LengthFilter,
    "banned": BannedFilter,
    "french": FrenchFilter,
    "duplicates": DuplicateFilter,
    "near_duplicates": NearDuplicateFilter,
    "semantic_duplicates": SemanticDuplicateFilter,
    "leakage": LeakageFilter,
    "rust": RustFilter,
}


FilterSettings = Annotated[
    StructureSettings
    | LengthSettings
    | BannedSettings
    | FrenchSettings
    | DuplicateSettings
    | NearDuplicateSettings
    | SemanticDuplicateSettings
    | LeakageSettings
    | RustSettings,
    Field(discriminator="name"),
]


DEFAULT_FILTERS: tuple[FilterSettings, ...] = (
    StructureSettings(),
    LengthSettings(),
    BannedSettings(),
    FrenchSettings(),
    DuplicateSettings(),
    NearDuplicateSettings(),
    LeakageSettings(),
    RustSettings(),
)


def make_filters(
    settings: Sequence[FilterSettings], known: Iterable[Example] = (), root: Path | None = None
) -> list[Filter]:
    """The filters that `settings` describe; `known` are the examples that none may repeat.

    Files that settings name lie below `root`, the project's folder (None: the current one).
    """
    made: list[Filter] = [
        LeakageFilter(one, root) if isinstance(one, LeakageSettings) else FILTERS[one.name](one)
        for one in settings
    ]
    comparing = [one for one in made if isinstance(one, Comparing)]
    for part in chunks(known, WINDOW) if comparing else ():
        for one in comparing:
            one.learn(part)
    return made
