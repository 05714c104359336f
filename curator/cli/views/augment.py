"""A batch in a terminal: what it would ask for, what it yielded."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.augment.handed import HandOvers
from curator.base.plural import plural
from curator.cli.views.base import table
from curator.cli.views.filter import funnel_table, reasons_table
from curator.cli.views.funnel import cost_tables, yields_table
from curator.cli.views.stats import coverage_table
from curator.generate.funnel import funnel_of
from curator.generate.yields import Yields
from curator.records.example import Example
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from rich.table import Table

    from curator.augment.preview import Preview
    from curator.augment.run import AugmentResult
    from curator.generate.forecast import StrategyForecast
    from curator.records.project import Project

# Why a batch ended, by the codes of its manifest.
ENDS = {
    "targets_met": "the targets are met",
    "candidates": "the limit of candidates is reached",
    "minutes": "the limit of minutes is reached",
    "low_yield": "too few of the last candidates were accepted",
    "nothing_left": "no strategy has anything left to try for what is missing",
}
_FILES = "plan.json, candidates.jsonl, accepted.jsonl, rejected.jsonl, manifest.json"


def augment_view(result: "AugmentResult", project: "Project") -> "Iterator[Table | str]":
    """Coverage before, the funnel, yields, why the batch ended, and where it lies."""
    outcome = result.judged_outcome()
    judged = [*outcome.accepted, *outcome.rejected]
    # Unlike `curator stats`: none is made anew for what people have not decided on yet.
    folder = project.relative(result.batch.folder.parent)
    title = f"Coverage before this batch, with what earlier ones in {folder}/ brought"
    yield coverage_table(result.before, title)
    yield funnel_table(outcome)
    if outcome.rejected:
        yield reasons_table(outcome)
    yields = Yields()
    yields.learn(judged)
    yield yields_table(yields)
    yield from cost_tables(yields, funnel_of(judged))
    yield topics_table(judged, result.before.topics)
    total = plural(outcome.total, "candidate")
    yield f"{len(outcome.accepted)} of {total} survived every filter."
    yield f"The batch ended because: {ENDS[result.manifest['stopped']]}."
    yield f"Written to {project.relative(result.batch.folder)}/: {_FILES}"
    handed = HandOvers(project).of(result.batch) if outcome.accepted else None
    if handed and handed.next:
        yield f"Next: {handed.next}"


def preview_view(preview: "Preview") -> "Iterator[Table | str]":
    """What the next batch would ask for, and how much of it is likely to be accepted."""
    if not preview.wanted:
        counted = plural(preview.before.total, "example")
        hint = "--more 2 plans two more of each topic and difficulty"
        yield (
            f"Nothing is missing, with {counted}, the candidates that wait for people among them: "
            f"no batch to plan ({hint})."
        )
        return
    yield preview_table(preview)
    yield from preview_lines(preview)
    if full := preview.full_slots():
        yield f"Full slots: {full}."
    yield f"It would end because: {ENDS[preview.forecast.stopped]}."


def preview_table(preview: "Preview") -> "Table":
    """Show per topic what is missing, and how many candidates each strategy would make for it."""
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
        figures = map(str, [missing, round(wanted), *counts])
        rows.append([topic or "total", *figures, f"{expected:.1f}"])
    return table("Plan: candidates per strategy", columns, rows)


def preview_lines(preview: "Preview") -> Iterator[str]:
    """Say how many are likely to be accepted, in which range, and what that rests on."""
    by_strategy = preview.forecast.by_strategy()
    if not by_strategy:
        return
    expected = round(sum(s.expected for s in by_strategy))
    low, high = sum(s.low for s in by_strategy), sum(s.high for s in by_strategy)
    yield f"Expected: {expected} accepted; in 9 of 10 cases {low} to {high}. This rests on:"
    for one in by_strategy:
        candidates = plural(one.candidates, "candidate")
        share = f"{one.expected / one.candidates:.0%} of {candidates}"
        yield f"  {one.strategy}: {share}, {_evidence(one)}"


def _evidence(forecast: "StrategyForecast") -> str:
    if forecast.here:
        return f"as {forecast.accepted} of {forecast.tried} were accepted before"
    if forecast.tried:
        return "as mutants of another set: none was made here yet"
    return "none was made yet: a guess that says little"


def topics_table(judged: Sequence[Example], topics: Sequence[Topic]) -> "Table":
    """Count accepted candidates per topic: by difficulty and category, of how many made."""
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
