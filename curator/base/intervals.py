"""Intervals of 95 % for shares."""

import math

Z = 1.959964


def wilson(hits: float, total: int) -> tuple[float, float]:
    """Return the ends of Wilson's score interval of a share; 0 and 1 where nothing was counted.

    Wilson 1927, Probable inference, the law of succession, and statistical inference, JASA 22,
    209-212. It has a width where all are hits or none is, which resampling would not give: of 82
    without a hit, the share may still be 0.045.
    """
    if not total:
        return 0.0, 1.0
    share, weight = hits / total, Z * Z / total
    middle = (share + weight / 2) / (1 + weight)
    half = Z * math.sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    low = 0.0 if not hits else max(0.0, middle - half)
    return round(low, 4), round(1.0 if hits == total else min(1.0, middle + half), 4)
