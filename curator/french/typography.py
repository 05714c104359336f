"""Set French prose as it is printed: apostrophes, and spaces that do not break; never code.

    U+202F (narrow) before ; ! ? %      U+00A0 before : and inside « »      U+2019 in "l'emprunt"

`typeset` takes plain text, `typeset_markdown` a text with code. Both only change characters where
somebody typed a space or an apostrophe, or set guillemets without spaces: no word is added. `typed`
is the way back, to what a keyboard has; texts are stored as they were typed, and set where they are
shown to people or trained on.

Markdown is read by lines, since a parse would take most of the time of a build. Where a text has
what lines do not tell for certain (HTML, fences in lists and quotations), the result is held
against the parse, and the text stays as it is where any code or address would change.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt

from curator.text.fences import unlabelled

THIN, HARD, APOSTROPHE = "\u202f", "\u00a0", "\u2019"


class _Marks(NamedTuple):
    """What stands for an apostrophe, before ; ! ? % and before : or inside « »."""

    apostrophe: str
    thin: str
    hard: str


_PRINTED = _Marks(APOSTROPHE, THIN, HARD)
_TYPED = _Marks("'", " ", " ")

_CODE = "\ufdd0"  # stands for what is no prose; a non-character, which no text has
_SPACE = f"[ {HARD}{THIN}]"
_QUOTE = f"['{APOSTROPHE}]"
# Between letters, but for the byte literal b'a'; and where what is elided is marked up or code.
_IN_WORD = re.compile(rf"(?<=[^\W\d_])(?<!\bb){_QUOTE}(?=\w)")
_ELIDED = re.compile(
    rf"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|entr){_QUOTE}"
    rf"(?=[«“\"(*_\[{_CODE}])",
    re.IGNORECASE,
)
# After a space at the start of a line, "!" may be of an image, and ":" of a table or a list.
_DOUBLE = re.compile(rf"(?<=[^\s|]){_SPACE}(?=[;!?]+(?:[\s)\]}}»”\"'{APOSTROPHE}*_.,…|]|$))")
_COLON = re.compile(rf"(?<=[^\s|]){_SPACE}(?=:(?:[\s*_»]|$))")
_PERCENT = re.compile(rf"(?<=\d){_SPACE}(?=%(?!\w))")
_OPENING = re.compile(rf"«{_SPACE}*(?=\S)")
_CLOSING = re.compile(rf"(?<=\S){_SPACE}*»")


def _set(text: str, marks: _Marks) -> str:
    """Write prose with these marks."""
    text = _IN_WORD.sub(marks.apostrophe, text)
    text = _ELIDED.sub(rf"\1{marks.apostrophe}", text)
    text = _DOUBLE.sub(marks.thin, text)
    text = _COLON.sub(marks.hard, text)
    text = _PERCENT.sub(marks.thin, text)
    return _CLOSING.sub(f"{marks.hard}»", _OPENING.sub(f"«{marks.hard}", text))


def typeset(text: str) -> str:
    """Return plain text, all of it prose, as it is printed."""
    return _set(text, _PRINTED)


def typeset_markdown(markdown: str) -> str:
    """Return a Markdown text with its prose as it is printed; twice is the same as once."""
    return _rewritten(markdown, _PRINTED)


def as_asked(question: str) -> str:
    """Return a question as a model is asked it and people read it: as printed, without labels."""
    return typeset_markdown(unlabelled(question))


def typed(markdown: str) -> str:
    """Return a Markdown text as a keyboard types it: the way back from `typeset_markdown`."""
    return _rewritten(markdown, _TYPED)


_LINE = re.compile(r"(\r\n?|\n)")
# Marks of quotations, lists and headings at the start of a line, each with one space.
_PREFIX = re.compile(r"(?: {0,3}(?:>|(?:[-+*]|\d{1,9}[.)]|#{1,6})(?=[ \t]|$))[ \t]?)*")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
_HTML = re.compile(r" {0,3}<(?![A-Za-z][\w+.-]*:)[A-Za-z/!?]")
_DEFINITION = re.compile(r"[ \t]*\[[^\]]+\]:")
_INDENTED = re.compile(r" {4}| {0,3}\t")
_CODE_SPAN = r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)"
_TARGET = r"\((?:[^()\n]|\([^()\n]*\))*\)"
_ADDRESS = rf"<[^<>\n]*>|\]{_TARGET}|(?:https?://|www\.)\S+"
_NO_PROSE = re.compile(f"{_CODE_SPAN}|{_ADDRESS}", re.DOTALL)
_NO_PROSE_NO_LABEL = re.compile(rf"{_CODE_SPAN}|{_ADDRESS}|\[[^\]\n]*\](?:{_TARGET})?", re.DOTALL)


_PROSE = ("inline", "text", "image")  # kinds of tokens whose content is prose


class _Piece(NamedTuple):
    """Part of a text: prose, or what is not; `doubtful` where lines do not tell for certain."""

    text: str
    is_prose: bool = False
    doubtful: bool = False


def _pieces(markdown: str) -> Iterator[_Piece]:
    """Part a text into prose, a block or less at a time, and the rest."""
    parts = _LINE.split(markdown)
    prose, fence, html, odd = "", "", False, False  # odd: the fence is not at the margin
    for line, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        html = html and bool(line.strip())
        prefix = _PREFIX.match(line).group()  # type: ignore[union-attr]  # matches all, if empty
        rest = line[len(prefix) :]
        opens = None if fence else _FENCE.match(rest)
        html = html or bool(_HTML.match(rest))
        apart = bool(fence or opens or html or _INDENTED.match(rest) or _DEFINITION.match(rest))
        if prose and (apart or prefix or not rest.strip() or rest.lstrip()[0] == "|"):
            yield _Piece(prose, is_prose=True)
            prose = ""
        if apart:
            odd = (line[0] not in "`~") if opens else odd and bool(fence)
            yield _Piece(line + end, doubtful=odd or html or bool(_DEFINITION.match(rest)))
            fence = opens[1] if opens else "" if _closes(rest if odd else line, fence) else fence
        else:
            if prefix:
                yield _Piece(prefix)
            prose += rest + end
            if "#" in prefix:
                yield _Piece(prose, is_prose=True)
                prose = ""
    yield _Piece(prose, is_prose=True)


def _closes(line: str, fence: str) -> bool:
    """Tell whether a line ends the block that these marks opened."""
    marks = line.strip(" \t")
    return len(marks) >= len(fence) > 0 and not marks.strip(fence[0]) and not _INDENTED.match(line)


def _rewritten(markdown: str, marks: _Marks) -> str:
    if _CODE in markdown:
        return markdown
    pieces = list(_pieces(markdown))
    defined = any(_DEFINITION.match(p.text) for p in pieces if p.doubtful)
    pattern = _NO_PROSE_NO_LABEL if defined else _NO_PROSE
    new = "".join(_prose(p.text, marks, pattern) if p.is_prose else p.text for p in pieces)
    # A space that is typed may make a list of a dash, which one that is printed does not.
    doubtful = marks is _TYPED or any(map(_is_doubtful, pieces))
    if doubtful and new != markdown and _unchanging(new) != _unchanging(markdown):
        return markdown
    return new


def _is_doubtful(piece: _Piece) -> bool:
    """Tell whether HTML may be in a piece, or code that goes on from line to line, or beyond it.

    Backticks that pair within each line pair so for everybody.
    """
    if not piece.is_prose:
        return piece.doubtful
    if "`" not in piece.text:
        return "<" in piece.text
    alone = "`" in _NO_PROSE.sub("", piece.text)
    return alone or "<" in piece.text or any("\n" in f[0] for f in _NO_PROSE.finditer(piece.text))


_TO_SET = re.compile(rf"['{APOSTROPHE}«»{HARD}{THIN}]| [;!?:%]")


def _prose(text: str, marks: _Marks, no_prose: "re.Pattern[str]") -> str:
    """Set a piece of prose around the code in it; not where a backtick tells no code."""
    if not _TO_SET.search(text):
        return text
    kept = [found.group() for found in no_prose.finditer(text)]
    masked = no_prose.sub(_CODE, text)
    if "`" in masked or "\\`" in text:
        return text
    parts = _set(masked, marks).split(_CODE)
    return "".join(part + code for part, code in zip(parts, [*kept, ""], strict=True))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _unchanging(markdown: str) -> list[object]:
    """List what no typography may change: the kinds of all parts, code, HTML, addresses."""
    tokens = _parser().parse(markdown)
    inner = (child for token in tokens for child in token.children or ())
    return [
        (t.type, t.info, t.attrs, "" if t.type in _PROSE else t.content) for t in (*tokens, *inner)
    ]
