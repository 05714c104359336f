"""A batch as tables: what it would ask, what it yielded."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.records.example import Example
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from rich.table import Table

    from curator.augment.preview import Preview
    from curator.generate.forecast import StrategyForecast


def preview_table(preview: "Preview") -> "Table":
    """Topic by topic: what is missing, how many candidates each strategy would make for it."""
    plan = preview.forecast
    names = sorted({p.strategy for p in plan.picks})
    columns = [("topic", "left"), ("missing", "right"), ("wanted", "right")]
    columns += [*((n, "right") for n in names), ("expected", "right")]
    rows = []
    for topic in [*preview.before.topics, None]:
        picks = [p for p in plan.picks if topic in (None, p.slot.topic)]
        counts = [sum(p.count for p in picks if p.strategy == n) for n in names]
        expected = sum(map(plan.expected, picks))
        missing = sum(n for s, n in preview.before.lacking.items() if topic in (None, s.topic))
        wanted = sum(n for s, n in preview.wanted.items() if topic in (None, s.topic))
        figures = [missing, round(wanted), *counts, round(expected)]
        rows.append([topic or "total", *map(str, figures)])
    return table("Plan: candidates per strategy", columns, rows)


def preview_lines(preview: "Preview") -> Iterator[str]:
    """How many are likely to be accepted, within what, and what that rests on."""
    by_strategy = preview.forecast.by_strategy()
    if not by_strategy:
        return
    expected = round(sum(b.expected for b in by_strategy))
    low, high = sum(b.low for b in by_strategy), sum(b.high for b in by_strategy)
    yield f"Expected: {expected} accepted; in 9 of 10 cases {low} to {high}. This rests on:"
    for one in by_strategy:
        share = f"{one.expected / one.candidates:.0%} of {plural(one.candidates, 'candidate')}"
        yield f"  {one.strategy}: {share}, {_known(one)}"


def _known(basis: "StrategyForecast") -> str:
    if basis.here:
        return f"as {basis.accepted} of {basis.tried} were accepted before"
    if basis.tried:
        return "as mutants of another set: none was made here yet"
    return "none was made yet: a guess that says little"


def yields_table(judged: Sequence[Example]) -> "Table":
    """Per strategy: candidates, accepted ones, their share, tokens, and accepted per topic."""
    rows = []
    for name in sorted({e.provenance.strategy or "" for e in judged}):
        own = [e for e in judged if e.provenance.strategy == name]
        good = sum(e.rejection is None for e in own)
        tokens = sum(e.provenance.tokens or 0 for e in own)
        rows.append([name, str(len(own)), str(good), f"{good / len(own):.0%}", str(tokens)])
    columns = ["candidates", "accepted", "yield", "tokens"]
    return table("Strategies", [("strategy", "left"), *((c, "right") for c in columns)], rows)


def topics_table(judged: Sequence[Example], topics: Sequence[Topic]) -> "Table":
    """Accepted candidates, topic by topic: per difficulty, per category, of how many made."""
    rows = []
    for topic in topics:
        own = [e for e in judged if e.topic is topic]
        good = [e for e in own if e.rejection is None]
        levels = [sum(e.difficulty is d for e in good) for d in Difficulty]
        kinds = [sum(e.category is c for e in good) for c in Category]
        rows.append([topic, *map(str, [len(own), len(good), *levels, *kinds])])
    sums = [str(sum(int(row[i]) for row in rows)) for i in range(1, len(rows[0]))]
    columns = ["candidates", "accepted", *Difficulty, *Category]
    headings = [("topic", "left"), *((str(c), "right") for c in columns)]
    return table("Accepted", headings, [*rows, ["total", *sums]])
