"""Read what is searched: the installed Rust documentation, or a folder of Markdown files."""

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from curator.base.errors import DataError
from curator.rust import docs
from curator.rust.docs import Passage, find_docs
from curator.rust.toolchain import find_toolchain

# Lists of links to rustc's own tests, and a grammar that stands section by section elsewhere.
_LEFT_OUT = {"reference/test-summary.html", "reference/grammar.html"}


def find_root(given: Path | None) -> Path:
    """Find the folder to search: the one given, else the installed docs; else DataError."""
    if given is None:
        return find_docs(find_toolchain().sysroot)
    if not given.is_dir():
        hint = "give Rust's documentation (the folder that holds book/) or a folder of Markdown"
        raise DataError("no such folder of documents", where=given, hint=hint)
    return given


def is_rust(root: Path) -> bool:
    """Tell whether a folder is Rust's documentation rather than one of Markdown files."""
    return (root / "book").is_dir() and any((root / "book").glob("*.html"))


def files(root: Path) -> list[Path]:
    """List the pages to search, in name order; raises DataError where there are none."""
    if is_rust(root):
        pages = [p for p in docs.pages(root) if p.relative_to(root).as_posix() not in _LEFT_OUT]
    else:
        pages = sorted(p for p in root.rglob("*.md") if p.is_file())
    if not pages:
        raise DataError("no documents here", where=root, hint="give a folder with .md files")
    return pages


def digest(root: Path, pages: list[Path]) -> str:
    """Return the SHA-256 of the pages' names and contents, in hexadecimal."""
    total = hashlib.sha256()
    for page in pages:
        try:
            content = hashlib.sha256(page.read_bytes()).hexdigest()
        except OSError as error:
            raise DataError(f"cannot read: {error.strerror}", where=page) from error
        total.update(f"{page.relative_to(root).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def passages(root: Path, pages: list[Path]) -> list[Passage]:
    """Read the sections of the pages, in reading order, less those that repeat an earlier one."""
    read = docs.passages if is_rust(root) else markdown_passages
    seen: dict[tuple[str, str], Passage] = {}
    for page in pages:
        for passage in read(page, root):
            seen.setdefault((passage.title, passage.markdown), passage)
    return list(seen.values())


def markdown_passages(page: Path, root: Path) -> list[Passage]:
    """Read the sections of a Markdown file, with addresses as on GitHub (page.md#heading)."""
    try:
        text = page.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8", where=page, hint="save the file as UTF-8") from error
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=page) from error
    return list(_sections(text, page.relative_to(root).as_posix()))


def _sections(text: str, page: str) -> Iterator[Passage]:
    lines, titles, used = text.split("\n"), dict[str, str](), dict[str, int]()
    begin, address = 0, page
    for tag, title, start, end in [*_headings(text), ("", "", len(lines), len(lines))]:
        body = "\n".join(lines[begin:start]).strip("\n")
        if body.strip():
            yield Passage(address, " > ".join(titles.values()), body)
        if tag:
            titles = {t: name for t, name in titles.items() if t < tag} | {tag: title}
            begin, address = end, f"{page}#{_slug(title, used)}"


def _headings(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield level, words, first line and line after of each heading outside of blocks."""
    tokens = MarkdownIt("commonmark").parse(text)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            start, end = token.map
            yield token.tag, inline.content.strip(), start, end


def _slug(title: str, used: dict[str, int]) -> str:
    """Turn a heading into an anchor: lower case, hyphens; repeated ones are numbered."""
    slug = re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title.lower()))
    used[slug] = used.get(slug, -1) + 1
    return f"{slug}-{used[slug]}" if used[slug] else slug
