"""Write the report as a page, rapport.html, and its answers as another, reponses.html.

Neither asks anything of the network; each leads to the other, and to nothing else.

The only ready HTML are charts (curator.base.charts), answers made harmless (prose), and the style
and the script of templates/ (page).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from curator.base import charts
from curator.report.blocks import Content, Figure, Section, Table, Text
from curator.report.content import answers, title
from curator.report.gather import Report
from curator.report.language import say, spoken, typography
from curator.report.language.numbers import day, number
from curator.report.page import asset, environment, policy, ready
from curator.report.prose import render

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

REPORT = "rapport.html"
WIDE, NARROW = 880, 330  # pixels: beside a menu on a desk, and on a telephone


def document(report: Report, sections: Sequence[Section]) -> str:
    """Return the whole page of the report."""
    shown = [one for one in sections if not _nothing_yet(one)]
    menu = [(one.page or f"#{one.key}", one.title) for one in shown]
    return _page(report, title(), shown, menu)


def _nothing_yet(section: Section) -> bool:
    """Tell whether a section only says that it has nothing: the summary says so once for all."""
    return not section.parts and all(
        isinstance(one, Text) and one.tone == "empty" for one in section.content
    )


def answers_document(report: Report) -> str:
    """Return the whole page of the answers, which leads back to the report."""
    section = answers(report)
    back = say("Retour au rapport", "Back to the report")
    menu = [(REPORT, back), (f"#{section.key}", section.title)]
    return _page(report, f"{section.title} — {title()}", [section], menu)


def _page(
    report: Report, heading: str, sections: Sequence[Section], menu: Sequence[tuple[str, str]]
) -> str:
    style, script = asset("page.css"), asset("page.js")
    page = _environment().get_template("page.html")
    return page.render(
        title=heading,
        lang=spoken(),
        menu=menu,
        origin="#origine" if any(s.key == "origine" for s in sections) else f"{REPORT}#origine",
        day=day(datetime.fromisoformat(report.time)),
        report=report,
        sections=sections,
        style=ready(style),
        script=ready(script),
        policy=policy(style, script),
    )


def _environment() -> "Environment":
    made = environment()
    made.globals.update(kind=_kind, chart=_chart, prose=_prose, level=_level, number=number)
    made.globals.update(place=_place, say=say)
    made.filters["set"] = typography
    made.tests["warns"] = _warns
    return made


def table_environment() -> "Environment":
    """Return jinja2 for pages that show tables of a report, in the language that is written."""
    return _environment()


def _kind(block: Content) -> str:
    return type(block).__name__.lower()


def _warns(block: Content) -> bool:
    return isinstance(block, Text) and block.tone == "warning"


def _place(table: Table, column: int) -> str:
    """Return the classes of a column's cells."""
    classes = {"n": table.columns[column][1], "minor": column in table.minor}
    return " ".join(name for name, holds in classes.items() if holds)


def _chart(figure: Figure, wide: bool) -> "Markup":
    width = WIDE if wide else NARROW
    numbers: charts.Numbers = "en-GB" if spoken() == "en" else "fr-FR"
    return ready(charts.draw(figure.chart, width, figure.caption, figure.description, numbers))


def _prose(markdown: str) -> "Markup":
    return ready(render(markdown))


def _level(count: int, target: int) -> int:
    """0 (none) to 4 (at its target), for a cell's colour."""
    if count >= target:
        return 4
    return 0 if not count else 1 + min(2, 3 * count // target)
