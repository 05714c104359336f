"""A question or an answer on a card: its Markdown as HTML of ours, its blocks as listings."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from curator.review.cards.listing import block
from curator.review.cards.markup import element, escaped
from curator.rust.document import BlockResult

# Writes a block of the text as HTML: its code, the language of its fence, its first line.
Listing = Callable[[str, str, int], str]
_PLAIN = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "em", "strong", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "br",
}  # fmt: skip
_RUST = re.compile(
    r"(?:rust|rs|ignore|should_panic|no_run|compile_fail|test_harness|standalone_crate|e\d{4}"
    r"|edition\d+)\b"
)


class _Html(RendererHTML):
    """Writes the elements of Markdown, bare, and everything else as text."""

    def renderToken(  # noqa: N802  markdown-it's name
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        token = tokens[idx]
        if token.hidden or token.tag not in _PLAIN:
            return "" if token.hidden else escaped(token.content)
        end = "\n" if token.block and token.nesting <= 0 else ""
        return f"</{token.tag}>{end}" if token.nesting < 0 else f"<{token.tag}>{end}"

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Write text."""
        return escaped(tokens[idx].content)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Write a code span."""
        return element("code", escaped(tokens[idx].content))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Write an image as the words that stand for it: nothing is loaded."""
        token = tokens[idx]
        return escaped(f"![{token.content}]({token.attrGet('src') or ''})")

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Open a link to another site; where it leads elsewhere, only its words are shown."""
        address = str(tokens[idx].attrGet("href") or "")
        if urlsplit(address).scheme not in {"http", "https"}:
            return "<span>"
        return f'<a href="{escaped(address)}" rel="noopener noreferrer nofollow">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Close what `link_open` opened."""
        depth, at = 1, idx
        while depth:
            at -= 1
            depth += {"link_open": -1, "link_close": 1}.get(tokens[at].type, 0)
        opened = self.link_open(tokens, at, options, env)
        return "</a>" if opened.startswith("<a") else "</span>"

    def softbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """End a line where the author did."""
        return "<br>"

    def hardbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """End a line."""
        return "<br>"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Write a block of code."""
        token = tokens[idx]
        line = (token.map or [0])[0] + 2
        return str(env["listing"](token.content, _language(token.info), line)) + "\n"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Write an indented block: code, of which nothing says that it is Rust."""
        token = tokens[idx]
        return str(env["listing"](token.content, "", (token.map or [0])[0] + 1)) + "\n"


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}, renderer_cls=_Html).enable("table")


def _language(info: str) -> str:
    word = info.strip().casefold()
    return "rust" if _RUST.match(word) else "diff" if word == "diff" else ""


def _block(code: str, language: str, line: int) -> str:
    return block(code, language)


def rendered(markdown: str, listing: Listing = _block) -> str:
    """Write a text of others as HTML: its words and its form, no HTML and no image of its own."""
    return str(_reader().render(markdown, {"listing": listing}))


def listing_of(
    role: str, blocks: Sequence[BlockResult], fold: Callable[[BlockResult], str]
) -> Listing:
    """Make the listings of a text: with rustc's words where a block of it fails.

    `fold` says under which words a block is folded that need not be; "" for others.
    """
    known = {b.block.line: b for b in blocks if b.role == role}

    def listing(code: str, language: str, line: int) -> str:
        found = known.get(line)
        if found is None:
            return block(code, language)
        return block(code, "rust", found.pointers, fold(found))

    return listing
