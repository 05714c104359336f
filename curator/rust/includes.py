"""Read what mdBook's directives bring into the Rust blocks of a page (`{{#include file.rs:part}}`).

Only files of the page's own book are read, none outside of it. A directive that brings nothing
stays, and the block that it is in has a reason of its own (`missing_include`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.base.decoding import read_text
from curator.base.errors import DataError
from curator.text.markdown import blocks, lines_of
from curator.text.normalise import normalise_text

LARGEST = 1 << 20  # bytes of a file, and characters that all includes of a page bring
_DIRECTIVE = re.compile(
    r"^([\s>]*)\{\{\s*#(include|rustdoc_include|playground|playpen)\s+([^}]*[^}\s])\s*\}\}\s*$"
)
_CALLS = ("playground", "playpen")
_SPAN = re.compile(r"(\d{0,9})(?:(:)(\d{0,9}))?$")
_ANCHOR = re.compile(r"ANCHOR(_END)?:\s*([\w-]+)")


@dataclass(frozen=True)
class Page:
    """A page with what it includes; for each line of its text, the line of the file it is from."""

    text: str
    lines: tuple[int, ...]


def missing_include(code: str) -> str:
    """Return the file that a directive in a block names and that was not read; "" if none does."""
    found = map(_DIRECTIVE.match, code.split("\n")) if "{{" in code else ()
    return next((m.group(3).split()[0] for m in found if m), "")


def book_of(path: Path) -> Path:
    """Return the folder that a page's includes may be read from.

    That is the one of the `book.toml` above `path`; without one, `path`, or a file's own folder.
    """
    folder = path if path.is_dir() else path.parent
    above = folder.resolve()
    books = (each for each in (above, *above.parents) if (each / "book.toml").is_file())
    return next(books, folder)


def expand(markdown: str, page: Path, book: Path) -> Page:
    """Put the files that a page's Rust blocks include in their places."""
    rows = lines_of(markdown)
    if "{{" not in markdown:
        return Page(markdown, tuple(range(1, len(rows) + 1)))
    inside = set(_rows_of_rust(markdown))
    text, lines, size = list[str](), list[int](), 0
    for number, row in enumerate(rows, 1):
        brought = _brought(row, number in inside, page, book)
        size += sum(map(len, brought))
        kept = brought if brought and size <= LARGEST else [row]
        text += kept
        lines += [number] * len(kept)
    return Page("\n".join(text), tuple(lines))


def _rows_of_rust(markdown: str) -> Iterator[int]:
    for block in blocks(markdown):
        if block.is_rust:
            yield from range(block.line, block.line + block.code.count("\n") + 1)


def _brought(row: str, in_rust: bool, page: Path, book: Path) -> list[str]:
    """Return the lines that stand for a line of a page; none where it stays as it is."""
    found = _DIRECTIVE.match(row)
    if not found or in_rust == (found.group(2) in _CALLS):
        return []
    before, directive, words = found.groups()
    path, *properties = words.split()
    name, _, part = path.partition(":")
    code = _read(page.parent / name, book)
    if directive in _CALLS:
        fence = ",".join(["rust", *properties])
        within = [row.strip(" \t>")] if code is None else code
        return [before + each for each in (f"````{fence}", *within, "````")]
    if code is None:
        return []
    return [before + each for each in _part(code, part, hidden=directive == "rustdoc_include")]


def _read(path: Path, book: Path) -> list[str] | None:
    """Read the lines of a file in a book; None for what is not there, outside, or too large."""
    try:
        real = path.resolve()
        if not real.is_relative_to(book.resolve()) or not real.is_file():
            return None
        if real.stat().st_size > LARGEST:
            return None
        return normalise_text(read_text(real)).removesuffix("\n").split("\n")
    except (OSError, ValueError, RuntimeError, DataError):  # a loop of links, a null byte, no UTF-8
        return None


def _part(code: Sequence[str], part: str, hidden: bool) -> list[str]:
    """Take lines ("3", "3:7", ":7") or an anchor's; with `hidden`, the others as hidden lines."""
    if not part:
        return list(code)
    chosen = _chosen(code, part)
    anchored = not _SPAN.match(part)  # only then are the marks of anchors left out
    rows = [
        row if at in chosen else f"# {row}" if row else "#"
        for at, row in enumerate(code)
        if (at in chosen or hidden) and not (anchored and _ANCHOR.search(row))
    ]
    return rows or [""]


def _chosen(code: Sequence[str], part: str) -> set[int]:
    span = _SPAN.match(part)
    if span:
        first = max(1, int(span.group(1) or 1))
        alone = first if not span.group(2) else len(code)
        return set(range(first - 1, min(int(span.group(3) or alone), len(code))))
    inside, chosen = False, set[int]()
    for at, row in enumerate(code):
        mark = _ANCHOR.search(row)
        if mark and mark.group(2) == part:
            inside = not mark.group(1)
        elif inside:
            chosen.add(at)
    return chosen
