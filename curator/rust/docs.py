"""Read the installed Rust documentation as passages: mdBook's HTML -> sections with an address.

The Book, the Reference, Rust by Example, the Nomicon, the edition guide and the error index are
read where rustup (component rust-docs) or the distribution puts them. Nothing is fetched.
"""

import fnmatch
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curator.base.errors import DataError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

BOOKS = ("book", "reference", "rust-by-example", "nomicon", "edition-guide", "error_codes")
HEADINGS = ("h1", "h2", "h3", "h4")
_PLACES = tuple(Path("/usr/share/doc", name, "html") for name in ("rust-doc", "rust-web-doc"))
# Folders of a book that are not it: translations, and pages that say that an edition is gone.
_OTHERS = {"es", "ja", "ko", "zh", "first-edition", "second-edition", "2018-edition"}
# What the Reference shows beside its text: the names of rules, and its grammar once more, drawn.
_ASIDES = {"rule", "grammar-railroad"}


@dataclass(frozen=True)
class Passage:
    """One section. `address` is its page and anchor from the documentation's root, `title` the
    headings above it, `markdown` its text and code.
    """

    address: str
    title: str
    markdown: str


def find_docs(sysroot: Path | None) -> Path:
    """Find the documentation: CURATOR_RUST_DOCS, else that of a toolchain, else the system's.

    Raises DataError, with what to install, where there is none.
    """
    given = os.environ.get("CURATOR_RUST_DOCS")
    places = (
        [given] if given else [*([sysroot / "share/doc/rust/html"] if sysroot else []), *_PLACES]
    )
    for place in map(Path, places):
        if (place / "book").is_dir():
            return place
    hint = "rustup component add rust-docs (Debian: apt install rust-doc), or set CURATOR_RUST_DOCS"
    raise DataError("the Rust documentation is not installed", where=places[0], hint=hint)


def pages(root: Path, patterns: Sequence[str] = ("*",)) -> list[Path]:
    """List the pages of the books whose path from the root fits a pattern, in name order."""
    fitting = []
    for path in sorted(p for book in BOOKS for p in (root / book).rglob("*.html")):
        place = path.relative_to(root)
        if len(place.parts) > 1 and place.parts[1] in _OTHERS:
            continue
        name = place.as_posix()
        if place.name not in ("print.html", "toc.html") and any(
            fnmatch.fnmatch(name, pattern) for pattern in patterns
        ):
            fitting.append(path)
    return fitting


def passages(page: Path, root: Path) -> list[Passage]:
    """Read the sections of a page that have text; none for a page that only points elsewhere."""
    from selectolax.lexbor import LexborHTMLParser

    try:
        main = LexborHTMLParser(page.read_bytes()).css_first("main")
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=page) from error
    if main is None:
        return []
    place = page.relative_to(root).as_posix()
    return list(_sections(main, place))


def _sections(main: "LexborNode", page: str) -> Iterator[Passage]:
    titles: dict[str, str] = {}
    anchor, parts = "", list[str]()

    def close() -> Iterator[Passage]:
        text = "\n\n".join(p for p in parts if p)
        if text:
            address = f"{page}#{anchor}" if anchor else page
            yield Passage(address, " > ".join(titles.values()), text)

    for node in _blocks(main):
        tag = node.tag or ""
        if tag in HEADINGS:
            yield from close()
            titles = {t: name for t, name in titles.items() if t < tag} | {tag: _words(node)}
            anchor, parts = node.attributes.get("id") or "", []
        else:
            parts.append(_markdown(node))
    yield from close()


def _blocks(node: "LexborNode") -> Iterator["LexborNode"]:
    """Yield the block-level elements in reading order; wrappers are opened."""
    for child in node.iter():
        if _ASIDES & set((child.attributes.get("class") or "").split()):
            continue
        if child.tag in ("section", "figure", "div", "details", "blockquote"):
            yield from _blocks(child)
        else:
            yield child


def _words(node: "LexborNode") -> str:
    for code in node.css("code"):
        code.replace_with(f"`{code.text()}`")
    return " ".join(node.text().split())


def _text(node: "LexborNode") -> str:
    """Write what is no code: a list as items, a table as lines of cells, the rest as one line."""
    if node.tag in ("ul", "ol"):
        return "\n".join(f"- {_words(li)}" for li in node.css("li"))
    if node.tag == "table":
        rows = ([_words(cell) for cell in row.css("th, td")] for row in node.css("tr"))
        return "\n".join(" | ".join(cells) for cells in rows)
    for button in node.css("button"):
        button.decompose()
    return _words(node)


def _markdown(node: "LexborNode") -> str:
    code = node.css_first("code") if node.tag == "pre" else None
    if code is None:
        return _text(node)
    names = (code.attributes.get("class") or "").split()
    language = next((n.removeprefix("language-") for n in names if n.startswith("language-")), "")
    for hidden in code.css("span.boring"):
        hidden.decompose()
    return f"```{language}\n{code.text().strip(chr(10))}\n```"
