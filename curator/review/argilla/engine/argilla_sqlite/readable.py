"""Texts as people read them, and the words that they may be searched by.

What is shown is Markdown in which everything that could be HTML is written as entities; people see,
and look for, the characters. Prose and code are read differently:

prose   words; and of the marks only those that nobody writes in a sentence: < > & = :: -> 'a
code    these and the other operators too: * + / % ! ? ^ | # @ $ ~ [ ] .. -=

A mark is indexed as a word: a character of Unicode's private use, which FTS5's tokenizer takes for
a letter. So `Vec<T>` is the phrase "vec < t >", and not every text with both letters. A lifetime is
one word, which no French elision is (l'a, qu'a), nor a character in quotes ('a').
"""

import re
from collections.abc import Iterator

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


def indexed(markdown: str) -> str:
    """Return what a text is indexed by."""
    return "\n".join(words(piece, code) for piece, code in _pieces(markdown) if piece)
