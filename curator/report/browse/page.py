"""Write the page: what it shows as data, and a script of ours that makes elements of it.

The script gives texts to the browser as texts, never as HTML, and the page's policy lets no other
script run: what a model wrote can do nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from curator import __version__
from curator.report.blocks import Table
from curator.report.browse.bounds import bounds_of
from curator.report.browse.rows import Row
from curator.report.browse.select import Selection
from curator.report.browse.wording import (
    FACETS,
    TITLES,
    filter_label,
    page_words,
    reason_label,
    said,
    value_label,
)
from curator.report.html import table_environment
from curator.report.language import Lang, speaking, typography
from curator.report.page import asset, data, policy, ready


@dataclass(frozen=True)
class Content:
    """What a page shows: a title, a line below it, tables of figures, and rows to look through."""

    title: str
    rows: Sequence[Row]
    lead: str = ""
    tables: Sequence[Table] = ()
    bounds: Sequence[dict[str, Any]] = field(default_factory=tuple)


def browse_document(selection: Selection, lang: Lang) -> str:
    """Return the whole page for looking through a selection."""
    title = said(TITLES[selection.kind], lang).replace("{x}", selection.name)
    bounds = bounds_of(selection.filters, selection.rows, lang)
    return document(Content(title, selection.rows, bounds=bounds), lang)


def document(content: Content, lang: Lang) -> str:
    """Return a whole page."""
    style = asset("page.css", "browse.css")
    script = asset("text.js", "list.js", "browse.js")
    with speaking(lang):
        words = {code: typography(text) for code, text in page_words(lang).items()}
        page = table_environment().get_template("browse.html")
        return page.render(
            content=content,
            lang=lang,
            words=words,
            version=__version__,
            style=ready(style),
            script=ready(script),
            policy=policy(style, script),
            data=data(_data(content, words, lang)),
        )


def _data(content: Content, words: dict[str, str], lang: Lang) -> dict[str, Any]:
    rows = [row.document() for row in content.rows]
    return {
        "lang": lang,
        "words": words,
        "facets": _facets(rows, lang),
        "filters": _filters(content.rows, lang),
        "reasons": _reasons(content.rows, lang),
        "bounds": list(content.bounds),
        "rows": rows,
    }


def _facets(rows: Sequence[dict[str, Any]], lang: Lang) -> list[dict[str, Any]]:
    """List what rows are filtered by, with the values that occur; one value filters nothing."""
    facets = []
    for name, label in FACETS.items():
        values = dict.fromkeys(v for row in rows if (v := row["facets"].get(name)))
        missing = any(name not in row["facets"] for row in rows)
        labels = {v: value_label(name, v, lang) for v in sorted(values)}
        if labels:
            useful = len(labels) > 1 or missing
            facets.append(
                {"name": name, "label": said(label, lang), "values": labels, "useful": useful}
            )
    return facets


def _filters(rows: Sequence[Row], lang: Lang) -> dict[str, str]:
    names = {v.filter for row in rows for v in row.verdicts}
    names |= {name for row in rows for name in row.rest}
    return {name: filter_label(name, lang) for name in sorted(names)}


def _reasons(rows: Sequence[Row], lang: Lang) -> dict[str, str]:
    codes = {f"{v.filter}.{v.reason}" for row in rows for v in row.verdicts if v.reason}
    codes |= {f.reason for row in rows for f in row.faults}
    return {code: reason_label(code, lang) for code in sorted(codes)}
