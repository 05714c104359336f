"""A sheet that was written, and what readings of it come to, in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from curator.review.controls.readings import KindCount, Score
    from curator.review.controls.sheet import Sheet


def sheet_view(made: "Sheet") -> Iterator[str]:
    """Where the sheet and its key are."""
    yield f"{plural(made.count, 'text')} for readers in {made.folder}"
    yield f"The key is {made.key}: keep it from them"


def sheet_document(made: "Sheet") -> dict[str, Any]:
    """The same as a JSON object."""
    return {"texts": made.count, "folder": str(made.folder), "key": str(made.key)}


def _share(count: int, total: int) -> str:
    return f"{count} ({count / total:.0%})"


def _row(kind: "KindCount") -> list[str]:
    return [
        kind.kind,
        str(kind.texts),
        _share(kind.accepted, kind.texts),
        f"{kind.low:.0%} to {kind.high:.0%}",
        _share(kind.repairable, kind.texts),
        str(kind.false_all),
        str(kind.false_any),
    ]


def _kinds(score: "Score") -> "Table":
    headings = ("texts", "accepted by all", "95 %", "rejected by none", "false by all", "by any")
    columns = [("kind", "left"), *((h, "right") for h in headings)]
    return table("By what was read", columns, [_row(k) for k in score.kinds])


def _readers(score: "Score") -> "Table":
    rows = []
    for kind in score.kinds:
        for name, counts in kind.by_reader.items():
            rows.append([name, kind.kind, *map(str, counts.values())])
    headings = ("accept", "repair", "reject", "false")
    columns = [("reader", "left"), ("kind", "left"), *((h, "right") for h in headings)]
    return table("By reader", columns, sorted(rows, key=lambda row: row[0]))


def _agreement(name: str, value: float | None) -> str:
    return f"{name} {value:.2f}" if value is not None else f"{name} none"


def score_view(score: "Score", written: "Path") -> "Iterator[Table | str]":
    """Decisions by kind and by reader, what was caught, agreement, and where the readings are."""
    yield _kinds(score)
    yield _readers(score)
    for c in score.caught:
        if c.planted:
            missed = f", {c.let_through} accepted as they are" if c.let_through else ""
            yield f"{c.reader}: {c.caught} of {c.planted} planted falsehoods caught{missed}"
        if c.authored:
            yield f"{c.reader}: {c.refused} of {c.authored} authored ones refused"
    for kind, count in score.planted_kinds.items():
        by = f"{count['by_all']} caught by all, {count['by_any']} by any"
        yield f"planted {kind}: {by}, of {count['texts']}"
    if len(score.readers) > 1:
        decision = _agreement("decision", score.kappa_decision)
        yield f"Kappa: {decision}, {_agreement('false', score.kappa_false)}"
    yield f"Joined readings: {written}"


def score_document(score: "Score", written: "Path") -> dict[str, Any]:
    """The same as a JSON object."""
    return {**score.document(), "readings": str(written)}
