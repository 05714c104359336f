"""Markdown of a question or answer -> sections, fenced blocks, and prose (markdown-it-py)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from curator.text.fold import fold

SECTIONS: tuple[str, ...] = ("TL;DR", "Problème", "Solution", "Explication", "À retenir")

_RUST = {"rust", "rs"}
_RUSTDOC = {"ignore", "should_panic", "no_run", "compile_fail", "test_harness", "standalone_crate"}
_ERROR_CODE = re.compile(r"^E\d{4}$")
_EDITION = re.compile(r"^edition(20\d\d)$")


@dataclass(frozen=True)
class Block:
    """A fenced block of code. `line` is that of its first line of code in the text, from 1.

    `attributes` are the words of its fence after the language, as rustdoc reads them; `code` is
    what is compiled: in Rust, the marks of lines that rustdoc hides are taken off.
    """

    index: int
    language: str
    attributes: tuple[str, ...]
    code: str
    line: int
    closed: bool

    @property
    def is_rust(self) -> bool:
        """Whether the fence says that this is Rust (by language, or by rustdoc attributes only)."""
        return self.language == "rust"

    def has(self, attribute: str) -> bool:
        """Whether the fence carries this rustdoc attribute."""
        return attribute in self.attributes

    @property
    def error_codes(self) -> tuple[str, ...]:
        """The compiler error codes that the fence names."""
        return tuple(a for a in self.attributes if _ERROR_CODE.match(a))

    @property
    def edition(self) -> str | None:
        """The edition that the fence names, such as "2024"."""
        found = (_EDITION.match(a) for a in self.attributes)
        return next((m.group(1) for m in found if m), None)


@dataclass(frozen=True)
class Section:
    """A level-2 heading and the Markdown below it, up to the next one."""

    title: str
    body: str


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=256)  # a text is read for its blocks, its prose and its claims
def _parse(markdown: str) -> list[Token]:
    return _parser().parse(markdown)


def _language(info: str) -> tuple[str, tuple[str, ...]]:
    words = [w for w in re.split(r"[,\s]+", info.strip()) if w]
    if not words:
        return "", ()
    first = words[0].lower()
    if first in _RUST:
        return "rust", tuple(words[1:])
    if all(w in _RUSTDOC or _ERROR_CODE.match(w) or _EDITION.match(w) for w in words):
        return "rust", tuple(words)
    return first, tuple(words[1:])


def _is_closed(token: Token, lines: list[str]) -> bool:
    start, end = token.map or (0, 0)
    last = lines[end - 1].strip(" \t>") if end - 1 > start else ""
    return len(last) >= len(token.markup) and set(last) == {token.markup[0]}


def _unhide(code: str) -> str:
    """Rust code without rustdoc's marks of hidden lines ("# let x = 1;", "##[" for "#[")."""
    return re.sub(r"^(\s*)#(?:[ \t]|$)|^(\s*)##", _unhidden, code, flags=re.MULTILINE)


def _unhidden(mark: "re.Match[str]") -> str:
    escaped = mark.group(2)
    return mark.group(1) if escaped is None else f"{escaped}#"


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks of a text, in order; indented code is not among them."""
    lines = markdown.split("\n")
    found: list[Block] = []
    for token in _parse(markdown):
        if token.type == "fence" and token.map:
            language, attributes = _language(token.info)
            line = token.map[0] + 2
            closed = _is_closed(token, lines)
            code = _unhide(token.content) if language == "rust" else token.content
            block = Block(len(found), language, attributes, code, line, closed)
            found.append(block)
    return found


def sections(markdown: str) -> list[Section]:
    """The level-2 headings of a text with what stands below each."""
    tokens = _parse(markdown)
    lines = markdown.split("\n")
    starts = [
        (tokens[i + 1].content.strip(), t.map)
        for i, t in enumerate(tokens)
        if t.type == "heading_open" and t.tag == "h2" and t.level == 0 and t.map
    ]
    ends = [*(span[0] for _, span in starts), len(lines)][1:]
    return [
        Section(title, "\n".join(lines[span[1] : end]).strip("\n"))
        for (title, span), end in zip(starts, ends, strict=False)
    ]


def section_key(title: str) -> str:
    """`title` as sections are compared: folded, letters only ("À retenir :" -> "aretenir")."""
    return re.sub(r"[^a-z]", "", fold(title))


def _text(inline: Token, code: bool) -> str:
    parts = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "code_inline":
            parts.append(child.content if code else " ")
        elif child.type == "text":
            parts.append(child.content)
    return "".join(parts)


def paragraphs(markdown: str, code: bool = False) -> Iterator[str]:
    """The prose of a text, paragraph by paragraph (list items, cells and headings too).

    Fenced and indented code are left out, inline code too unless `code` is set, and so are the
    names of the five sections.
    """
    names = {section_key(name) for name in SECTIONS}
    heading = False
    for token in _parse(markdown):
        if token.type == "inline":
            text = _text(token, code).strip()
            if text and not (heading and section_key(text) in names):
                yield text
        heading = token.type == "heading_open"
