"""A field of a card as a browser reads it: its words, and the elements that it makes."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCKS = {"p", "div", "li", "ul", "ol", "pre", "tr", "table", "h1", "h2", "h3", "h4", "summary"}
BLOCKS |= {"details", "br", "blockquote", "td", "th"}


@dataclass
class Read:
    """The words of a field, on the lines that they are shown on, and its elements in order."""

    words: str = ""
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def of_class(self, name: str) -> int:
        """How many elements have a class."""
        return sum(name in attributes.get("class", "").split() for _, attributes in self.elements)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.elements.append((tag, {k: v or "" for k, v in attrs}))
        self.read.words += "\n" if tag in BLOCKS else ""

    def handle_endtag(self, tag: str) -> None:
        self.read.words += "\n" if tag in BLOCKS else ""

    def handle_data(self, data: str) -> None:
        self.read.words += data

    def handle_comment(self, data: str) -> None:
        self.read.elements.append(("comment", {}))

    def handle_decl(self, decl: str) -> None:
        self.read.elements.append(("declaration", {}))

    def handle_pi(self, data: str) -> None:
        self.read.elements.append(("instruction", {}))


def read(html: str) -> Read:
    """Read a field."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.read


def words(html: str) -> str:
    """The words of a field, with one space between those of a line."""
    lines = (" ".join(line.split()) for line in read(html).words.split("\n"))
    return "\n".join(line for line in lines if line)
