"""Filters: one small file each, in the order that a recipe gives.

`make_filters` turns a recipe's settings into filters; `run_filters` passes examples through
them and loses none.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from curator.example import Example
from curator.filters.banned import BannedFilter
from curator.filters.base import Filter, Outcome, outcome_of
from curator.filters.duplicates import DuplicateFilter
from curator.filters.french import FrenchFilter
from curator.filters.leakage import LeakageFilter
from curator.filters.length import LengthFilter
from curator.filters.near import NearDuplicateFilter
from curator.filters.rust import RustFilter
from curator.filters.semantic import SemanticDuplicateFilter
from curator.filters.structure import StructureFilter
from curator.recipe import FilterSettings, LeakageSettings

CHUNK = 64

_COMPARING: dict[str, Callable[[Any, Iterable[Example]], Filter]] = {
    "duplicates": DuplicateFilter,
    "near_duplicates": NearDuplicateFilter,
    "semantic_duplicates": SemanticDuplicateFilter,
}

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

__all__ = ["FILTERS", "Filter", "Outcome", "make_filters", "run_filters"]


def make_filters(
    settings: Sequence[FilterSettings], known: Iterable[Example] = (), root: Path | None = None
) -> list[Filter]:
    """The filters that `settings` describe; `known` are the examples that none may repeat.

    Files that settings name lie below `root`, the project's folder (None: the current one).
    """
    known = list(known)
    made: list[Filter] = []
    for one in settings:
        if one.name in _COMPARING:
            made.append(_COMPARING[one.name](one, known))
        elif isinstance(one, LeakageSettings):
            made.append(LeakageFilter(one, root))
        else:
            made.append(FILTERS[one.name](one))
    return made


def _meet(one: Filter, examples: Sequence[Example], report: Callable[[int], None]) -> list[Example]:
    """The examples with the filter's verdict added to those that they had."""
    judged: list[Example] = []
    for start in range(0, len(examples), CHUNK):
        part = examples[start : start + CHUNK]
        for example, verdict in zip(part, one.judge(part), strict=True):
            judged.append(example.judged((*example.verdicts, verdict)))
        report(len(judged))
    return judged


def run_filters(
    examples: Sequence[Example],
    filters: Sequence[Filter],
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
    judge: Literal["first", "all"] = "first",
) -> Outcome:
    """Pass examples through filters in order; the first one that an example fails rejects it.

    With `judge` "first", a rejected example meets no further filter; with "all" it meets every
    one, so that its verdicts and the counts tell everything that is wrong with it. `progress` is
    called with the filter's name and how many examples have met it.
    """
    alive, dropped = [e.judged(()) for e in examples], list[Example]()
    for one in filters:
        rest, passed = dropped if judge == "all" else [], len(alive)
        total = len(alive) + len(rest)
        met = _meet(one, alive, lambda done: progress(one.name, done, total))  # noqa: B023
        # Those still in the running come first: a filter that remembers must not hold against
        # them what was rejected before.
        again = _meet(one, rest, lambda done: progress(one.name, passed + done, total))  # noqa: B023
        alive = [e for e in met if e.rejection is None]
        kept = again if judge == "all" else dropped
        dropped = [*kept, *(e for e in met if e.rejection is not None)]
    return outcome_of([*alive, *dropped], [f.name for f in filters], judge == "all")
