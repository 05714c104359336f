"""Try what a text says that a change of its code would do: make the change, ask rustc, compare.

A claim holds if one way to make the change does what it says. It is refuted only if every way was
tried and none does, and if each outcome is one of the code and not of an edit that went too short:
what leaves names or syntax open, or types that would have to follow, refutes nothing.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from curator.french.changes import Change, ChangeClaim
from curator.rust.block_state import MISSING, BlockState, externs_of
from curator.rust.compiler import Compilation, Diagnostic
from curator.rust.compose import Attempt
from curator.rust.document import BlockResult, Options, Trial
from curator.rust.edits import edits
from curator.rust.lesson import (
    ChangedBlocks,
    Lesson,
    Variant,
    all_code,
    carried,
    is_ignored,
)
from curator.rust.source import analyse
from curator.rust.unit import Unit

_CLAIMS = 16  # claims of one document that are tried
_VARIANTS = 24  # changed blocks of one claim; what has more places is not tried
# Errors of an edit that went too short: undeclared names and lifetimes, wrong numbers of generics.
_OPEN = MISSING | {"E0261", "E0262", "E0107", "E0106", "E0392", "E0407", "E0437", "E0438", "E0046"}
# Errors of moves, borrows and lifetimes; others may say that a type would have to change elsewhere.
_BORROWS = frozenset((
    "E0072", "E0381", "E0382", "E0384", "E0373", "E0499", "E0502", "E0503", "E0505", "E0506",
    "E0507", "E0508", "E0509", "E0515", "E0521", "E0594", "E0596", "E0597", "E0621", "E0626",
    "E0700", "E0712", "E0713", "E0716",
))  # fmt: skip
_WRAPPERS = ("Box", "Rc", "Arc", "RefCell", "Cell", "Mutex")
_UNCODED = (
    "lifetime may not",
    "future cannot",
    "captured variable",
    "implementation of",
    "higher-",
)


def changed_blocks(lesson: Lesson, options: Options) -> list[ChangedBlocks]:
    """List the claims of a document about changes, each with the changed blocks to compile."""
    return [_prepare(lesson, at, claim, options) for at, claim in lesson.changes[:_CLAIMS]]


def _prepare(lesson: Lesson, at: int, claim: ChangeClaim, options: Options) -> ChangedBlocks:
    page, change = lesson.pages[at], claim.change
    if change is None:
        return ChangedBlocks(page, claim, why=claim.why)
    strange = next((s for s in claim.others if _is_other_code(s, lesson)), None)
    if strange:
        return ChangedBlocks(page, claim, why=f"it is about `{strange}`, which no block shows")
    meant = _meant(lesson, at, claim)
    if not meant:
        return ChangedBlocks(page, claim, why="no block is there that it could be about")
    for states in meant:
        variants = [v for state in states for v in _variants(state, change, options)]
        if len(variants) > _VARIANTS:
            return ChangedBlocks(page, claim, why="the change could be made in too many places")
        if variants:
            return ChangedBlocks(page, claim, tuple(variants))
    return ChangedBlocks(page, claim, why="no block shows one place where it could be made")


def _is_other_code(span: str, lesson: Lesson) -> bool:
    """Tell whether a code span is more than a name, and stands in no block."""
    squeezed = "".join(span.split())
    written = any(mark in span for mark in "(;={") or len(span.split()) > 2
    return written and squeezed.rstrip(";") not in "".join(all_code(lesson).split())


def _base(state: BlockState) -> tuple[Attempt, Compilation] | None:
    """Return the attempt that shows best what a block does by itself; None if none ended."""
    ended = [(a, o) for a, o in state.tried if not o.problem]
    if state.settled and not state.settled[1].problem:
        return state.settled
    return min(ended, key=lambda t: (t[1].codes == {""}, len(t[1].errors)), default=None)


def _meant(lesson: Lesson, at: int, claim: ChangeClaim) -> list[list[BlockState]]:
    """List the blocks that a claim may be about, in groups: a later one counts if an earlier has
    no place for the change.

    What would no longer compile compiles now; what a change would mend, or not, fails now. A claim
    that names a code may also be about another error of code that fails.
    """
    page = lesson.pages[at]
    line = claim.sentence.line
    earlier = [s for p in reversed(lesson.pages[:at]) for s in reversed(p.states)]
    near = [*page.above(line), *page.below(line), *(earlier if page.role == "answer" else [])]
    based = [(s, base[1].ok) for s in near if not is_ignored(s) and (base := _base(s))]
    sound, failing = [s for s, ok in based if ok], [s for s, ok in based if not ok]
    if claim.outcome == "same":
        return [failing] if failing else []
    if claim.outcome == "fails":
        return [sound, failing] if claim.codes else [sound] if sound else []
    added = claim.change is not None and claim.change.kind in ("add", "move")
    mends = claim.mends or (added and not claim.allows)
    return [g for g in ([failing, sound] if mends else [failing + sound]) if g]


def _variants(state: BlockState, change: Change, options: Options) -> Iterator[Variant]:
    base = _base(state)
    start = carried(base[0], state.block.code) if base else None
    if base is None or start is None:
        return
    text, code = base[0].text, state.block.code
    for edited in edits(change, code):
        whole = text[:start] + edited + text[start + len(code) :]
        externs = externs_of(whole, options.externs)
        yield Variant(state, edited, Unit(whole, state.edition, externs))


def _claimed(claim: ChangeClaim) -> str:
    codes = " or ".join(sorted(claim.codes))
    if claim.outcome == "same":
        return f"still fails with {codes}" if codes else "fails with the same error"
    if claim.outcome == "compiles":
        return "compiles"
    return f"fails with {codes}" if codes else "fails"


def _got(outcome: Compilation) -> str:
    if outcome.ok:
        return "no error"
    said = (f"{e.code}: {e.message}" if e.code else f"error: {e.message}" for e in outcome.errors)
    return "; ".join(list(dict.fromkeys(said))[:3])


def _diff(before: str, after: str) -> str:
    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(row for row in rows if not row.startswith(("---", "+++", "@@")))


def _agrees(claim: ChangeClaim, base: Compilation, outcome: Compilation) -> bool:
    """Tell whether an outcome is what is claimed."""
    if claim.outcome == "compiles" or outcome.ok:
        return outcome.ok and claim.outcome == "compiles"
    wanted = claim.codes or (base.codes if claim.outcome == "same" else frozenset())
    if wanted:
        return bool(wanted & outcome.codes)
    return _is_clear(claim.change, base, outcome)


def _is_clear(change: Change | None, base: Compilation, outcome: Compilation) -> bool:
    """Tell whether an outcome is that of the change, and not of an edit that went too short."""
    old = {(e.code, e.message) for e in base.errors}
    return all((e.code, e.message) in old or _is_own(change, e) for e in outcome.errors)


def _is_own(change: Change | None, error: Diagnostic) -> bool:
    if change and change.kind == "call":  # it may come too late, after a move
        return False
    if not error.code:
        return error.message.startswith(_UNCODED)
    if change and change.kind == "remove" and change.code.strip() in _WRAPPERS:
        return error.code in _BORROWS | {"E0391"} or "size" in error.message
    if change and change.kind == "remove" and change.code.startswith("'"):
        return error.code in _BORROWS | {"E0106", "E0310"}
    if change and change.kind == "remove" and change.code.strip() == "dyn":
        return error.code in _BORROWS | {"E0782"}
    return error.code in _BORROWS if _is_wide(change) else error.code not in _OPEN


def _is_wide(change: Change | None) -> bool:
    """Tell whether types elsewhere would probably have to follow a change."""
    if change is None or change.kind in ("replace", "write", "become"):
        return True
    return change.kind == "remove" and (
        change.code.strip() in ("&", "&mut", "*", "dyn") or change.code.startswith("let ")
    )


def _is_within(variant: Variant, claim: ChangeClaim) -> bool:
    """Tell whether a change was made in an item that the sentence names."""
    before, after = variant.state.block.code, variant.code
    rows = zip(before.split("\n"), after.split("\n"), strict=False)
    changed = next((at for at, (one, other) in enumerate(rows, 1) if one != other), 0)
    items = (i for i in analyse(before).items if i.first <= changed <= i.last)
    return any(i.name in claim.others for i in items)


def _trial(trying: ChangedBlocks, lesson: Lesson) -> Trial:
    """Compare what a claim says with what rustc said of the changed blocks."""
    claim = trying.claim
    sentence = claim.sentence
    trial = Trial(trying.page.role, sentence.line, sentence.text, _claimed(claim), "untried")
    tried = [
        (v, base[1], lesson.outcomes[v.unit])
        for v in trying.variants
        if v.unit in lesson.outcomes and (base := _base(v.state))
    ]
    if not tried:
        return replace(trial, why=trying.why or "this rustc cannot try it")
    agreeing = [(v, o) for v, base, o in tried if _agrees(claim, base, o)]
    clear = [not o.problem and (o.ok or _is_clear(claim.change, b, o)) for _, b, o in tried]
    against = [(v, o) for (v, _, o), is_clear in zip(tried, clear, strict=True) if is_clear]
    variant, outcome = (
        min(agreeing, key=lambda pair: not _is_within(pair[0], claim))
        if agreeing
        else (*against, (tried[0][0], tried[0][2]))[0]
    )
    shown = _diff(variant.state.block.code, variant.code)
    trial = replace(trial, change=shown, got=_got(outcome))
    if agreeing:
        return replace(trial, verdict="holds")
    anywhere = claim.change is not None and claim.change.where in ("here", "")
    if all(clear) or (any(clear) and anywhere and claim.change and claim.change.kind == "add"):
        return replace(trial, verdict="refuted")
    return replace(trial, why="the change leaves names, syntax or types open")


def _near(lesson: Lesson, trying: ChangedBlocks) -> BlockState | None:
    """Return the block beside which people are told: near the sentence, else the one changed."""
    line = trying.claim.sentence.line
    beside = [*trying.page.above(line), *trying.page.below(line)]
    changed = [v.state for v in trying.variants]
    every = [*beside, *changed, *lesson.states()]
    return next((s for s in every if not is_ignored(s)), next(iter(every), None))


def check_changes(lesson: Lesson, results: Sequence[BlockResult]) -> list[BlockResult]:
    """Return `results`, in the order of the blocks, with the trials of claims about changes.

    A block that passed is given the reason `refuted_change` where a claim beside it is refuted.
    """
    trials: dict[int, list[Trial]] = {}
    for trying in lesson.trying:
        state = _near(lesson, trying)
        if state is not None:
            trials.setdefault(id(state), []).append(_trial(trying, lesson))
    pairs = zip(lesson.states(), results, strict=True)
    return [_with(trials.get(id(state), []), result) for state, result in pairs]


def _with(trials: Sequence[Trial], result: BlockResult) -> BlockResult:
    refuted = next((t for t in trials if t.verdict == "refuted"), None)
    result = replace(result, trials=tuple(trials)) if trials else result
    if refuted is None or not result.passed:
        return result
    message = f'"{refuted.words}" ({refuted.claim}): rustc gives {refuted.got}'
    return replace(result, reason="refuted_change", line=refuted.line, message=message)
