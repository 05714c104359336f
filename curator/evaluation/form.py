"""How much of a better score is form: French, code blocks and length, and not what is said."""

from curator.evaluation import metrics, seed
from curator.evaluation.compare import Comparison

MOSTLY = 0.5  # a share of a gain from which it is worth saying
_FORM = ("french", "language", "code", "length")


def form_gain(comparison: Comparison) -> float:
    """What French, code blocks and length give to the difference of the score, in its points.

    The rest of it is what topics and rustc give: the score is 5 times a weighted sum.
    """
    weights = {**seed.WEIGHTS, **metrics.WEIGHTS}
    found = (comparison.find(name) for name in _FORM)
    return 5 * sum(weights[one.metric] * one.delta for one in found if one)


def form_share(comparison: Comparison) -> float | None:
    """The part of a better score that is form, at most 1; None where the score is not better."""
    found = comparison.find("composite")
    if found is None or found.word != "better":
        return None
    return min(1.0, form_gain(comparison) / found.delta)
