"""Read what comments of a Rust text state as its output: "// 5", "// => 5", "// affiche : 5".

A comment after a call that prints states an output if it looks like a value, or says that it is
one; elsewhere it must say so. Numbers that mark lines, prose and types are no outputs.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from curator.french import cues
from curator.rust.prints import Call, print_calls
from curator.rust.source import analyse

_NUMBER = r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
_ATOM = re.compile(
    rf"{_NUMBER}(?:…|\.\.\.)?|true|false|None|inf|-inf|NaN|\.\.\.?|…|\"[^\"]*\"|'[^']+'"
    rf"|{cues.QUOTED}"
)
_GROUP = re.compile(r"(?:[A-Z]\w*(?:::\w+)*\s*)?([\[({])(.*)([\])}])", re.DOTALL)
_FIELD = re.compile(r"(?:\w+|\"[^\"]*\"|\d+)\s*:\s*(.+)", re.DOTALL)
_TYPE = re.compile(
    r"&?(?:mut )?(?:[iu](?:8|16|32|64|128|size)|f32|f64|bool|char|str|String|\(\)|Self"
    r"|(?:Vec|Option|Result|Box|Rc|Arc|HashMap|impl|dyn)\b.*)"
)
SEPARATORS = (
    re.compile(
        r"\s*(?:,\s*(?:puis|et|then|and)\b|[,;/|]|\\n|\n|→|->|⏎|\b(?:puis|et|then|and)\b)\s*"
    ),
    re.compile(r"\s+"),
)
# What may follow a value: "5 (et non 4)", "5, car ...".
_ASIDE = re.compile(r"(?: \([^()]*\)|,? (?:car|et non|pas|puisque|parce qu|because|not)\b.*)\.?$")
_LONGEST = 400  # characters of a value, or of a list of them
_BLANK = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")


@dataclass(frozen=True)
class Stated:
    """An output that a comment states: its text, its line in the code from 1.

    `call` is the index of the call that it stands after, or -1; `own` says that it has a line of
    its own, `whole` that its lines are those of the output, one by one.
    """

    text: str
    line: int
    call: int = -1
    own: bool = True
    whole: bool = False


def _split(text: str) -> list[str]:
    """Split at the commas that stand in no bracket and no quotes."""
    parts, depth, quoted = [""], 0, False
    for mark in text:
        quoted ^= mark == '"'
        if not quoted:
            depth += (mark in "([{") - (mark in ")]}")
        if mark == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += mark
    return [p.strip() for p in parts if p.strip()]


def is_value(text: str) -> bool:
    """Tell whether a text looks like a value that a program prints: a number, "a", Some(3)."""
    text = text.strip()
    if _ATOM.fullmatch(text):
        return True
    if len(text) > 2 and text[0] == text[-1] == "`":
        return is_value(text[1:-1])
    group = _GROUP.fullmatch(text)
    if not group or len(text) > _LONGEST or re.fullmatch(r"\(\d+\)", text):
        return False
    parts = [field[1] if (field := _FIELD.fullmatch(p)) else p for p in _split(group[2])]
    values = [is_value(p) for p in parts]
    words = all(v or re.fullmatch(r"\w+", p) for v, p in zip(values, parts, strict=True))
    return not parts or (words and (any(values) or any(p[:1].isupper() for p in parts)))


def _is_listed(text: str) -> bool:
    """Tell whether a text is values one after the other: "0, 1, 2", "0 puis 1"."""
    for separator in SEPARATORS:
        parts = [p for p in separator.split(text) if p]
        if len(parts) > 1 and all(is_value(p) for p in parts):
            return True
    return False


def _looks_printed(text: str) -> bool:
    if len(text) > _LONGEST:
        return False
    text = _ASIDE.sub("", text) or text
    plain = re.sub(r"(?<!\.)\.$", "", text)
    return is_value(text) or is_value(plain) or _is_listed(plain)


def _said(text: str, after_call: bool) -> str:
    """Return what a verb or an arrow without a colon states as an output; "" if nothing."""
    marked = cues.STATED_BY_VERB.match(text) or cues.STATED_BY_ARROW.match(text)
    if not marked:
        return ""
    said = marked[1].strip()
    value = _looks_printed(said)
    if value and (after_call or not cues.RESULTS.match(text)):
        return said
    prose = cues.PROSE.match(said) or _TYPE.fullmatch(said)
    return said if after_call and not prose else ""


def _stated_text(text: str, remark: "_Remark") -> str:
    """Return what a comment of one line states as an output; "" if nothing."""
    colon = cues.STATED.match(text)
    if not remark.own and remark.call < 0:  # after a line that prints by a function, perhaps
        return colon[1].strip() if colon and cues.PRINTED.match(text) else ""
    if colon:
        return colon[1].strip()
    after_call = not remark.own
    if remark.own and remark.call < 0 and cues.STATED_BY_ARROW.match(text):
        return ""
    said = _said(text, after_call)
    return said or (text if after_call and _looks_printed(text) else "")


def _as_formatted(text: str, remark: "_Remark", code: str) -> str:
    """Return a comment that is what the call before it could print: "// total : 42"."""
    if remark.own or remark.call < 0:
        return ""
    call = print_calls(code)[remark.call]
    match = call.pattern.fullmatch(text) if call.words else None
    values = match.groups() if match else ()
    return text if match and all(is_value(v) or " " not in v.strip() for v in values) else ""


def _call_before(code: str, calls: Sequence[Call], at: int) -> int:
    """Return the index of the call that a comment at `at` stands after; -1 if none.

    Nothing but the end of its statement and other comments may be between.
    """
    index = bisect_right(calls, at, key=lambda call: call.end) - 1
    between = code[calls[index].end : at] if index >= 0 else "x"
    ends = re.fullmatch(r"[;,)}\] \t]*(?:\n[ \t]*(?://[^\n]*)?)?", between)
    return index if ends else -1


@dataclass(frozen=True)
class _Remark:
    text: str
    line: int
    own: bool
    call: int
    doc: bool


def _remarks(code: str) -> Iterator[_Remark]:
    """Yield the comments of a text with their places; those of documentation are marked."""
    calls = print_calls(code)
    for first, end in analyse(code).comment_spans:
        raw = code[first:end].translate(_BLANK)
        text = raw.removeprefix("/*").removesuffix("*/") if raw.startswith("/*") else raw[2:]
        own = not code[code.rfind("\n", 0, first) + 1 : first].strip()
        doc = re.match(r"///(?!/)|//!|/\*[*!](?!/)", raw) is not None
        line = code.count("\n", 0, first) + 1
        yield _Remark(text.rstrip(), line, own, _call_before(code, calls, first), doc)


def _numbered(remarks: Sequence[_Remark]) -> bool:
    """Tell whether comments number lines, some of which print nothing: "// 1", "// (2)"."""
    found = [(m[1], r) for r in remarks if not r.own
             and (m := re.fullmatch(r"\s*\(?(\d+)\)?\s*", r.text))]  # fmt: skip
    counted = [int(n) for n, _ in found] == list(range(1, len(found) + 1))
    return len(found) > 1 and counted and any(r.call < 0 for _, r in found)


def _below(remarks: Sequence[_Remark], at: int) -> str:
    """Join the comment lines that follow one directly, each on a line of its own."""
    rows = []
    for here, remark in enumerate(remarks[at + 1 :], start=1):
        if not remark.own or remark.doc or remark.line != remarks[at].line + here:
            break
        rows.append(remark.text.removeprefix(" "))
    return "\n".join(rows)


def _multiline(remark: _Remark, remarks: Sequence[_Remark], at: int) -> Stated | None:
    """Read an announced output of several lines: in one comment, or in those below it."""
    head, _, rest = remark.text.strip().partition("\n")
    colon = cues.STATED.match(head.strip())
    if not remark.own or not colon or colon[1].strip():
        return None
    rows = rest or _below(remarks, at)
    rows = "\n".join(re.sub(r"^\s*\*(?: |$)", "", row) for row in rows.split("\n"))
    return Stated(rows, remark.line, whole=True) if rows.strip() else None


def stated_outputs(code: str) -> list[Stated]:
    """List what the comments of a text state as its output, in order."""
    remarks = [r for r in _remarks(code) if not r.doc]
    numbered = _numbered(remarks)
    found: list[Stated] = []
    for at, remark in enumerate(remarks):
        whole = _multiline(remark, remarks, at)
        text = " ".join(remark.text.split())
        stated = _stated_text(text, remark) or _as_formatted(text, remark, code)
        if numbered and re.fullmatch(r"\(?\d+\)?", text):
            continue
        if whole and not cues.VARIES.search(whole.text):
            found.append(whole)
        elif stated and not cues.VARIES.search(stated):
            found.append(Stated(stated, remark.line, remark.call, own=remark.own))
    return [replace(s, text=s.text.strip("\n")) for s in found]
