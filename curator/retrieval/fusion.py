"""Merge several rankings into one: reciprocal rank fusion.

The score of a document is the sum over rankings of weight / (constant + rank), ranks from 1
(Cormack, Clarke and Büttcher, 2009, with constant 60). Scores of different kinds need no scale.
"""

from collections.abc import Sequence


def fuse(
    rankings: Sequence[Sequence[int]], weights: Sequence[float], constant: int = 60
) -> list[tuple[int, float]]:
    """Return documents with their scores, best first; equal scores in order of number."""
    scores: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, document in enumerate(ranking, 1):
            scores[document] = scores.get(document, 0.0) + weight / (constant + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
