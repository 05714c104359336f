"""Tell which rejected examples a person can mend: nothing but their text is against them."""

from curator.filters.registry import FILTERS
from curator.records.example import Example


def is_repairable(example: Example) -> bool:
    """Tell whether rewriting an example can answer all that the filters have against it."""
    failed = (v.filter for v in example.verdicts if not v.passed)
    return all(FILTERS[name].about_text for name in failed if name in FILTERS)
