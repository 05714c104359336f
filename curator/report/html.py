"""Write the report as a page, rapport.html, and its answers as another, reponses.html.

Neither asks anything of the network; each leads to the other, and to nothing else.

jinja2 escapes every text; the only ready HTML are charts (curator.base.charts), answers made
harmless (prose), and the style and the script of templates/, whose digests are a page's whole
policy.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from curator.base import charts
from curator.french.numbers import day, number
from curator.french.typography import typeset
from curator.report.blocks import Content, Figure, Section, Table, Text
from curator.report.content import TITLE, answers
from curator.report.gather import Report
from curator.report.prose import render

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

REPORT = "rapport.html"
TEMPLATES = Path(__file__).parent / "templates"
WIDE, NARROW = 880, 330  # pixels: beside a menu on a desk, and on a telephone


def document(report: Report, sections: Sequence[Section]) -> str:
    """Return the whole page of the report."""
    menu = [(one.page or f"#{one.key}", one.title) for one in sections]
    return _page(report, TITLE, sections, menu)


def answers_document(report: Report) -> str:
    """Return the whole page of the answers, which leads back to the report."""
    section = answers(report)
    menu = [(REPORT, "Retour au rapport"), (f"#{section.key}", section.title)]
    return _page(report, f"{section.title} — {TITLE}", [section], menu)


def _page(
    report: Report, title: str, sections: Sequence[Section], menu: Sequence[tuple[str, str]]
) -> str:
    style, script = (_text(name) for name in ("page.css", "page.js"))
    page = _environment().get_template("page.html")
    return page.render(
        title=title,
        menu=menu,
        origin="#origine" if any(s.key == "origine" for s in sections) else f"{REPORT}#origine",
        day=day(datetime.fromisoformat(report.time)),
        report=report,
        sections=sections,
        style=_ready(style),
        script=_ready(script),
        policy=_policy(style, script),
    )


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fr"] = typeset
    environment.globals.update(kind=_kind, chart=_chart, prose=_prose, level=_level, number=number)
    environment.globals["place"] = _place
    environment.tests["warns"] = _warns
    return environment


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _ready(text: str) -> "Markup":
    """Mark a text of ours as HTML."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704


def _policy(style: str, script: str) -> str:
    """Return a policy by which nothing is loaded, and only our own style and script count."""
    allowed = {"style-src": style, "script-src": script}
    digests = {k: hashlib.sha256(v.encode()).digest() for k, v in allowed.items()}
    sources = [f"{k} 'sha256-{base64.b64encode(d).decode()}'" for k, d in digests.items()]
    return "; ".join(
        ["default-src 'none'", *sources, "img-src data:", "base-uri 'none'", "form-action 'none'"]
    )


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
    return _ready(charts.draw(figure.chart, width, figure.caption, figure.description))


def _prose(markdown: str) -> "Markup":
    return _ready(render(markdown))


def _level(count: int, target: int) -> int:
    """0 (none) to 4 (at its target), for a cell's colour."""
    if count >= target:
        return 4
    return 0 if not count else 1 + min(2, 3 * count // target)
