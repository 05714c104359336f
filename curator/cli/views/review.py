"""How the state of a review looks in a terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.review.decisions.settle import ReviewStatus, Settlement

if TYPE_CHECKING:
    from rich.table import Table

    from curator.review.decisions.pace import Pace
    from curator.review.decisions.status import Status


def _or_dash(value: float | None, form: str = "g") -> str:
    return "-" if value is None else format(value, form)


def _columns(first: str, *others: str) -> list[tuple[str, str]]:
    return [(first, "left"), *((name, "right") for name in others)]


def _people(found: "Status") -> "Table":
    rows = [
        [
            one.name,
            *map(str, (one.submitted, one.drafts, one.discarded, one.pending)),
            *_pace(one.pace),
        ]
        for one in found.annotators
    ]
    rows.append(["all", "", "", "", "", *_pace(found.pace)])
    headings = ("submitted", "drafts", "discarded", "pending", "per day", "per hour", "seconds")
    return table("Annotators (seconds: median per review)", _columns("name", *headings), rows)


def _pace(pace: "Pace") -> list[str]:
    return [_or_dash(pace.per_day), _or_dash(pace.per_hour), _or_dash(pace.seconds)]


def _cells(found: "Status") -> "Table":
    rows = [[cell, *(str(counts[s]) for s in ReviewStatus)] for cell, counts in found.cells.items()]
    rows.append(["all", *(str(found.by_status[s.value]) for s in ReviewStatus)])
    return table("Examples", _columns("cell", *(s.value for s in ReviewStatus)), rows)


def _agreement(found: "Status") -> "Table":
    rows = [[a.question, a.level, _or_dash(a.alpha, ".2f"), str(a.units)] for a in found.agreement]
    columns = [("question", "left"), ("level", "left"), ("alpha", "right"), ("examples", "right")]
    return table("Agreement (Krippendorff's alpha)", columns, rows)


def _disputes(found: "Status") -> "Table":
    rows = [
        [
            d.example,
            d.cell,
            f"{d.distance:.2f}",
            ", ".join(f"{n} {v}" for n, v in d.decisions.items()),
            d.status.value,
        ]
        for d in found.disputes
    ]
    columns = [(c, "left") for c in ("example", "cell", "distance", "decisions", "standing")]
    return table("Most disputed", columns, rows)


def outlook_line(found: "Status") -> str:
    """What is missing and how long it takes, in one line."""
    ahead = found.projection
    missing = plural(ahead.missing, "example is missing", "examples are missing")
    line = f"{missing} to the targets; {plural(ahead.waiting, 'waits', 'wait')} for review."
    if ahead.days is None:
        return f"{line} Nothing is accepted yet, so there is no pace to reckon with."
    share = "" if ahead.yield_ is None else f" ({ahead.yield_:.0%} of what is settled is accepted)"
    return f"{line} At {ahead.accepted_per_day:g} accepted a day{share}: {ahead.days:g} days."


def half_answered_line(settlements: Iterable[Settlement], least: int) -> str:
    """How many examples wait although people answered: it takes `least` of them; "" if none."""
    pending = (len(s.opinions) for s in settlements if s.status is ReviewStatus.PENDING)
    begun = sum(0 < said < least for said in pending)
    were = plural(begun, "pending one was", "pending ones were")
    return f"{were} answered by fewer than {least} people (settle.min_reviews)" if begun else ""


def status_report(found: "Status") -> list[Any]:
    """The tables of a status, and the outlook."""
    made: list[Any] = [_people(found), _cells(found), _agreement(found)]
    if found.disputes:
        made.append(_disputes(found))
    return [*made, outlook_line(found)]
