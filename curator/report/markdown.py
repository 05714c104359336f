"""Write the report as Markdown: rapport.md.

Every text is escaped, so that no name or message of a record becomes Markdown or HTML.
"""

import re
from collections.abc import Iterator, Sequence

from curator.report.blocks import Cell, Code, Content, Fold, Item, Items, Section, Table, Text
from curator.report.content import title
from curator.report.gather import Report
from curator.report.language import say, typography
from curator.report.language.numbers import day

_PAGE_ONLY = frozenset({"reponses"})
# What would begin a code span, emphasis, HTML, an entity, a cell, a link or a bare address.
_SPECIAL = re.compile(
    r"([\\`*<|~&@]|(?<!\w)_|_(?!\w)|\](?=[(\[:])|:(?=//)|(?<=www)\.|^[#>+=-](?!\d))"
)


def escaped(text: str) -> str:
    """`text` on one line with its typography, none of its characters taken for Markdown."""
    line = " ".join(part.strip() for part in typography(text).splitlines())
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", _SPECIAL.sub(r"\\\1", line))


def document(report: Report, sections: Sequence[Section]) -> str:
    """Return the whole file."""
    from datetime import datetime

    date = day(datetime.fromisoformat(report.time))
    made = say(f"Rapport du {date}, par", f"Report of {date}, by")
    lines = [f"# {title()}", "", f"{made} curator {report.toolkit}."]
    for section in sections:
        if section.key not in _PAGE_ONLY:
            lines += ["", *(["---", ""] if section.key != "resume" else []), *_section(section, 2)]
    return "\n".join(lines) + "\n"


def _section(section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {typography(section.title)}"
    body = list(_contents(section.content))
    yield from ("", *body) if body else ()
    for part in section.parts:
        yield ""
        yield from _section(part, level + 1)


def _contents(content: Sequence[Content]) -> Iterator[str]:
    """Write blocks with an empty line between them; those for the page alone write nothing."""
    written = [lines for one in content if (lines := list(_content(one)))]
    for at, lines in enumerate(written):
        yield from ("", *lines) if at else lines


def _content(one: Content) -> Iterator[str]:
    if isinstance(one, Text):
        yield f"> **{escaped(one.text)}**" if one.tone == "warning" else escaped(one.text)
    elif isinstance(one, Table):
        yield from _table(one)
    elif isinstance(one, Code):
        yield from (f"```{one.language}", one.code, "```")
    elif isinstance(one, Items):
        yield from (f"{n}. {_item(item)}" for n, item in enumerate(one.items, 1))
    elif isinstance(one, Fold):
        yield from _contents(one.content)


def _item(item: Item) -> str:
    because = f" — *{escaped(item.because)}*" if item.because else ""
    return f"**{escaped(item.head)}** — {escaped(item.text)}{because}"


def _table(table: Table) -> Iterator[str]:
    yield f"*{escaped(table.caption)}*"
    yield ""
    yield "| " + " | ".join(escaped(name) for name, _ in table.columns) + " |"
    yield "|" + "|".join("---:" if numeric else "---" for _, numeric in table.columns) + "|"
    for at, row in enumerate(table.rows):
        yield "| " + " | ".join(_cell(c, at in table.strong) for c in row) + " |"
    if table.note:
        yield ""
        yield escaped(table.note)


def _cell(cell: str | Cell, strong: bool) -> str:
    text = cell if isinstance(cell, str) else cell.text
    if isinstance(cell, Cell) and cell.code and text and not _SPECIAL.search(text.replace("_", "")):
        return f"`{text}`"
    return f"**{escaped(text)}**" if strong and text else escaped(text)
