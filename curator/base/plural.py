"""Counts in words: "1 example", "2 examples"."""


def plural(count: int, one: str, many: str = "") -> str:
    """The count and what is counted; `many` is for other counts than 1 (default: `one` with s)."""
    return f"{count} {one if count == 1 else many or one + 's'}"
