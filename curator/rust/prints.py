"""Find the calls of a Rust text that print, and which line of the output each of them printed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from curator.rust.source import analyse

_CALL = re.compile(r"(?<![\w!])(print|println)\s*!\s*([(\[{])")
_FORMAT = re.compile(r'\s*"((?:[^"\\]|\\(?s:.))*)"')
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_MAIN = re.compile(r"\bfn\s+main\b[^{;]*\{")
_BRANCH = re.compile(r"(?:\b(?:if|else|match)\b[^;{}]*|=>\s*)$")
_BRACKET = re.compile(r"[][(){}]")
_ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\", "\\'": "'"}


@dataclass(frozen=True)
class Call:
    """One `print!` or `println!`: its bytes, its format as a pattern of what it can print.

    `plain`: the format is a value alone. `words`: it has words beside its values. `fixed`: what it
    prints if no value is in it, else None. `branch`: it stands in a branch that may not be taken.
    `once`: it stands among the statements of `main`, in no branch or loop.
    """

    first: int
    end: int
    ends_line: bool
    pattern: "re.Pattern[str]"
    plain: bool
    words: bool
    fixed: str | None
    once: bool
    branch: bool


def _end_of(bare: str, at: int) -> int:
    """Return the end of a bracketed group that opens at `at`."""
    depth = 0
    for mark in _BRACKET.finditer(bare, at):
        depth += 1 if mark[0] in "([{" else -1
        if not depth:
            return mark.end()
    return len(bare)


def _places(bare: str, starts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield for each place how deep in braces and in parentheses it is, and its opening brace."""
    braces, parentheses, at = [-1], 0, 0
    for start in starts:
        for mark in re.finditer(r"[{}()]", bare[at:start]):
            if mark[0] == "{":
                braces.append(at + mark.start())
            elif mark[0] == "}":
                braces = braces[:-1] or [-1]
            else:
                parentheses += 1 if mark[0] == "(" else -1
        at = start
        yield len(braces) - 1, parentheses, braces[-1]


def _is_branch(bare: str, start: int, brace: int) -> bool:
    """Tell whether a place is a branch of an `if` or a `match`, or directly in one."""
    ends = (start, brace) if brace >= 0 else (start,)
    return any(_BRANCH.search(bare[max(0, end - 200) : end]) for end in ends)


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda m: _ESCAPES.get(m[0], m[0]), text)


def _pattern(text: str) -> "re.Pattern[str]":
    """Turn a format into a pattern of the lines that it can print."""
    at, parts = 0, []
    for mark in _PLACEHOLDER.finditer(text):
        parts.append(re.escape(_unescaped(text[at : mark.start()])))
        parts.append(re.escape(mark[0][0]) if mark[0] in ("{{", "}}") else "(.*)")
        at = mark.end()
    return re.compile("".join([*parts, re.escape(_unescaped(text[at:]))]), re.DOTALL)


def _once(bare: str) -> tuple[int, int, int]:
    """Return where the statements of the program stand, and how deep in braces."""
    for main in _MAIN.finditer(bare):
        before = bare[: main.start()]
        if before.count("{") == before.count("}"):
            return main.end(), _end_of(bare, main.end() - 1), 1
    return 0, len(bare), 0


def _call(code: str, bare: str, match: "re.Match[str]", once: bool, branch: bool) -> Call:
    end = _end_of(bare, match.end() - 1)
    shape = _FORMAT.match(code, match.end(), end)
    empty = not code[match.end() : end - 1].strip()
    text = shape[1] if shape else "" if empty else "{}"
    holes = [m[0] for m in _PLACEHOLDER.finditer(text) if m[0] not in ("{{", "}}")]
    return Call(
        first=match.start(),
        end=end,
        ends_line=match[1] == "println",
        pattern=_pattern(text),
        plain=holes == [text],
        words=re.search(r"[^\W\d_]{2}", _PLACEHOLDER.sub("", text)) is not None,
        fixed=None if holes else _unescaped(text.replace("{{", "{").replace("}}", "}")),
        once=once,
        branch=branch,
    )


@lru_cache(maxsize=256)
def print_calls(code: str) -> tuple[Call, ...]:
    """List the calls of a text that print to the standard output, in the order of the text."""
    bare = analyse(code).bare
    first, end, depth = _once(bare)
    matches = list(_CALL.finditer(bare))
    calls = []
    places = _places(bare, [match.start() for match in matches])
    for match, (braces, parentheses, brace) in zip(matches, places, strict=True):
        inside = first <= match.start() < end
        once = inside and braces == depth and not parentheses  # in a parenthesis: a closure's
        branch = _is_branch(bare, match.start(), brace)
        calls.append(_call(code, bare, match, once, branch))
    return tuple(calls)


def lines_of_calls(calls: Sequence[Call], stdout: str) -> dict[int, str] | None:
    """Return the line that each call printed, by its index; None where that cannot be told.

    It can where each call stands among the statements of `main`, and there are as many lines.
    """
    if not all(call.once for call in calls) or stdout.count("\n") != sum(
        call.ends_line for call in calls
    ):
        return None
    lines = stdout.split("\n")
    return {at: lines[sum(c.ends_line for c in calls[:at])] for at in range(len(calls))}
