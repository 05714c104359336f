"""Find the calls of a Rust text that print, and which line of the output each of them printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from curator.rust.source import analyse

_CALL = re.compile(r"(?<![\w!])(print|println)\s*!\s*([(\[{])")
_FORMAT = re.compile(r'\s*"((?:[^"\\]|\\(?s:.))*)"')
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_MAIN = re.compile(r"\bfn\s+main\b[^{;]*\{")
_BRANCH = re.compile(r"(?:\b(?:if|else|match)\b[^;{}]*|=>\s*)$")
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
    for here in range(at, len(bare)):
        depth += {**dict.fromkeys("([{", 1), **dict.fromkeys(")]}", -1)}.get(bare[here], 0)
        if not depth:
            return here + 1
    return len(bare)


def _is_branch(before: str) -> bool:
    """Tell whether what follows a text is a branch of an `if` or a `match`, or directly in one."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] == "}") - (before[at] == "{")
        if depth < 0:
            return _BRANCH.search(before[:at]) is not None or _BRANCH.search(before) is not None
    return False


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


@lru_cache(maxsize=256)
def print_calls(code: str) -> tuple[Call, ...]:
    """List the calls of a text that print to the standard output, in the order of the text."""
    bare = analyse(code).bare
    first, end, depth = _once(bare)
    calls = []
    for match in _CALL.finditer(bare):
        stop = _end_of(bare, match.end() - 1)
        shape = _FORMAT.match(code, match.end(), stop)
        text = shape[1] if shape else "" if code[match.end() : stop - 1].strip() == "" else "{}"
        before = bare[: match.start()]
        once = first <= match.start() < end and before.count("{") - before.count("}") == depth
        once = once and before.count("(") == before.count(")")  # no closure's body
        holes = [m[0] for m in _PLACEHOLDER.finditer(text) if m[0] not in ("{{", "}}")]
        fixed = None if holes else _unescaped(text.replace("{{", "{").replace("}}", "}"))
        plain = len(holes) == 1 and holes[0] == text
        words = re.search(r"[^\W\d_]{2}", _PLACEHOLDER.sub("", text)) is not None
        line = match[1] == "println"
        calls.append(
            Call(
                match.start(),
                stop,
                line,
                _pattern(text),
                plain,
                words,
                fixed,
                once,
                _is_branch(before),
            )
        )
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
