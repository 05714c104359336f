"""How results look in a terminal: tables as rich renderables, and the progress bar."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from curator.coverage import Coverage
from curator.example import Example
from curator.filters.base import Tally
from curator.plural import plural
from curator.taxonomy import Category, Cell, Difficulty, Topic

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table

    from curator.checking import Checked
    from curator.generate.forecast import Basis
    from curator.generate.waves import Progress
    from curator.preview import Preview


_EVERY = 30.0  # seconds between two lines of progress in a log
_SETTLED = 2.0  # seconds; before that a rate says nothing


def table(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> "Table":
    """A table; each column is its heading and "left", or "right": figures, which stay on a line.

    Cells are plain text.
    """
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, padding=(0, 1))
    for heading, side in columns:
        figures = side == "right"
        justify: JustifyMethod = "right" if figures else "left"
        made.add_column(heading, justify=justify, no_wrap=figures, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def coverage_table(covered: Coverage) -> "Table":
    """Topic x difficulty, with totals; "3 (-2)" means that 2 are missing."""
    columns = [("topic", "left"), *((d.value, "right") for d in Difficulty)]
    columns += [("total", "right"), ("missing", "right")]
    rows = [_coverage_row(covered, topic) for topic in Topic]
    levels = covered.axes["difficulty"]
    sums = [str(levels[d]) for d in Difficulty]
    rows.append(["total", *sums, str(covered.total), str(covered.missing)])
    return table("Coverage (missing to the target)", columns, rows)


def _coverage_row(covered: Coverage, topic: Topic) -> list[str]:
    cells = [Cell(topic, d) for d in Difficulty]
    lacking = [covered.deficits[c] for c in cells]
    shown = [
        f"{covered.cells[c]} (-{m})" if m else str(covered.cells[c])
        for c, m in zip(cells, lacking, strict=True)
    ]
    return [topic.value, *shown, str(covered.axes["topic"][topic]), str(sum(lacking))]


def balance_line(covered: Coverage) -> str:
    """Category counts and the balance of each axis, in one line."""
    counts = ", ".join(f"{name} {n}" for name, n in covered.axes["category"].items())
    shares = ", ".join(f"{axis} {value:.2f}" for axis, value in covered.balance.items())
    return f"Categories: {counts}. Balance (normalised entropy, 1 is even): {shares}."


def funnel_table(outcome: Tally, source: str = "candidates") -> "Table":
    """How many came to each filter, were kept, were dropped; "alone" as in Step."""
    rows = [[source, "", str(outcome.total), "", ""]]
    rows += [
        [s.filter, *map(str, (s.seen, s.kept, s.seen - s.kept, "" if s.alone is None else s.alone))]
        for s in outcome.steps
    ]
    headings = ["in", "kept", "dropped", "would keep of all"]
    if all(s.alone is None for s in outcome.steps):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    columns = [("filter", "left"), *((h, "right") for h in headings)]
    return table("Funnel", columns, rows)


def reasons_table(outcome: Tally) -> "Table":
    """Each fault: how many examples were rejected for it, how many have it, and one of them."""
    first = {
        fault: f"{example.id} {example.cell}: {verdict.detail}"
        for fault, (example, verdict) in outcome.shown.items()
    }
    decisive, faults = outcome.reasons(), outcome.faults()
    order = [*decisive, *(f for f in faults if f not in decisive)]
    rows = [
        [f, str(decisive.get(f, 0)), str(faults[f]), shorten(first[f], 160, placeholder=" …")]
        for f in order
    ]
    columns = [("reason", "left"), ("rejected for it", "right"), ("found in", "right")]
    return table("Rejected", [*columns, ("for example", "left")], rows)


def preview_table(preview: "Preview") -> "Table":
    """Topic by topic: what is missing, how many candidates each strategy would make for it."""
    plan = preview.forecast
    names = sorted({p.strategy for p in plan.picks})
    columns = [("topic", "left"), ("missing", "right"), ("wanted", "right")]
    columns += [*((n, "right") for n in names), ("expected", "right")]
    rows = []
    for topic in [*Topic, None]:
        picks = [p for p in plan.picks if topic in (None, p.slot.topic)]
        counts = [sum(p.count for p in picks if p.strategy == n) for n in names]
        expected = sum(map(plan.expected, picks))
        missing = sum(n for s, n in preview.before.lacking.items() if topic in (None, s.topic))
        wanted = sum(n for s, n in preview.wanted.items() if topic in (None, s.topic))
        figures = [missing, round(wanted), *counts, round(expected)]
        rows.append([topic.value if topic else "total", *map(str, figures)])
    return table("Plan: candidates per strategy", columns, rows)


def preview_lines(preview: "Preview") -> Iterator[str]:
    """How many are likely to be accepted, within what, and what that rests on."""
    bases = preview.forecast.bases()
    if not bases:
        return
    expected = round(sum(b.expected for b in bases))
    low, high = sum(b.low for b in bases), sum(b.high for b in bases)
    yield f"Expected: {expected} accepted; in 9 of 10 cases {low} to {high}. This rests on:"
    for one in bases:
        share = f"{one.expected / one.candidates:.0%} of {plural(one.candidates, 'candidate')}"
        yield f"  {one.strategy}: {share}, {_known(one)}"


def _known(basis: "Basis") -> str:
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


def topics_table(judged: Sequence[Example]) -> "Table":
    """Accepted candidates, topic by topic: per difficulty, per category, of how many made."""
    rows = []
    for topic in Topic:
        own = [e for e in judged if e.topic is topic]
        good = [e for e in own if e.rejection is None]
        levels = [sum(e.difficulty is d for e in good) for d in Difficulty]
        kinds = [sum(e.category is c for e in good) for c in Category]
        rows.append([topic.value, *map(str, [len(own), len(good), *levels, *kinds])])
    sums = [str(sum(int(row[i]) for row in rows)) for i in range(1, len(rows[0]))]
    columns = ["candidates", "accepted", *Difficulty, *Category]
    headings = [("topic", "left"), *((str(c), "right") for c in columns)]
    return table("Accepted", headings, [*rows, ["total", *sums]])


def checked_table(checked: Sequence["Checked"]) -> "Table":
    """One row per block: where, what it should do, how it was composed, what happened."""
    rows = []
    for one in checked:
        result, place = one.result, one.place
        where = f"{place.record} {result.role}" if place.record else place.file
        wish = " ".join([str(result.expectation), *sorted(result.wish.codes)])
        how = " + ".join([str(result.composition), *result.imports])
        verdict = "ok" if result.passed else f"{result.reason} ({result.short()})"
        rows.append([f"{where}:{result.block.line - 1}", wish, how, verdict])
    columns = ["block", "should", "composed", "verdict"]
    return table("Rust blocks", [(c, "left") for c in columns], rows)


class _LogLines:
    """How far a step is, for a log: a line each time that _EVERY seconds have passed."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, label: str, done: int, total: int) -> None:
        """See Progress."""
        now = time.monotonic()
        if now - self._said >= _EVERY:
            self._said = now
            sys.stderr.write(f"{label}: {done} of {total}\n")


@contextmanager
def progress(quiet: bool = False) -> Iterator["Progress"]:
    """A progress bar on stderr, with rate and time left; in a log a line now and then."""
    if quiet:
        yield lambda label, done, total: None
        return
    if not sys.stderr.isatty():
        yield _LogLines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: tuple[Any, ...] = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def report(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(label, total=total, completed=done, rate="")
            task = next(t for t in bar.tasks if t.id == tasks[label])
            known = task.speed if (task.elapsed or 0) > _SETTLED else None
            rate = f"{known * 60:.0f}/min" if known else ""
            bar.update(tasks[label], completed=done, total=total, rate=rate)

        yield report


@contextmanager
def waiting(quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """What is being waited for, and how long by now, on stderr; one line each in a log."""
    if quiet:
        yield lambda line: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _new_lines()
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda line: bar.update(task, description=line)


def _new_lines() -> Callable[[str], None]:
    """Writes a line to stderr, unless it says what the one before did."""
    said: list[str] = []

    def report(line: str) -> None:
        if line not in said[-1:]:
            sys.stderr.write(f"{line}\n")
            said.append(line)

    return report
