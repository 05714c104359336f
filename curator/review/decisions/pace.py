"""How fast people review: from the times of their reviews alone.

An annotator's reviews that follow each other within `PAUSE` belong to one sitting; the time from
one to the next is what the latter took, so that the first of a sitting has no known length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median

from curator.records.example import Review

PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Pace:
    """Reviews per day on which there was one, per hour of work, and seconds per review.

    The last two are None where nobody reviewed twice in one sitting.
    """

    reviews: int
    days: int
    per_day: float
    per_hour: float | None
    seconds: float | None


def _lengths(reviews: Sequence[Review]) -> list[float]:
    """List the seconds that each review took, where that is known."""
    lengths = []
    for name in {r.annotator for r in reviews}:
        times = sorted(r.time for r in reviews if r.annotator == name)
        gaps = (after - before for before, after in pairwise(times))
        lengths += [gap.total_seconds() for gap in gaps if timedelta(0) < gap <= PAUSE]
    return lengths


def pace(reviews: Sequence[Review]) -> Pace:
    """Measure the pace of reviews; each version of one counts, withdrawals do not."""
    done = [r for r in reviews if not r.withdrawn]
    days = len({r.time.date() for r in done})
    lengths = _lengths(done)
    hours = sum(lengths) / 3600
    return Pace(
        reviews=len(done),
        days=days,
        per_day=round(len(done) / days, 2) if days else 0.0,
        per_hour=round(len(lengths) / hours, 1) if hours else None,
        seconds=round(median(lengths), 1) if lengths else None,
    )
