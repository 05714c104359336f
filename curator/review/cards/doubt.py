"""Say in words what models' signals of an example come to: people read no likelihoods.

The bounds part what was measured into few kinds; nothing decides by them.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from curator.french import review as wording
from curator.records.example import Example

# The first value of each word but the lowest one's; the words are in wording.SIGNALS.
BOUNDS: Mapping[str, Sequence[float]] = {
    "agreement": (0.35, 0.65),
    "likelihood_gain": (0.05, 0.12),  # nats per token
    "opinion": (0.01, 0.4, 0.61, 1.0),  # never, seldom, divided, mostly, always
}


def doubts(example: Example) -> dict[str, str]:
    """Return the word for each of these signals that an example has, by the signal's name."""
    return {
        name: wording.SIGNALS[name][bisect_right(bounds, example.signals[name])]
        for name, bounds in BOUNDS.items()
        if name in example.signals
    }
