"""What annotators type in the search box, as an FTS5 expression.

The language is that of Elasticsearch's `simple_query_string` with AND between words, as Lucene's
SimpleQueryParser reads it: `"phrase"`, `word*`, `-not`, `a | b`, `a + b`, `( )`, backslash escapes.
No input is an error: what makes no sense is passed over, as there. Operators have no precedence,
each joins what stands left of it with what follows. Differences: `word~1` finds the word itself,
`"two words"~3` the words within 3 of each other in any order (FTS5's NEAR), and marks of Rust are
words (see readable.py): `->` looks for an arrow and negates nothing, `"|x|"` for a closure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .readable import means_something, words

_OPERATORS = {"|": "OR", "+": "AND"}
_END = frozenset('"|+()')
_MARK = re.compile(r"->|[-+]=(?=\s|$)")  # begins with an operator of the search, and is none
_CODE_ONLY = re.compile(r"(?<!\w)[*+/%!?^|#@$~\[]+\w")  # `!y`, `*x`: in no sentence
_LETTER = re.compile(r"\w")
_IDLE = frozenset("*+/%!?^|#@$~[]")  # alone, without quotes, these are punctuation
_DEEPEST = 20  # what would nest deeper is passed over; FTS5's parser has a stack of 100


@dataclass(frozen=True)
class _Query:
    """An FTS5 expression: `parts` joined by `operator`, and how deep it nests."""

    parts: tuple[str, ...]
    operator: str = ""
    depth: int = 0

    def __str__(self) -> str:
        joined = f" {self.operator} ".join(self.parts)
        return f"({joined})" if self.operator else joined

    def joined(self, operator: str, other: "_Query") -> "_Query":
        """Join both; one more of the same operator nests no deeper."""
        same = self.operator == operator
        first = self.parts if same else (str(self),)
        depth = max(self.depth if same else self.depth + 1, other.depth + 1)
        return _Query((*first, str(other)), operator, depth)


@dataclass
class _Reader:
    """Reads one level of brackets; `at` is where in `text`."""

    text: str
    leaf: str  # which columns a word is looked for in
    every: str  # what every record has
    depth: int = 0
    at: int = 0
    top: _Query | None = None
    operator: str = ""
    negated: bool = False

    def read(self) -> _Query | None:
        """Read the whole text; None where there is nothing to look for."""
        while self.at < len(self.text):
            self._one(self.text[self.at])
        return self.top

    def _one(self, char: str) -> None:
        if _MARK.match(self.text, self.at):
            self._word()
        elif char == "-":
            self.negated = not self.negated
            self.at += 1
            return
        if char == "(":
            self._brackets()
        elif char == '"':
            self._phrase()
        elif char in "|+":
            self.operator = self.operator or (_OPERATORS[char] if self.top else "")
            self.at += 1
        elif char == ")" or char.isspace():
            self.at += 1
        else:
            self._word()
        self.negated = False

    def _brackets(self) -> None:
        end = _closing(self.text, self.at, "(", ")")
        if end is None or self.depth >= _DEEPEST:
            self.at += 1
            return
        inside, self.at = self.text[self.at + 1 : end], end + 1
        self._join(_Reader(inside, self.leaf, self.every, self.depth + 1).read())

    def _phrase(self) -> None:
        end = _closing(self.text, self.at, None, '"')
        if end is None:
            self.at += 1
            return
        phrase, self.at = _plain(self.text[self.at + 1 : end]), end + 1
        slop = self._number()
        near = words(phrase, code=False)
        if slop and means_something(near):
            terms = " ".join(_quoted(w) for w in near.split() if means_something(w))
            self._join(_Query((f"{self.leaf}NEAR({terms}, {slop})",)))
        else:
            self._join(self._exact(phrase))

    def _word(self) -> None:
        start = self.at
        if mark := _MARK.match(self.text, self.at):
            self.at = mark.end()
        while self.at < len(self.text) and not self._stops():
            self.at += 2 if self.text[self.at] == "\\" else 1
        raw = self.text[start : self.at]
        raw = re.sub(r"(?<!\\)~\d*$", "", raw)
        if raw.endswith("*") and not raw.endswith("\\*"):
            stem = words(_plain(raw[:-1]), code=False)
            prefix = f"{self.leaf}{_quoted(stem)} *" if means_something(stem) else self.every
            self._join(_Query((prefix,)))
        elif raw not in _IDLE:
            self._join(self._exact(_plain(raw)))

    def _exact(self, text: str) -> _Query | None:
        """Look for a text as it stands in code, or as in prose, where fewer marks are words."""
        both = (True,) if _CODE_ONLY.search(text) or not _LETTER.search(text) else (True, False)
        forms = dict.fromkeys(words(text, code) for code in both)
        leaves = [f"{self.leaf}{_quoted(form)}" for form in forms if means_something(form)]
        if not leaves:
            return None
        return _Query(tuple(leaves), "OR", 1) if len(leaves) > 1 else _Query((leaves[0],))

    def _stops(self) -> bool:
        char = self.text[self.at]
        return char in _END or char.isspace()

    def _number(self) -> int:
        distance = re.compile(r"~(\d{1,4})").match(self.text, self.at)
        if not distance:
            return 0
        self.at = distance.end()
        return int(distance[1])

    def _join(self, new: _Query | None) -> None:
        if new is None:
            return
        if self.negated:
            new = _Query((self.every,)).joined("NOT", new)
        joined = self.top.joined(self.operator or "AND", new) if self.top else new
        if joined.depth <= _DEEPEST:
            self.top = joined
        self.operator = ""


def _closing(text: str, start: int, opens: str | None, closes: str) -> int | None:
    """Find where what opens at `start` ends; None if it does not."""
    depth, at = 1, start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == closes:
            depth -= 1
            if not depth:
                return at
        elif text[at] == opens:
            depth += 1
        at += 1
    return None


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL).replace("\x00", " ")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def expression(
    text: str, dataset: str, column: str | None = None, left_out: Sequence[str] = ()
) -> str | None:
    """Write the FTS5 query for `text` in a dataset's records (hexadecimal id), in `column`, or in
    all but those `left_out`.

    None when nothing can match: a text without any word.
    """
    every = f'dataset : "{dataset}"'
    leaf = f"{column} : " if column else f"- {{dataset {' '.join(left_out)}}} : "
    query = _Reader(text, leaf, every).read()
    return None if query is None else f"({every} AND {query})"
