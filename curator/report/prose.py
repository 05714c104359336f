"""Render a model's Markdown as HTML that can do nothing: no HTML of its own, no link, no image.

What is long is shown as it stands, cut: no text can hold up the page or the one who reads it.
"""

from functools import cache
from html import escape
from typing import TYPE_CHECKING

from curator.report.language import say
from curator.report.language.numbers import number

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

RENDERED = 12_000  # characters; a longer answer is not read as Markdown
SHOWN = 40_000  # characters; ten times what 1024 tokens make


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    parser.enable("table")
    return parser.disable(["link", "image", "autolink", "html_inline", "html_block", "reference"])


def render(markdown: str) -> str:
    """Render a text; its headings are paragraphs of their own kind, so that the page's stand out.

    A text of more than RENDERED characters is shown as it is, and cut after SHOWN.
    """
    if len(markdown) > RENDERED:
        return _as_it_is(markdown)
    parser = _parser()
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
            if token.type == "heading_open":
                token.attrs = {"class": "titre"}
        elif token.type in ("fence", "code_block"):
            token.info = ""  # a class of the author's making otherwise
        elif token.type in ("td_open", "th_open"):
            token.attrs = {}  # the alignment is a style, which the page does not allow
        elif token.type == "ordered_list_open":
            token.attrs = {}
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html


def _as_it_is(text: str) -> str:
    cut = text[:SHOWN]
    note = ""
    if len(text) > SHOWN:
        length = say(
            f"{number(len(text))} caractères ; les {number(SHOWN)} premiers sont montrés.",
            f"{number(len(text))} characters; the first {number(SHOWN)} are shown.",
        )
        note = f'<p class="coupe">{length}</p>'
    return f'{note}<pre class="brut">{escape(cut)}</pre>'
