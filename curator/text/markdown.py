"""Read the Markdown of a question or answer: sections, fenced blocks, prose (markdown-it-py).

Nothing here raises, whatever the text is: what a model wrote comes through it. A line is what
CommonMark says that it is: str.splitlines knows more ends of lines, a split at line feeds fewer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from curator.text.fold import fold

SECTIONS: tuple[str, ...] = ("TL;DR", "Problème", "Solution", "Explication", "À retenir")

_RUST = {"rust", "rs"}
_RUSTDOC = {"ignore", "should_panic", "no_run", "compile_fail", "test_harness", "standalone_crate"}
_ERROR_CODE = re.compile(r"^E\d{4}$")
_LINE_END = re.compile(r"\r\n?|\n")
_EDITION = re.compile(r"^edition(20\d\d)$")


@dataclass(frozen=True)
class Block:
    """A fenced block of code. `line` is that of its first line of code in the text, from 1.

    `attributes` are the words of its fence after the language, as rustdoc reads them; `code` is
    what is compiled: in Rust, the marks of lines that rustdoc hides are taken off. `info` is what
    the fence says, to the letter.
    """

    index: int
    language: str
    attributes: tuple[str, ...]
    code: str
    line: int
    closed: bool
    info: str = ""

    @property
    def is_rust(self) -> bool:
        """Tell whether the fence says that this is Rust, if only by rustdoc's attributes."""
        return self.language == "rust"

    def has(self, attribute: str) -> bool:
        """Tell whether the fence carries this rustdoc attribute."""
        return attribute in self.attributes

    @property
    def error_codes(self) -> tuple[str, ...]:
        """List the compiler error codes that the fence names."""
        return tuple(a for a in self.attributes if _ERROR_CODE.match(a))

    @property
    def edition(self) -> str | None:
        """Return the edition that the fence names, such as "2024"."""
        matches = (_EDITION.match(a) for a in self.attributes)
        return next((m.group(1) for m in matches if m), None)


@dataclass(frozen=True)
class Fence:
    """A fenced block as it is written: its marks, the words after them, its code as it stands.

    `line` is that of its first line of code in the text, from 1.
    """

    marks: str
    info: str
    code: str
    line: int

    @property
    def is_rust(self) -> bool:
        """Tell whether the fence says that this is Rust, if only by rustdoc's attributes."""
        return _language(self.info)[0] == "rust"


@dataclass(frozen=True)
class Section:
    """A level-2 heading and the Markdown below it, up to the next one."""

    title: str
    body: str


@dataclass(frozen=True)
class Part:
    """A block at the top level of a text: what markdown-it calls it, and its lines from 1.

    `level` is that of a heading, 0 for anything else; `last` is the line after its last one.
    """

    kind: str
    level: int
    first: int
    last: int


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=256)  # a text is read for its blocks, its prose and its claims
def _parse(markdown: str) -> list[Token]:
    return _parser().parse(markdown)


def _comment(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take a comment ("<!--" at the start of a line to "-->", CommonMark's second HTML block)."""
    if state.is_code_block(first) or not _row(state, first).startswith("<!--"):
        return False
    if silent:
        return True
    last = first
    while last < end and not _leaves(state, last) and "-->" not in _row(state, last):
        last += 1
    state.line = last + 1 if last < end and not _leaves(state, last) else last
    token = state.push("html_block", "", 0)
    token.map = [first, state.line]
    return True


def _row(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]]


def _leaves(state: StateBlock, at: int) -> bool:
    """Tell whether a line is outside of the list item that a block is in."""
    return state.sCount[at] < state.blkIndent and not state.isEmpty(at)


@cache
def _fence_parser() -> MarkdownIt:
    """Read comments as such: rustdoc tests nothing in them. Other HTML stays text."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.block.ruler.at("html_block", _comment, {"alt": ["paragraph", "reference", "blockquote"]})
    return parser


@lru_cache(maxsize=256)
def _fences(markdown: str) -> list[Token]:
    """List the fences of a text that stand in no comment."""
    hides = "<!--" in markdown
    tokens = _fence_parser().parse(markdown) if hides else _parse(markdown)
    return [token for token in tokens if token.type == "fence" and token.map]


def fence_words(info: str) -> list[str]:
    """Split what a fence says as rustdoc does: by commas, spaces, braces, without "(remarks)"."""
    return [w for w in re.split(r"[,\s{}]+", re.sub(r"\([^)]*\)", " ", info)) if w]


def _language(info: str) -> tuple[str, tuple[str, ...]]:
    words = fence_words(info)
    if not words:
        return "", ()
    if "rust" in fence_words(info.split()[0]):  # `editable,rust`, but not `diff rust`
        return "rust", tuple(w for w in words if w != "rust")
    first = words[0].lower().removeprefix(".")  # {.rust}, as Pandoc writes it
    if first in _RUST or first.startswith("rust:"):
        return "rust", tuple(words[1:])
    if _is_rustdocs(words[0]):
        return "rust", tuple(words)
    return first, tuple(words[1:])


def _is_rustdocs(word: str) -> bool:
    known = word in _RUSTDOC or word.startswith("ignore-")
    return known or bool(_ERROR_CODE.match(word) or _EDITION.match(word))


def lines_of(markdown: str) -> list[str]:
    """Split a text into its lines, as CommonMark numbers them."""
    return _LINE_END.split(markdown)


def _is_closed(token: Token) -> bool:
    """Tell whether a fence has an end of its own: a line that is neither its first nor its code.

    What that line looks like does not tell: indented by four, it is code.
    """
    start, end = token.map or (0, 0)
    unended = bool(token.content) and not token.content.endswith("\n")
    return end - start - 1 > token.content.count("\n") + unended


def rust_without_marks(code: str) -> str:
    """Take rustdoc's marks of hidden lines off Rust code ("# let x = 1;", "##[" for "#[")."""
    return re.sub(r"^(\s*)#(?:[ \t]|$)|^(\s*)##", _unhidden, code, flags=re.MULTILINE)


def _unhidden(mark: "re.Match[str]") -> str:
    escaped = mark.group(2)
    return mark.group(1) if escaped is None else f"{escaped}#"


def blocks(markdown: str) -> list[Block]:
    """List the fenced blocks of a text, in order, but for those in a comment.

    Indented code is not among them: in prose, indents come about by accident.
    """
    return [_block(index, token) for index, token in enumerate(_fences(markdown))]


def _block(index: int, token: Token) -> Block:
    language, attributes = _language(token.info)
    code = rust_without_marks(token.content) if language == "rust" else token.content
    line = (token.map or [0])[0] + 2
    return Block(index, language, attributes, code, line, _is_closed(token), token.info.strip())


def fences(markdown: str) -> list[Fence]:
    """List the fenced blocks of a text as they are written, as `blocks` finds them."""
    return [
        Fence(token.markup, token.info.strip(), token.content, token.map[0] + 2)
        for token in _fences(markdown)
        if token.map
    ]


def sections(markdown: str) -> list[Section]:
    """List the level-2 headings of a text with what stands below each."""
    tokens = _parse(markdown)
    lines = lines_of(markdown)
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


def outline(markdown: str) -> list[Part]:
    """List the blocks at the top level of a text, in order: "heading", "bullet_list", "hr"."""
    return [
        Part(
            token.type.removesuffix("_open"),
            int(token.tag[1]) if token.type == "heading_open" else 0,
            token.map[0] + 1,
            token.map[1] + 1,
        )
        for token in _parse(markdown)
        if token.level == 0 and token.map
    ]


def headings(markdown: str) -> list[str]:
    """List the titles of all headings of a text, those in lists and quotations too."""
    tokens = _parse(markdown)
    return [
        following.content.strip()
        for token, following in pairwise(tokens)
        if token.type == "heading_open"
    ]


def section_key(title: str) -> str:
    """Reduce a title to what sections are compared by: "À retenir :" -> "aretenir"."""
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
    """Yield the prose of a text, paragraph by paragraph (list items, cells and headings too).

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


def passages(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the prose of a text as it is written, inline code in its backticks, with its line."""
    for token in _parse(markdown):
        if token.type == "inline" and token.map:
            yield token.map[0] + 1, token.content
