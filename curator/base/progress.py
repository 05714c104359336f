"""How long work reports how far it is."""

from collections.abc import Callable

# Called with the name of a step, how much of it is done, and how much there is to do.
Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """Report nothing."""
