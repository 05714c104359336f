"""Judge a block by what was tried: why it passes or not, in words for people."""

import re
from collections.abc import Sequence
from dataclasses import replace

from curator.rust.block_state import MISSING, BlockState
from curator.rust.compiler import Compilation, Diagnostic
from curator.rust.compose import Attempt, Composition
from curator.rust.document import BlockResult
from curator.rust.expect import Expectation
from curator.rust.pointers import Pointer, pointers
from curator.rust.source import analyse

_CRATE_NAME = re.compile(
    r"unresolved import `(\w+)|(?:undeclared crate or module|unresolved module or unlinked crate"
    r"|can't find crate for|maybe a missing crate|cannot find module or crate) `(\w+)`"
)
_POINTING = 3  # errors whose places are kept
_OWN = {"std", "core", "alloc", "crate", "self", "super"}


def _result(state: BlockState, attempt: Attempt, reason: str, message: str = "") -> BlockResult:
    return BlockResult(
        role=state.role,
        block=state.block,
        expected=state.expected,
        composition=attempt.how,
        reason=reason,
        message=message,
        imports=attempt.imports,
    )


def _line(state: BlockState, attempt: Attempt, error: Diagnostic) -> int:
    """Return the error's line in the text that the block is in; 0 where it is not in the block."""
    within = error.line - attempt.first
    inside = 1 <= within <= state.block.code.count("\n") + 1
    return state.block.line + within - 1 if inside else 0


def _fault(
    state: BlockState,
    tried: tuple[Attempt, Compilation],
    reason: str,
    message: str = "",
    names: tuple[str, ...] = (),
) -> BlockResult:
    attempt, outcome = tried
    error = outcome.errors[0]
    return replace(
        _result(state, attempt, reason, message or error.message),
        code=error.code,
        codes=frozenset(c for c in outcome.codes if c),
        line=_line(state, attempt, error),
        names=names,
        pointers=_pointers(state, attempt, outcome),
    )


def _pointers(state: BlockState, attempt: Attempt, outcome: Compilation) -> tuple[Pointer, ...]:
    """Find where the first errors point in a block."""
    shown = [error.shown for error in outcome.errors[:_POINTING] if error.shown]
    return pointers(shown, attempt.first, state.block.code)


def _is_whole(tried: tuple[Attempt, Compilation]) -> bool:
    """Tell whether earlier blocks or imports left no name of a block undefined."""
    attempt, outcome = tried
    helped = attempt.imports or attempt.how in (
        Composition.AFTER_ANSWER,
        Composition.AFTER_QUESTION,
    )
    return bool(helped) and not any(e.lacks_name for e in outcome.errors)


def _most_telling(state: BlockState) -> tuple[Attempt, Compilation]:
    """Choose the failed attempt whose errors people can use.

    One that was given every name that it lacked, and has faults of its own; else not the one
    without `main`, if rustc only says that a statement is no item there; then the one with the
    fewest errors of its own, since the others come of a context that does not fit.
    """
    whole = (t for t in state.tried if _is_whole(t))
    found = next((t for t in whole if all(_line(state, t[0], e) for e in t[1].errors)), None)
    if found:
        return found

    def rank(at: int) -> tuple[bool, int, int, int]:
        outcome = state.tried[at][1]
        unwrapped = at == 0 and len(state.tried) > 1 and outcome.codes == {""}
        missing = sum(e.code in MISSING for e in outcome.errors)
        return (unwrapped, len(outcome.errors) - missing, missing, at)

    return state.tried[min(range(len(state.tried)), key=rank)]


def _as_claimed(state: BlockState) -> tuple[Attempt, Compilation]:
    """Choose the failed attempt that claims are held against: the block as it stands.

    Where that says only which names of earlier blocks are missing, it is the first attempt after
    those in which none is.
    """
    failed = (t for t in state.tried if not any(e.lacks_name for e in t[1].errors))
    return next(failed, state.tried[0])


def _defined(document: Sequence[BlockState]) -> frozenset[str]:
    """Collect the names that the blocks of a document define."""
    return frozenset(n for t in document for n in analyse(t.block.code).defines)


def _missing_crates(state: BlockState, document: Sequence[BlockState]) -> tuple[str, ...]:
    """Name the crates that a block needs and that are not there.

    rustc calls anything unresolved a missing crate; one that the block uses like a crate, in small
    letters, and that no block of the document defines, is one.
    """
    messages = [e.message for _, outcome in state.tried for e in outcome.errors]
    names = [n for m in messages for groups in _CRATE_NAME.findall(m) for n in groups if n]
    bare = analyse(state.block.code).bare
    used = [n for n in names if re.search(rf"\buse\s+(?:::)?{n}\b|\b{n}\s*(?:::|!)", bare)]
    wanted = dict.fromkeys(n for n in used if n not in _OWN and n[0].islower())
    return tuple(n for n in wanted if n not in _defined(document))


def _refused(state: BlockState, document: Sequence[BlockState]) -> BlockResult:
    """Say why a block that should compile does not."""
    tried = _most_telling(state)
    if analyse(state.block.code).has_ellipsis:
        return _fault(state, tried, "pseudo_code")
    crates = _missing_crates(state, document)
    if crates:
        return _fault(state, tried, "crate_unavailable", f"needs {', '.join(crates)}", crates)
    names = tuple(dict.fromkeys(n for e in tried[1].errors for n in e.quoted))
    if names and all(e.lacks_name for e in tried[1].errors):
        return _fault(state, tried, "free_names", f"undefined: {', '.join(names)}", names)
    return _fault(state, tried, "does_not_compile")


def _failing(state: BlockState) -> BlockResult:
    """Judge a block that should fail."""
    tried = state.settled or _as_claimed(state)
    if tried[1].ok:
        return _result(state, tried[0], "should_not_compile")
    wanted = state.expected.codes
    if not wanted or tried[1].codes == wanted:
        return _fault(state, tried, "")
    claimed = _as_claimed(state)
    closest = min((claimed, *state.tried), key=lambda t: len(t[1].codes ^ wanted))
    got = ", ".join(sorted(c or "a syntax error" for c in closest[1].codes))
    message = f"{', '.join(sorted(wanted))} is named, rustc gives {got}"
    return _fault(state, closest, "wrong_error_code", message)


def judge(state: BlockState, document: Sequence[BlockState]) -> BlockResult:
    """Return the result of one block of a document, all rounds done."""
    what = state.expected.expectation
    if state.settled and state.settled[1].problem:
        attempt, outcome = state.settled
        reason = {"crash": "compiler_crash", "refused": "refused"}.get(
            outcome.problem, "compiler_limit"
        )
        return _result(state, attempt, reason, f"rustc stopped: {outcome.problem}")
    if what is Expectation.FAILS:
        return _failing(state)
    if state.settled:
        return _result(state, state.settled[0], "")
    if what is Expectation.MAY_FAIL:
        failed = _as_claimed(state) if state.stands else _most_telling(state)
        return _fault(state, failed, "")
    return _refused(state, document)
