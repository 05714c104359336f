"""Tell how much of a better score is form (French, finished, not repeated) and not help."""

from curator.evaluation import seed
from curator.evaluation.compare import Comparison
from curator.evaluation.weights import WEIGHTS

MOSTLY = 0.5  # a share of a gain from which it is worth saying
_SEED = ("language", "code", "length")  # of the seed document's metrics


def form_gain(comparison: Comparison) -> float:
    """Return what form adds to the difference of the score, in points, at most.

    Under the seed document's profile, the score is 5 times a weighted sum. Under ours, form takes
    away from what an answer is worth: counted is what it would add to answers that are worth all.
    """
    weights = {name: seed.WEIGHTS[name] for name in _SEED}
    if comparison.profile == "default":
        weights = {"french": WEIGHTS.french, "form": WEIGHTS.form}
    found = ((weight, comparison.find(name)) for name, weight in weights.items())
    return 5 * sum(weight * one.delta for weight, one in found if one)


def notable_share(comparison: Comparison | None) -> float | None:
    """Return the share of a better score that is form, where it is more than MOSTLY; else None."""
    share = form_share(comparison) if comparison else None
    return share if share is not None and share > MOSTLY else None


def form_share(comparison: Comparison) -> float | None:
    """Return the share of a better score that is form, at most 1; None where it is not better."""
    score = comparison.find("composite")
    if score is None or score.word != "better":
        return None
    return min(1.0, form_gain(comparison) / score.delta)
