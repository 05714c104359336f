"""Add code at a place that prose names, or move it there."""

import re
from collections.abc import Iterator

from curator.french.changes import Change
from curator.rust.pieces import (
    closing,
    each_and_all,
    found,
    is_elided,
    is_statement,
    line_of,
    lines,
    put,
)
from curator.rust.removal import KEYWORDS, without_text
from curator.rust.source import analyse


def added(change: Change, code: str) -> Iterator[str]:
    """Yield the code with what is named added, at each place that may be meant."""
    text = change.code.strip()
    if is_elided(text):
        return
    if text.startswith(("use ", "#!")) and not change.place:
        yield f"{text}\n{code}"
    elif text.startswith("#[") or (change.where == "above"):
        yield from _above(text, change.place, code)
    elif text.startswith("."):
        yield from _method(text, change.place, code)
    elif is_statement(text):
        yield from _inserted(text.rstrip(";") + ";", change, code)
    elif text in KEYWORDS or text in ("&", "&mut", "*"):
        yield from _marked(text, change, code)


def _above(text: str, place: str, code: str) -> Iterator[str]:
    """Put an attribute above the item that is named, or above each type."""
    name = re.sub(r"^(?:struct|enum|fn|impl|trait)\s+", "", place)
    kinds = r"(?:pub(?:\([^)]*\))? )?(?:struct|enum|fn|impl|trait|union)\b"
    bare = analyse(code).bare
    wanted = rf"^[ \t]*{kinds}.*\b{re.escape(name)}\b" if name else r"^(?:pub )?(?:struct|enum)\b"
    for m in re.finditer(wanted, bare, re.MULTILINE):
        yield put(code, (m.start(), m.start()), f"{text}\n")


def _method(text: str, place: str, code: str) -> Iterator[str]:
    """Add a method call to what is named: each time that it stands there, or all times."""
    pieces = [(end, end) for _, end in found(place, code)] if place else []
    calls = [p for p in pieces if not re.match(r"\s*[:(]", code[p[0] :])]
    yield from each_and_all(code, calls, text)


def _marked(word: str, change: Change, code: str) -> Iterator[str]:
    """Put a keyword before what is named; without a name, where the language wants it."""
    bare = analyse(code).bare
    space = "" if word in ("&", "*") else " "
    if change.place:
        pieces = [(start, start) for start, _ in found(change.place, code)]
    elif word == "move":
        pieces = [(m.start(), m.start()) for m in re.finditer(r"(?<![|\w)])\|[^|\n]*\|", bare)]
    elif word == "mut":
        pieces = [(m.end(), m.end()) for m in re.finditer(r"\blet (?!mut\b)(?=\w)", bare)]
    else:
        pieces = []
    yield from each_and_all(code, pieces, word + space)


def _inserted(statement: str, change: Change, code: str) -> Iterator[str]:
    rows = lines(code)
    if change.where == "end":
        yield from _at_end(statement, change.place, code)
    elif change.where in ("before", "after"):
        for start, end in found(change.place, code):
            row = line_of(code, start if change.where == "before" else end)
            at = row if change.where == "before" else row + 1
            yield "\n".join([*rows[:at], _indented(statement, rows[row]), *rows[at:]])
    elif change.where in ("here", "") and re.match(r"(?:(?:std::)?mem::)?drop\(", statement):
        # Any other call without a place may stand for an expression: `s.clone()` for `s`.
        yield from _anywhere(statement, code)


def _indented(statement: str, beside: str) -> str:
    return beside[: len(beside) - len(beside.lstrip())] + statement


def _at_end(statement: str, place: str, code: str) -> Iterator[str]:
    """Put a statement at the end of a function's body, or of what has no function around it."""
    bare = analyse(code).bare
    name = re.sub(r"^fn |\(.*", "", place) or "main"
    heads = list(re.finditer(rf"\bfn\s+{re.escape(name)}\b[^{{;]*\{{", bare))
    for m in heads:
        end = closing(bare, m.end() - 1, "{}") - 1
        if end > 0:
            open_ = bare[m.end() : end].rstrip()
            mark = ";" if open_ and open_[-1] not in ";}{" else ""
            at = m.end() + len(open_)
            after = code[at:end].rstrip()  # comments, that stay where they are
            last = code[:at].split("\n")[-1]
            indent = last[: len(last) - len(last.lstrip())] if open_ else "    "
            yield f"{code[:at]}{mark}{after}\n{indent}{statement}\n{code[end:]}"
    if not heads and name == "main":
        yield f"{code.rstrip()}\n{statement}\n"


def _anywhere(statement: str, code: str) -> Iterator[str]:
    """Put a statement after each line that ends one; more than a few places are too many."""
    rows = lines(code)
    ends = [i for i, row in enumerate(analyse(code).bare.split("\n")) if row.rstrip().endswith(";")]
    for at in ends:
        if rows[at][:1].isspace() or not analyse(code).only_items:
            yield "\n".join([*rows[: at + 1], _indented(statement, rows[at]), *rows[at + 1 :]])


def moved(change: Change, code: str) -> Iterator[str]:
    """Move a statement that stands there; one that does not is added."""
    text = change.code.strip()
    if not is_statement(text):
        return
    without = list(without_text(text, code))
    for base in without or [code]:
        yield from _inserted(text.rstrip(";") + ";", change, base)


def called(change: Change, code: str) -> Iterator[str]:
    """Yield the code with a call at its end, or at the end of the function that is named."""
    text = change.code.strip().rstrip(";")
    if text.endswith(")") and not is_elided(text):
        yield from _at_end(f"{text};", change.place, code)
