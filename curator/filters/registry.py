"""The registered filters: their settings in recipes, and what the report says of them.

To add a filter: write curator/filters/<name>.py and add <name> to NAMES. See CONTRIBUTING.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from curator.base.disk_buffer import chunks
from curator.base.registry import registered_class
from curator.filters.base import COMMON_REASONS, ComparingFilter, Filter, FilterSettings, Reason
from curator.filters.run import WINDOW
from curator.records.example import Example

# In the order in which a recipe runs them by default: what costs least comes first.
NAMES = (
    "structure",
    "length",
    "banned",
    "french",
    "duplicates",
    "near_duplicates",
    "semantic_duplicates",
    "leakage",
    "rust",
)
FILTERS: Mapping[str, type[Filter]] = {
    name: registered_class("curator.filters", name, Filter)  # type: ignore[type-abstract]
    for name in NAMES
}

if TYPE_CHECKING:
    RecipeFilter = FilterSettings
else:  # mypy cannot read a union that is put together at run time
    _SETTINGS = tuple(one.settings_type for one in FILTERS.values())
    RecipeFilter = Annotated[Union[_SETTINGS], Field(discriminator="name")]  # noqa: UP007

DEFAULT_FILTERS: tuple[RecipeFilter, ...] = tuple(
    one.settings_type.model_validate({}) for one in FILTERS.values() if one.by_default
)


def make_filters(
    settings: Sequence[FilterSettings], known: Iterable[Example] = (), root: Path | None = None
) -> list[Filter]:
    """Make the filters that `settings` describe; `known` are examples that none may repeat.

    Files that settings name lie below `root`, the project's folder (None: the current one).
    """
    filters = [FILTERS[one.name].from_settings(one, root or Path()) for one in settings]
    comparing = [one for one in filters if isinstance(one, ComparingFilter)]
    for part in chunks(known, WINDOW) if comparing else ():
        for one in comparing:
            one.learn(part)
    return filters


def check_filters(settings: Sequence[FilterSettings], root: Path) -> None:
    """Raise CuratorError where this machine lacks what one of the filters needs."""
    for one in settings:
        if FILTERS[one.name].check_ready is not Filter.check_ready:  # others need not be made
            FILTERS[one.name].from_settings(one, root).check_ready()


def filter_fr(name: str) -> str:
    """Return the French name of a filter; an unknown name stands as it is."""
    return FILTERS[name].label_fr if name in FILTERS else name


def reason_of(code: str) -> Reason:
    """Say what "filter.reason" or "reason" means; an unknown code stands as it is."""
    name, _, reason = code.rpartition(".")
    own = (FILTERS[name].reasons,) if name in FILTERS else ()
    tables = (*own, COMMON_REASONS, *(f.reasons for f in FILTERS.values()))
    return next((table[reason] for table in tables if reason in table), Reason(code, code))


def reason_fr(code: str) -> str:
    """Return in French what "filter.reason" or "reason" means; an unknown code stands as it is."""
    return reason_of(code).fr


def cure_fr(name: str) -> str:
    """Return in French what to do when a filter rejects too much; "" where nothing is known."""
    return FILTERS[name].cure_fr if name in FILTERS else ""
