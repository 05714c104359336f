"""Texts as people read them, and the words that they may be searched by.

What is shown is HTML of ours, or Markdown in which everything that could be HTML is written as
entities; people see, and look for, the characters. Prose and code are read differently:

prose   words; and of the marks only those that nobody writes in a sentence: < > & = :: -> 'a
code    these and the other operators too: * + / % ! ? ^ | # @ $ ~ [ ] .. -=

A mark is indexed as a word: a character of Unicode's private use, which FTS5's tokenizer takes for
a letter. So `Vec<T>` is the phrase "vec < t >", and not every text with both letters. A lifetime is
one word, which no French elision is (l'a, qu'a), nor a character in quotes ('a').
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

_BASE = 0xE000  # private use; a mark's word is its ASCII code above this
_ARROW, _PATH, _RANGE = "\ue100", "\ue101", "\ue102"
_LIFETIME = chr(_BASE + ord("'"))
_ALWAYS = {**{c: chr(_BASE + ord(c)) for c in "<>&="}, "->": _ARROW, "::": _PATH}
_IN_CODE = {**{c: chr(_BASE + ord(c)) for c in "*+/%!?^|#@$~[]"}, "..": _RANGE}
_IN_CODE["-="] = chr(_BASE + ord("-")) + _ALWAYS["="]

_TICK = re.compile(r"(?<![\w'’])'(_|[A-Za-z]\w*)(?!['’\w])")
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})([^\n`]*)$")
_SPAN = re.compile(r"<code>(.*?)</code>|(?<!`)(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.DOTALL)
_ENTITY = re.compile(r"&#(\d{1,7});")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def _pattern(marks: dict[str, str]) -> re.Pattern[str]:
    longest_first = sorted(marks, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


_PROSE = _pattern(_ALWAYS)
_CODE = _pattern(_ALWAYS | _IN_CODE)
_WORDS = _ALWAYS | _IN_CODE


def words(text: str, code: bool) -> str:
    """Return a text with its marks as words of their own; `code`: the operators among them."""
    text = _PRIVATE.sub(" ", text)
    text = _TICK.sub(lambda found: f" {_LIFETIME}{found[1]} ", text)
    return (_CODE if code else _PROSE).sub(lambda found: f" {_WORDS[found[0]]} ", text)


def means_something(text: str) -> bool:
    """Tell whether the tokenizer finds a word here; other punctuation alone is passed over."""
    return any(char.isalnum() or _PRIVATE.match(char) for char in text)


def readable(text: str) -> str:
    """Return the characters that entities stand for."""
    return _ENTITY.sub(lambda found: _character(int(found[1])), text)


def _character(number: int) -> str:
    return chr(number) if number < 0x110000 else " "


def _pieces(markdown: str) -> Iterator[tuple[str, bool]]:
    """Yield a Markdown text in pieces: what is written, and whether it is code."""
    prose: list[str] = []
    code: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                yield "\n".join(code), True
                code, fence = [], ""
            else:
                code.append(line)
        elif found:
            yield from _prose("\n".join(prose))
            prose, fence = [], found[1]
        else:
            prose.append(line)
    yield "\n".join(code), True
    yield from _prose("\n".join(prose))


def _prose(text: str) -> Iterator[tuple[str, bool]]:
    """Yield prose and the code inside it; of a quotation the text, of an entity the character."""
    text, at = _QUOTED.sub("", text), 0
    for span in _SPAN.finditer(text):
        yield readable(text[at : span.start()]), False
        yield readable(span[1] if span[1] is not None else span[3]), True
        at = span.end()
    yield readable(text[at:]), False


class _Html(HTMLParser):
    """Reads HTML of ours: `pieces` are what is written, and whether it is code.

    Left out are attributes, signs of a diff, and the words above what is folded, which are ours.
    """

    INLINE = frozenset({"span", "a", "em", "strong", "b", "i"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[str, bool]] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens; a block or code ends the words before it."""
        if tag not in self.INLINE:
            self.pieces.append(("\n", False))
        if tag not in ("br", "hr", "img"):
            self._open.append((tag, dict(attrs).get("class") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Forget what closes, and what it left open."""
        while self._open and any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break
        if tag not in self.INLINE:
            self.pieces.append(("\n", False))

    def handle_data(self, data: str) -> None:
        """Take text in."""
        if any(name == "summary" or "curator-sign" in kind for name, kind in self._open):
            return
        code = any(name in ("code", "pre") for name, _ in self._open)
        if self.pieces and self.pieces[-1][1] == code:
            data = self.pieces.pop()[0] + data
        self.pieces.append((data, code))


def _is_html(text: str) -> bool:
    return text.startswith("<div")


def indexed(shown: str) -> str:
    """Return what a text is indexed by."""
    if _is_html(shown):
        parser = _Html()
        parser.feed(shown)
        parser.close()
        pieces: Iterable[tuple[str, bool]] = parser.pieces
    else:
        pieces = _pieces(shown)
    return "\n".join(words(piece, code) for piece, code in pieces if piece)
