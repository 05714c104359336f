"""Tell how much the answers to different questions are one and the same answer."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from curator.evaluation.records import Response
from curator.text.fold import fold

_WORDS = 2  # of a shingle


def likeness(responses: Sequence[Response]) -> float:
    """Return how alike two answers to different prompts are, as a rule: 0..1.

    The median Jaccard similarity of word pairs over neighbouring prompts, and over those half of
    the list apart, so that a model with two answers is found as well; the higher of the two.
    """
    first = {one.prompt_id: _pairs(one.response) for one in reversed(responses)}
    texts = list(first.values())
    if len(texts) < 2:
        return 0.0
    near = [_jaccard(a, b) for a, b in pairwise(texts)]
    half = len(texts) // 2
    far = [_jaccard(a, b) for a, b in zip(texts, texts[half:], strict=False)]
    return max(median(near), median(far))


def _pairs(text: str) -> frozenset[tuple[str, ...]]:
    words = fold(text).split()
    return frozenset(zip(*(words[at:] for at in range(_WORDS)), strict=False)) or frozenset({("",)})


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)
