"""Counts in words: "1 example", "2 examples"."""


def plural(count: int, one: str, many: str = "") -> str:
    """Name a count with its noun; `many` is the plural (default: `one` with an s)."""
    return f"{count} {one if count == 1 else many or one + 's'}"
