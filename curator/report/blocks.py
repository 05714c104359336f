"""What a report is made of: sections of texts, tables, figures and lists, whatever writes them.

All texts are plain: neither Markdown nor HTML; the writers escape them. Some blocks are for the
page alone, and the Markdown leaves them out: their numbers stand in a table beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from curator.base.charts import Chart


@dataclass(frozen=True)
class Text:
    """A paragraph; `tone` is "plain", "note", "warning" or "empty" (nothing there yet).

    `page` is the file beside the page to which it leads.
    """

    text: str
    tone: str = "plain"
    page: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: its text, a `tone` as in charts.TONES, and a `bar` in 0..1 to draw beside it.

    `title` is a longer text for those who point at it or hear it.
    """

    text: str
    tone: str = ""
    bar: float | None = None
    code: bool = False


@dataclass(frozen=True)
class Table:
    """A table: caption, (heading, whether its cells are numbers) for each column, rows.

    The first cell of a row is its heading. `strong` rows are those that sum up. A `drawn` table is
    for the Markdown: the page has its numbers in a Heat. In a narrow window the `minor` columns
    stand in a line below their row, so that the others are seen without scrolling sideways.
    """

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str | Cell]]
    note: str = ""
    strong: frozenset[int] = frozenset()
    drawn: bool = False
    minor: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Heat:
    """A table of counts coloured by how near each is to its target; for the page alone.

    Each row is its name, for each column a count and its target, then the row's sums, as `sums`
    names them. `last` is the row of the columns' sums.
    """

    caption: str
    columns: Sequence[str]
    sums: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[int, int]], Sequence[int]]]
    last: Sequence[int]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart for the page alone; the description says in words what it shows."""

    chart: Chart
    caption: str
    description: str


@dataclass(frozen=True)
class Code:
    """A block of code in a language."""

    code: str
    language: str


@dataclass(frozen=True)
class Item:
    """One entry of a list: in bold, then plain, then what led to it."""

    head: str
    text: str
    because: str = ""


@dataclass(frozen=True)
class Items:
    """A numbered list."""

    items: Sequence[Item]


@dataclass(frozen=True)
class Block:
    """One Rust block of an answer: line, verdict, its reason in French, the compiler's message."""

    line: int
    passed: bool
    reason: str
    message: str


@dataclass(frozen=True)
class Answer:
    """One answer to show: who wrote it, to what, what it scored, and each block's verdict."""

    arm: str
    prompt: str
    category: str
    question: str
    text: str
    marks: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    sources: Sequence[tuple[str, str]] = ()
    finished: bool = True
    leaked: bool = False

    @property
    def verdict(self) -> str:
        """By its blocks: sans-code, conforme or en-echec."""
        if not self.blocks:
            return "sans-code"
        return "conforme" if all(b.passed for b in self.blocks) else "en-echec"


@dataclass(frozen=True)
class Answers:
    """Answers to browse; for the page alone. `total` is how many there are, shown or not."""

    answers: Sequence[Answer]
    total: int


@dataclass(frozen=True)
class Card:
    """A figure of the summary: what it is, its value, what to know beside it."""

    label: str
    value: str
    note: str
    tone: str = ""


@dataclass(frozen=True)
class Cards:
    """The figures at the top of the page; for the page alone."""

    cards: Sequence[Card]


@dataclass(frozen=True)
class Fold:
    """Content that the page opens on demand, by its title; the Markdown has it without the title.

    Its warnings stay in sight.
    """

    title: str
    content: "Sequence[Content]"


Content = Text | Table | Heat | Figure | Code | Items | Answers | Cards | Fold


@dataclass(frozen=True)
class Section:
    """A title, what stands below it, and the sections inside it; `folded` ones open on demand.

    Warnings of a folded section stay in sight. `page` is the file that has the section whole, where
    it has a page of its own: the menu leads there.
    """

    key: str
    title: str
    content: Sequence[Content] = ()
    parts: "Sequence[Section]" = field(default_factory=tuple)
    folded: bool = False
    page: str = ""
