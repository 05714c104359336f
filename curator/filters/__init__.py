"""Filters: one small file each, in the order that a recipe gives.

`make_filters` turns a recipe's settings into filters; `run_filters` passes examples through
them and loses none.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from curator.example import Example
from curator.filters.banned import BannedFilter
from curator.filters.base import Filter, Outcome
from curator.filters.duplicates import DuplicateFilter
from curator.filters.french import FrenchFilter
from curator.filters.length import LengthFilter
from curator.filters.rust import RustFilter
from curator.filters.structure import StructureFilter
from curator.recipe import DuplicateSettings, FilterSettings

FILTERS: dict[str, Callable[[Any], Filter]] = {
    "structure": StructureFilter,
    "length": LengthFilter,
    "banned": BannedFilter,
    "french": FrenchFilter,
    "duplicates": DuplicateFilter,
    "rust": RustFilter,
}

__all__ = ["FILTERS", "Filter", "Outcome", "make_filters", "run_filters"]


def make_filters(settings: Sequence[FilterSettings], known: Iterable[Example] = ()) -> list[Filter]:
    """The filters that `settings` describe; `known` are the examples that none may repeat."""
    known = list(known)
    made: list[Filter] = []
    for one in settings:
        if isinstance(one, DuplicateSettings):
            made.append(DuplicateFilter(one, known))
        else:
            made.append(FILTERS[one.name](one))
    return made


def run_filters(
    examples: Sequence[Example],
    filters: Sequence[Filter],
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
    chunk: int = 64,
) -> Outcome:
    """Pass examples through filters in order, each seeing only what the ones before let through.

    Each example keeps the verdicts that it got, the last of which tells why it was rejected.
    `progress` is called with the filter's name and how many of its examples are done.
    """
    outcome = Outcome(total=len(examples))
    alive = [e.judged(()) for e in examples]
    for one in filters:
        kept: list[Example] = []
        for start in range(0, len(alive), chunk):
            part = alive[start : start + chunk]
            for example, verdict in zip(part, one.judge(part), strict=True):
                judged = example.judged((*example.verdicts, verdict))
                (kept if verdict.passed else outcome.rejected).append(judged)
            progress(one.name, start + len(part), len(alive))
        outcome.steps.append((one.name, len(alive), len(kept)))
        alive = kept
    outcome.accepted = alive
    return outcome
