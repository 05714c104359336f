"""Turn hits into a piece of a prompt: numbered passages with addresses, within a budget."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from curator.retrieval.chunks import blocks
from curator.retrieval.index import Hit

_CUT = "[…]"


def context(
    hits: Sequence[Hit], budget_tokens: int, count: Callable[[str], int]
) -> tuple[str, list[Hit]]:
    """Number passages [1], [2]... in the order of the hits; returns them, and the hits used.

    `count` says how many tokens a text has; the whole text has at most `budget_tokens`. A passage
    that does not fit is cut after one of its blocks, or left out where not even the first fits.
    The hits that come back hold what was shown.
    """
    text, used = "", list[Hit]()
    for hit in hits:
        for shorter in _shorter(hit):
            longer = f"{text}\n\n{_shown(shorter, len(used) + 1)}".strip("\n")
            if count(longer) <= budget_tokens:
                text = longer
                used.append(shorter)
                break
    return text, used


def _shown(hit: Hit, number: int) -> str:
    return f"[{number}] {hit.title} ({hit.address})\n{hit.markdown}"


def _shorter(hit: Hit) -> Iterator[Hit]:
    """Yield the hit whole, then with ever fewer of its blocks."""
    yield hit
    parts = list(blocks(hit.markdown))
    for size in range(len(parts) - 1, 0, -1):
        yield replace(hit, markdown="\n\n".join([*parts[:size], _CUT]))
