"""Hold a program's output against what its text states: the first statement that is false.

Where the calls that print stand one after the other in `main`, each statement is held against the
line of its own call; elsewhere, against the lines that its call may have printed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from curator.french import cues
from curator.rust.prints import Call, lines_of_calls, print_calls
from curator.rust.runner import matches_output
from curator.rust.stated import SEPARATORS, Stated, is_value, stated_outputs

# A remark after what is printed: "5, pas 4", "5 : la somme".
_REMARK = re.compile(r"(?:,| -| \u2013| —| :| ;) [^\W\d].*$")
_ELLIPSIS = re.compile(r"…|\.\.\.")
_PROMPT = re.compile(
    r"^\s*(?:[$>%] .*|(?:Compiling|Finished|Running|Blocking|Downloaded|Updating) .*)$"
)
# What prints another output, or another order, each time.
_UNORDERED = re.compile(r"\bHash(?:Map|Set)\b|\bthread\b|\bspawn\b")
_UNSTEADY = re.compile(r"\belapsed\b|\bSystemTime::now\b|:p\}|\bThreadId\b|\brand\b")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")


_ROWS, _GAPS = 400, 3  # lines that are compared one by one, and ellipses among them
_WORK = 100_000  # comparisons: more are no lesson's


@dataclass(frozen=True)
class Refuted:
    """A statement that the output does not bear out, and the line printed instead, if one is."""

    stated: Stated
    printed: str | None = None


def is_unsteady(code: str, stdout: str) -> bool:
    """Tell whether a program prints something else each time: times, addresses, chance."""
    return _UNSTEADY.search(code) is not None or _ADDRESS.search(stdout) is not None


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Reduce a line to what counts: one space between words, none around brackets and commas."""
    words = " ".join(text.translate(cues.QUOTES).split())
    return re.sub(r" ?([][(){},:]) ?", r"\1", words)


def _unquoted(text: str) -> str:
    inner = text[1:-1].strip()
    closed = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`" and text[0] not in inner
    return inner if closed else text


@lru_cache(maxsize=256)
def _readings(stated: str) -> tuple[str, ...]:
    """List what a stated text may mean: as it is, without its end mark, remark or quotes."""
    text = _plain(stated)
    shorter = [text, re.sub(r"(?<![.])[.;!]$", "", text), re.sub(r"\s*\([^()]*\)\.?$", "", text)]
    shorter.append(_REMARK.sub("", " ".join(stated.translate(cues.QUOTES).split())))
    kept = [s for s in shorter if s or not text]
    return tuple(dict.fromkeys(form for s in kept for form in (s, _unquoted(s))))


def _equal(stated: str, line: str) -> bool:
    """Tell whether a line is what is stated of it; an ellipsis stands for anything."""
    printed = _plain(line)
    for reading in _readings(stated):
        if reading in (printed, _unquoted(printed)):
            return True
        parts = [re.escape(part.strip()) for part in _ELLIPSIS.split(reading)]
        if (
            1 < len(parts) <= _GAPS + 1
            and any(parts)
            and re.fullmatch(r"\s*.*".join(parts), printed)
        ):
            return True
    return False


def _within(stated: str, line: str) -> bool:
    """Tell whether a stated value is among others on a line, from word end to word end."""
    printed = _plain(line)
    return is_value(stated) and any(
        re.search(rf"(?<![\w.]){re.escape(r)}(?!\w|\.\d)", printed) is not None
        for r in _readings(stated)
        if r
    )


def _is_list(stated: str, lines: Sequence[str], all_of_it: bool, gaps: bool) -> bool:
    """Tell whether lines are what a list of one line states: "3, 2, 1".

    They are all lines with `all_of_it`; with `gaps`, other lines may stand between.
    """
    for separator in SEPARATORS:
        parts = [p for p in separator.split(re.sub(r"(?<!\.)\.$", "", stated.strip())) if p]
        if len(parts) < 2 or len(parts) * len(lines) > _WORK:
            continue
        starts = range(len(lines) - len(parts) + 1)
        if (not all_of_it or len(lines) == len(parts)) and any(
            all(map(_equal, parts, lines[at : at + len(parts)])) for at in starts
        ):
            return True
        rest = iter(lines)
        if gaps and all(any(_equal(p, x) for x in rest) for p in parts):
            return True
    return False


def _follow(stated: str, stdout: str, whole: bool = False) -> bool:
    """Tell whether the output has these lines one after the other, or is them with `whole`."""
    wanted, lines = _rows(stated), _rows(stdout)
    if len(wanted) > _ROWS or sum(map(bool, map(_ELLIPSIS.fullmatch, wanted))) > _GAPS:
        return False
    if whole or any(_ELLIPSIS.fullmatch(w) for w in wanted):
        return _fits(wanted, lines)
    return any(all(map(_equal, wanted, lines[at:])) for at in range(len(lines) - len(wanted) + 1))


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.strip("\n").split("\n")]


def _fits(wanted: Sequence[str], lines: Sequence[str]) -> bool:
    """Tell whether lines are those wanted; a line that is an ellipsis stands for any number."""
    if not wanted or not lines:
        return not lines and all(_ELLIPSIS.fullmatch(w) for w in wanted)
    if _ELLIPSIS.fullmatch(wanted[0]):
        return len(wanted) == 1 or any(_fits(wanted[1:], lines[at:]) for at in range(len(lines)))
    return _equal(wanted[0], lines[0]) and _fits(wanted[1:], lines[1:])


def shows(stated: str, stdout: str, code: str) -> bool:
    """Tell whether a fence shows the output of a program, between prompts and cargo's words."""
    rows = [row for row in stated.split("\n") if not _PROMPT.match(row)]
    text = "\n".join(rows) if len(rows) < stated.count("\n") + 1 else stated
    if matches_output(text, stdout) or _follow(text, stdout, whole=True):
        return True
    return bool(_UNORDERED.search(code)) and sorted(text.split()) == sorted(stdout.split())


def _of_call(stated: Stated, call: Call, line: str) -> bool:
    """Tell whether a statement is true of the line that its call printed, or printed a part of."""
    if call.fixed is not None and not call.ends_line:
        return _equal(stated.text, call.fixed)
    if _equal(stated.text, line) or _is_list(stated.text, line.split("\n"), True, False):
        return True
    return not (call.plain and call.ends_line) and _within(stated.text, line)


def _candidates(
    calls: Sequence[Call], at: int, lines: Sequence[str], explained: Sequence[str]
) -> list[str]:
    """List the lines that a call may have printed, and that nothing else is known to have."""
    others = [c.fixed for here, c in enumerate(calls) if here != at and c.fixed is not None]
    taken = {*explained, *(f for f in others if f)}
    pieces = any(not c.ends_line for c in calls)  # then a line is what several calls printed
    pattern = calls[at].pattern
    return [x for x in lines if x not in taken and (pieces or pattern.fullmatch(x))]


def _anywhere(stated: Stated, calls: Sequence[Call], stdout: str) -> str | None:
    """Return the line of the output that a statement is true of, "" for lines; None if none is."""
    lines = stdout.rstrip("\n").split("\n")
    found = next((x for x in lines if _equal(stated.text, x)), None)
    if found is not None:
        return found
    if _is_list(stated.text, lines, len(calls) <= 1, len(calls) > 1 and not stated.own):
        return ""
    call = calls[stated.call] if stated.call >= 0 else None
    if call and not (call.plain and call.ends_line):
        if call.fixed and _equal(stated.text, call.fixed):
            return call.fixed
        return next((x for x in lines if _within(stated.text, x)), None)
    return None


def _neighbours(stated: Stated, calls: Sequence[Call], code: str) -> list[int]:
    """List the calls that a comment may speak of: before it, or below one with its own line."""
    before = [stated.call] if stated.call >= 0 else []
    if not stated.own:
        return before
    lines = [code.count("\n", 0, call.first) + 1 for call in calls]
    return before + [at for at, line in enumerate(lines) if line == stated.line + 1]


def false_statement(code: str, stdout: str) -> Refuted | None:
    """Return the first comment that states another output than a program's; None if none does."""
    calls, every = print_calls(code), stated_outputs(code)
    if is_unsteady(code, stdout) or len(every) * stdout.count("\n") > _WORK:
        return None
    exact = lines_of_calls(calls, stdout)
    known = {s: _anywhere(s, calls, stdout) for s in every if not s.whole}
    order = iter(stdout.rstrip("\n").split("\n"))
    for stated in every:
        if stated.whole:
            wrong = None if _is_block(stated.text, stdout, code) else Refuted(stated)
        elif exact is not None and (near := _neighbours(stated, calls, code)):
            wrong = _wrong_of(stated, [(calls[at], exact[at]) for at in near], stdout)
            before = [exact[at] for at in range(near[0] + 1) if calls[at].ends_line]
            wrong = None if wrong and _ends_with_list(stated.text, before) else wrong
        else:
            wrong = _wrong_anywhere(stated, calls, stdout, known, order)
        if wrong and not _is_shuffled(stated.text, stdout, code):
            return wrong
    return None


def _is_shuffled(stated: str, stdout: str, code: str) -> bool:
    """Tell whether a program without an order of its own printed the words stated in another."""
    wanted = sorted(re.findall(r"\w+", stated))
    return (
        bool(wanted)
        and _UNORDERED.search(code) is not None
        and any(
            sorted(re.findall(r"\w+", text)) == wanted for text in (stdout, *stdout.split("\n"))
        )
    )


def _is_block(text: str, stdout: str, code: str) -> bool:
    """Tell whether an announced block of lines is printed, with prose after a blank line or not."""
    first = re.split(r"\n\s*\n", text.strip("\n"), maxsplit=1)[0]
    return any(shows(t, stdout, code) or _follow(t, stdout) for t in (text, first))


def _ends_with_list(stated: str, lines: Sequence[str]) -> bool:
    """Tell whether a list states the last lines up to a call: "5 puis 6" after the second."""
    lengths = {len([p for p in separator.split(stated) if p]) for separator in SEPARATORS}
    return any(_is_list(stated, lines[-n:], True, False) for n in lengths if n)


def _wrong_of(stated: Stated, near: Sequence[tuple[Call, str]], stdout: str) -> Refuted | None:
    if any(_of_call(stated, call, line) for call, line in near):
        return None
    lines = stdout.rstrip("\n").split("\n")
    if stated.own and _is_list(stated.text, lines, False, False):
        return None
    return Refuted(stated, near[0][1])


def _wrong_anywhere(
    stated: Stated,
    calls: Sequence[Call],
    stdout: str,
    known: Mapping[Stated, str | None],
    order: Iterator[str],
) -> Refuted | None:
    lines = stdout.rstrip("\n").split("\n")
    call = calls[stated.call] if stated.call >= 0 and not stated.own else None
    if call and call.once and call.plain:  # such calls print in the order of the text
        listed = _is_list(stated.text, lines, False, False)
        return None if listed or any(_equal(stated.text, x) for x in order) else Refuted(stated)
    found = known[stated]
    explained = [x for s, x in known.items() if s != stated and s.call >= 0 and not s.own and x]
    if not call or (found and lines.count(found) > explained.count(found)):
        return None if found is not None else Refuted(stated)
    if found is None and call.fixed and not _equal(stated.text, call.fixed):
        return Refuted(stated, call.fixed)
    left = _candidates(calls, stated.call, lines, explained)
    told = {s.call for s in known}
    silent = [c for at, c in enumerate(calls) if at not in told and (c.words or not call.words)]
    shared = call.branch and any(c.pattern.fullmatch(x) for x in left for c in silent)
    if found == "" or not left or shared:
        return None  # a list; or its call was never reached, as far as the output tells
    return Refuted(stated, left[0] if len(left) == 1 else None)
