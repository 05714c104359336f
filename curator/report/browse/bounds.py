"""Numbers of filters' settings that recorded scores are held against: "what would pass if"."""

from collections.abc import Iterable, Iterator
from typing import Any

from curator.filters.base import FilterSettings
from curator.filters.registry import FILTERS
from curator.report.browse.rows import Row
from curator.report.browse.wording import filter_label, reason_label
from curator.report.language import Lang


def bounds_of(
    settings: Iterable[FilterSettings], rows: Iterable[Row], lang: Lang
) -> list[dict[str, Any]]:
    """Return the bounds of a recipe's filters that some row has a score for, for the page."""
    scored = {v.filter for row in rows for v in row.verdicts if v.score is not None}
    return [one for s in settings if s.name in scored for one in _bounds(s, lang)]


def _bounds(settings: FilterSettings, lang: Lang) -> Iterator[dict[str, Any]]:
    colon = " : " if lang == "fr" else ": "
    for bound in FILTERS[settings.name].bounds:
        code = f"{settings.name}.{bound.reason}"
        label = filter_label(settings.name, lang)
        yield {
            "filter": settings.name,
            "reason": bound.reason,
            "rejects": bound.rejects,
            "passing": bound.passing_score,
            "value": getattr(settings, bound.setting),
            "name": f"{settings.name}.{bound.setting}",
            "label": f"{label}, {bound.setting}{colon}{reason_label(code, lang)}",
        }
