"""Tell which rejected examples a person can mend: nothing but their text is against them."""

from curator.records.example import Example

# What these filters reject is no fault of the text: another text has its place.
COMPARING = frozenset({"duplicates", "near_duplicates", "semantic_duplicates", "leakage"})


def is_repairable(example: Example) -> bool:
    """Tell whether a person can mend all that the filters have against an example."""
    return not any(v.filter in COMPARING for v in example.verdicts if not v.passed)
