"""Tell how much of a better score is form (French, code blocks, length) and not content."""

from curator.evaluation import metrics, seed
from curator.evaluation.compare import Comparison

MOSTLY = 0.5  # a share of a gain from which it is worth saying
_FORM = ("french", "language", "code", "length")


def form_gain(comparison: Comparison) -> float:
    """Return what French, code blocks and length add to the difference of the score, in points.

    The rest is what topics and rustc add: the score is 5 times a weighted sum.
    """
    weights = {**seed.WEIGHTS, **metrics.WEIGHTS}
    differences = (comparison.find(name) for name in _FORM)
    return 5 * sum(weights[one.metric] * one.delta for one in differences if one)


def form_share(comparison: Comparison) -> float | None:
    """Return the share of a better score that is form, at most 1; None where it is not better."""
    score = comparison.find("composite")
    if score is None or score.word != "better":
        return None
    return min(1.0, form_gain(comparison) / score.delta)
