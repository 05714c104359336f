"""Find pieces of code in code, and put others in their place.

Comments and literals are never the place of a change.
"""

import re
from collections.abc import Iterator

from curator.rust.source import analyse

MOST = 12  # ways to make one change; with more, prose does not say what it means
Piece = tuple[int, int]  # from, to: offsets in the code


def is_elided(text: str) -> bool:
    """Tell whether something is left out of a piece of code."""
    return "…" in text or "..." in text.replace("..=", "")


def _tokens(text: str) -> list[str]:
    return re.findall(r"'\w+|\w+|\"(?:[^\"\\]|\\.)*\"|[^\s\w]", text)


def found(text: str, code: str) -> list[Piece]:
    """List where a piece of code stands in another, whatever the white space between tokens."""
    tokens = _tokens(text)
    if not tokens or is_elided(text):
        return []
    pattern = r"\s*".join(map(re.escape, tokens))
    before = r"(?<![\w'])" if re.match(r"[\w']", tokens[0]) else ""
    after = r"(?!\w)" if re.search(r"\w$", tokens[-1]) else ""
    if tokens[-1] in ("&", "|", "=") or tokens[0] == "&":
        before, after = before or r"(?<!&)", after or r"(?!&)"
    before = r"(?<!:)" if tokens[0] == ":" and tokens[1:2] != [":"] else before
    bare = analyse(code).bare
    matches = re.finditer(before + pattern + after, code)
    return [(m.start(), m.end()) for m in matches if not bare[m.start()].isspace()]


def put(code: str, piece: Piece, new: str) -> str:
    """Put other code in the place of a piece."""
    return code[: piece[0]] + new + code[piece[1] :]


def cut(code: str, piece: Piece) -> str:
    """Remove a piece with the white space before it."""
    return code[: piece[0]].rstrip(" ") + code[piece[1] :]


def each_and_all(code: str, pieces: list[Piece], new: str) -> Iterator[str]:
    """Replace each piece by itself, then all together."""
    for piece in pieces if len(pieces) < MOST else []:
        yield put(code, piece, new)
    if len(pieces) > 1:
        text = code
        for piece in reversed(pieces):
            text = put(text, piece, new)
        yield text


def lines(code: str) -> list[str]:
    """Split code into its lines."""
    return code.split("\n")


def line_of(code: str, at: int) -> int:
    """Return the line of an offset, from 0."""
    return code.count("\n", 0, at)


def without_lines(code: str, first: int, last: int) -> str:
    """Remove lines, from `first` to `last`, from 0."""
    rows = lines(code)
    return "\n".join(rows[:first] + rows[last + 1 :])


def closing(text: str, at: int, marks: str) -> int:
    """Return the place after the bracket that closes the one at `at`; -1 if none does."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == marks[0]) - (text[i] == marks[1] and text[i - 1] != "-")
        if depth == 0:
            return i + 1
    return -1


def is_statement(text: str) -> bool:
    """Tell whether a piece of code is a statement, with its semicolon or without."""
    return text.endswith((";", ")")) or re.match(r"let\b", text) is not None
