"""What was exchanged with annotators, and the state of a review, in a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.review.decisions.calibration import LEAST
from curator.review.decisions.settle import ReviewStatus, Settlement

if TYPE_CHECKING:
    from rich.table import Table

    from curator.review.argilla.move import MoveResult
    from curator.review.decisions.calibration import Calibration
    from curator.review.decisions.pace import Pace
    from curator.review.decisions.status import Status
    from curator.review.push import PushResult
    from curator.review.session import Exchange


def push_view(pushed: "PushResult", url: str) -> Iterator[str]:
    """How many examples were sent where."""
    for name, count in pushed.sent.items():
        yield f"{plural(count, 'example')} sent to {name}"
    if pushed.present:
        yield f"{plural(pushed.present, 'was', 'were')} there already"
    if line := stuck_line(pushed.stuck):
        yield line
    yield f"Annotators work at {url}"


def push_document(pushed: "PushResult", url: str) -> dict[str, Any]:
    """The same as a JSON object."""
    return {**pushed.document(), "url": url}


def stuck_line(stuck: Sequence[str]) -> str:
    """Say that disputes wait for somebody who is not there; "" where none does."""
    disputes = plural(len(stuck), "dispute waits", "disputes wait")
    somebody = "somebody who took no part (curator argilla users add NAME)"
    return f"{disputes} for {somebody}: {', '.join(stuck)}" if stuck else ""


def exchange_view(exchange: "Exchange", least: int) -> Iterator[str]:
    """What came back, what failed the filters, and how many examples have each standing."""
    pulled = exchange.pulled
    corrected = plural(len(pulled.corrected), "corrected text")
    yield f"{plural(len(pulled.reviews), 'new review')}, {corrected}"
    if pulled.of_controls:
        yield f"{plural(len(pulled.of_controls), 'new review')} of controls"
    if pulled.failed:
        failed = plural(len(pulled.failed), "of them fails", "of them fail")
        yield f"{failed} the filters; back to review"
    yield from map(str, pulled.aside)
    if pulled.returned:
        yield f"{plural(len(pulled.returned), 'answer')} sent back to those who gave them"
    yield ", ".join(f"{n} {name}" for name, n in exchange.by_status.items())
    if line := stuck_line(exchange.pushed.stuck):
        yield line
    if line := half_answered_line(exchange.settlements.values(), least):
        yield line


def move_view(moved: "Sequence[MoveResult]", address: str) -> Iterator[str]:
    """What each dataset holds on the other server now."""
    for dataset in moved:
        held = f"{plural(dataset.records, 'record')} with {plural(dataset.answers, 'answer')}"
        yield f"{dataset.dataset}: {held} at {address}"


def move_document(moved: "Sequence[MoveResult]") -> dict[str, Any]:
    """The same as a JSON object."""
    return {m.dataset: {"records": m.records, "answers": m.answers} for m in moved}


def _or_dash(value: float | None, form: str = "g") -> str:
    return "-" if value is None else format(value, form)


def _columns(first: str, *others: str) -> list[tuple[str, str]]:
    return [(first, "left"), *((name, "right") for name in others)]


def _people(status: "Status") -> "Table":
    rows = [
        [
            person.name,
            *map(str, (person.submitted, person.drafts, person.discarded, person.pending)),
            *_pace(person.pace),
        ]
        for person in status.annotators
    ]
    rows.append(["all", "", "", "", "", *_pace(status.pace)])
    headings = ("submitted", "drafts", "discarded", "pending", "per day", "per hour", "seconds")
    return table("Annotators (seconds: median per review)", _columns("name", *headings), rows)


def _duties(status: "Status") -> "Table":
    people = status.duties.people
    rows = [[p.name, str(p.review), str(p.settle), str(p.mend)] for p in people]
    return table("Who must act", _columns("name", "to review", "to settle", "came back"), rows)


def _waiting_lines(status: "Status") -> Iterator[str]:
    if line := stuck_line(status.duties.stuck):
        yield line
    if unsent := status.duties.unsent:
        yield f"{plural(len(unsent), 'dispute')} to be sent: curator review pull"


def _controls(status: "Status") -> "Table":
    rows = []
    for person in status.annotators:
        known = person.controls
        counts = (known.planted, known.caught, known.right, known.refused, known.changed)
        rows.append([person.name, *map(str, counts), "yes" if person.doubted else ""])
    headings = ("planted", "caught", "right", "refused", "changed")
    columns = [*_columns("name", *headings), ("needs another reader", "left")]
    return table("Controls: texts whose answer is known", columns, rows)


def _pace(pace: "Pace") -> list[str]:
    return [_or_dash(pace.per_day), _or_dash(pace.per_hour), _or_dash(pace.seconds)]


def _cells(status: "Status") -> "Table":
    rows = [
        [cell, *(str(counts[s]) for s in ReviewStatus)] for cell, counts in status.cells.items()
    ]
    rows.append(["all", *(str(status.by_status[s.value]) for s in ReviewStatus)])
    return table("Examples", _columns("cell", *(s.value for s in ReviewStatus)), rows)


def _agreement(status: "Status") -> "Table":
    rows = [[a.question, a.level, _or_dash(a.alpha, ".2f"), str(a.units)] for a in status.agreement]
    columns = [("question", "left"), ("level", "left"), ("alpha", "right"), ("examples", "right")]
    return table("Agreement (Krippendorff's alpha)", columns, rows)


def _signals(status: "Status") -> "Table":
    rows = [[c.signal, *_calibration(c), str(c.accepted), str(c.others)] for c in status.signals]
    return table(
        "Signals: how probably an accepted example has the higher value (0.5 says nothing)",
        [("signal", "left"), ("probability", "left"), *_columns("", "accepted", "others")[1:]],
        rows,
    )


def _calibration(measured: "Calibration") -> list[str]:
    if measured.auc is None or measured.low is None or measured.high is None:
        return [f"too few decisions (it takes {LEAST}, of both kinds)"]
    return [f"{measured.auc:.2f}, from {measured.low:.2f} to {measured.high:.2f}"]


def _disputes(status: "Status") -> "Table":
    rows = [
        [
            d.example,
            d.cell,
            f"{d.distance:.2f}",
            ", ".join(f"{n} {v}" for n, v in d.decisions.items()),
            d.status.value,
        ]
        for d in status.disputes
    ]
    columns = [(c, "left") for c in ("example", "cell", "distance", "decisions", "standing")]
    return table("Most disputed", columns, rows)


def outlook_line(status: "Status") -> str:
    """Say in one line what is missing and how long it takes."""
    ahead = status.projection
    waiting = f"{plural(ahead.waiting, 'waits', 'wait')} for review"
    if ahead.unsent and ahead.unsent == ahead.waiting:
        waiting += ", never sent: curator review push"
    elif ahead.unsent:
        there = ahead.waiting - ahead.unsent
        waiting += f", {there} in Argilla, {ahead.unsent} never sent: curator review push"
    if not ahead.missing:
        return f"No example is missing to the targets; {waiting}."
    missing = plural(ahead.missing, "example is missing", "examples are missing")
    line = f"{missing} to the targets; {waiting}."
    if ahead.days is None:
        return f"{line} Nothing is accepted yet, so there is no pace to go by."
    share = "" if ahead.yield_ is None else f" ({ahead.yield_:.0%} of what is settled is accepted)"
    days = "1 day" if ahead.days == 1 else f"{ahead.days:g} days"
    return f"{line} At {ahead.accepted_per_day:g} accepted a day{share}: {days}."


def half_answered_line(settlements: Iterable[Settlement], least: int) -> str:
    """Count examples that wait although people answered: it takes `least` of them; "" if none."""
    pending = (len(s.opinions) for s in settlements if s.status is ReviewStatus.PENDING)
    begun = sum(0 < said < least for said in pending)
    were = plural(begun, "pending one was", "pending ones were")
    return f"{were} answered by fewer than {least} people (settle.min_reviews)" if begun else ""


def status_view(status: "Status") -> "Iterator[Table | str]":
    """People, examples, agreement, signals, disputes, and the outlook."""
    yield _people(status)
    if status.duties.people:
        yield _duties(status)
    yield from _waiting_lines(status)
    if any(p.controls.planted or p.controls.right for p in status.annotators):
        yield _controls(status)
    yield _cells(status)
    yield _agreement(status)
    if status.signals:
        yield _signals(status)
    if status.disputes:
        yield _disputes(status)
    if status.accepted_per_hour is not None:
        yield f"{status.accepted_per_hour:g} accepted for an hour of review."
    yield outlook_line(status)
