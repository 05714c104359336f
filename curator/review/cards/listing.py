"""Code on a card: coloured, its lines numbered, with rustc's words under them, folded if long."""

from collections.abc import Iterable, Mapping, Sequence

from curator.french import review as wording
from curator.review.cards.highlight import highlighted
from curator.review.cards.markup import CLASS, element, escaped, folded
from curator.rust.pointers import Pointer

LONG = 18  # lines: longer blocks are folded, unless rustc points into them
SHORT = 8  # lines: longer ones are, where what counts of them is shown above
_START = "\u2060"  # the page cleans spaces off the start of an attribute; this is none, nor seen
_END = "&#10;"  # a line's end that is no blank line of Markdown


def _line(html: str, pointer: Pointer | None) -> str:
    """Write a line; rustc's words below it are no part of what is copied or searched."""
    kind = "" if pointer is None else "error" if pointer.primary else "reason"
    shown = element("span", html, "line" + (f" {CLASS}-{kind}" if kind else ""))
    if pointer is None:
        return shown + _END
    said = "".join(
        element("span", "", f"under {CLASS}-{kind}-said", **{"data-said": _START + escaped(row)})
        for row in pointer.under
    )
    return shown + _END + said


def listing(code: str, is_rust: bool, pointers: Sequence[Pointer] = ()) -> str:
    """Write a block of code as HTML, each line an element of its own."""
    by_line: Mapping[int, Pointer] = {p.line: p for p in pointers}
    lines = highlighted(code.rstrip("\n"), is_rust)
    shown = "".join(_line(html, by_line.get(n)) for n, html in enumerate(lines, 1))
    numbered = "code" if is_rust else "output"
    return element("pre", element("code", shown, **{"class": "hljs"}), numbered)


def row(kind: str, sign: str, html: str) -> str:
    """Write a line of a diff: "old", "new", "same" or "gap", its sign, its HTML."""
    mark = element("span", sign, "sign")
    return element("span", f"{mark}{html}", f"line {CLASS}-{kind}") + _END


def rows(shown: Iterable[str]) -> str:
    """Write the lines of a diff as a block."""
    return element("pre", element("code", "".join(shown), **{"class": "hljs"}), "diff")


def patch(text: str) -> str:
    """Write a diff whose lines begin with their sign."""
    kinds = {"-": "old", "+": "new"}
    lines = text.rstrip("\n").split("\n")
    coloured = [highlighted(line[1:], True)[0] for line in lines]
    signs = [escaped(line[:1]) or " " for line in lines]
    every = zip(lines, signs, coloured, strict=True)
    return rows(row(kinds.get(line[:1], "same"), sign, html) for line, sign, html in every)


def block(code: str, language: str, pointers: Sequence[Pointer] = (), fold: str = "") -> str:
    """Write a block, folded where it is long; `fold` are the words above what was shown in part."""
    is_rust = language == "rust"
    shown = patch(code) if language == "diff" else listing(code, is_rust, pointers)
    count = code.rstrip("\n").count("\n") + 1
    if pointers or count <= (SHORT if fold else LONG):
        return shown
    words = fold or (wording.LONG_PROGRAM if is_rust else wording.LONG_OUTPUT)
    return folded(escaped(words.format(count=count)), shown)
