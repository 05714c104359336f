"""How long work reports how far it is."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
# Called with the name of a step, how much of it is done, and how much there is to do: 0 where
# nobody knows.
Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """Report nothing."""


def counted(items: Iterable[T], label: str, progress: Progress, total: int = 0) -> Iterator[T]:
    """Yield items, and report how many were taken; `total` is how many there are, if known."""
    progress(label, 0, total)
    for number, item in enumerate(items, 1):
        yield item
        progress(label, number, total)
