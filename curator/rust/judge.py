"""From what was tried to a result: why a block passes or not, in words for people."""

import re
from collections.abc import Sequence
from dataclasses import replace

from curator.rust.block_state import MISSING, Trial
from curator.rust.compiler import Compilation, Diagnostic
from curator.rust.compose import Attempt
from curator.rust.document import BlockResult
from curator.rust.expect import Expectation
from curator.rust.source import look

_CRATE_NAME = re.compile(
    r"unresolved import `(\w+)|(?:undeclared crate or module|unresolved module or unlinked crate"
    r"|can't find crate for|maybe a missing crate|cannot find module or crate) `(\w+)`"
)
_NAME = re.compile(r"`([A-Za-z_]\w*)`")
_OWN = {"std", "core", "alloc", "crate", "self", "super"}


def _result(trial: Trial, attempt: Attempt, reason: str, message: str = "") -> BlockResult:
    return BlockResult(
        role=trial.role,
        block=trial.block,
        wish=trial.wish,
        composition=attempt.how,
        reason=reason,
        message=message,
        imports=attempt.imports,
    )


def _line(trial: Trial, attempt: Attempt, error: Diagnostic) -> int:
    """The error's line in the text that the block is in; 0 where it is not in the block."""
    within = error.line - attempt.first
    inside = 1 <= within <= trial.block.code.count("\n") + 1
    return trial.block.line + within - 1 if inside else 0


def _fault(
    trial: Trial,
    tried: tuple[Attempt, Compilation],
    reason: str,
    message: str = "",
    names: tuple[str, ...] = (),
) -> BlockResult:
    attempt, said = tried
    error = said.errors[0]
    return replace(
        _result(trial, attempt, reason, message or error.message),
        code=error.code,
        codes=frozenset(c for c in said.codes if c),
        line=_line(trial, attempt, error),
        names=names,
    )


def _telling(trial: Trial) -> tuple[Attempt, Compilation]:
    """The failed attempt that says most: no syntax error of a missing `main`, few missing names."""

    def rank(at: int) -> tuple[bool, int, int, int]:
        said = trial.tried[at][1]
        unwrapped = at == 0 and len(trial.tried) > 1 and said.codes == {""}
        missing = sum(e.code in MISSING for e in said.errors)
        return (unwrapped, len(said.errors) - missing, missing, at)

    return trial.tried[min(range(len(trial.tried)), key=rank)]


def _defined(lesson: Sequence[Trial]) -> frozenset[str]:
    """The names that the blocks of a lesson define."""
    return frozenset(n for t in lesson for n in look(t.block.code).defines)


def _missing_crates(trial: Trial, lesson: Sequence[Trial]) -> tuple[str, ...]:
    messages = [e.message for _, said in trial.tried for e in said.errors]
    names = [n for m in messages for groups in _CRATE_NAME.findall(m) for n in groups if n]
    bare = look(trial.block.code).bare
    used = [n for n in names if re.search(rf"\buse\s+(?:::)?{n}\b|\b{n}\s*(?:::|!)", bare)]
    wanted = dict.fromkeys(n for n in used if n not in _OWN and n[0].islower())
    return tuple(n for n in wanted if n not in _defined(lesson))


def _refused(trial: Trial, lesson: Sequence[Trial]) -> BlockResult:
    """Why a block that should compile does not."""
    tried = _telling(trial)
    if look(trial.block.code).has_ellipsis:
        return _fault(trial, tried, "pseudo_code")
    crates = _missing_crates(trial, lesson)
    if crates:
        return _fault(trial, tried, "crate_unavailable", f"needs {', '.join(crates)}", crates)
    found = (m.group(1) for e in tried[1].errors if (m := _NAME.search(e.message)))
    names = tuple(dict.fromkeys(found))
    if names and tried[1].codes <= MISSING and not set(names) & _defined(lesson):
        return _fault(trial, tried, "free_names", f"undefined: {', '.join(names)}", names)
    return _fault(trial, tried, "does_not_compile")


def _failing(trial: Trial) -> BlockResult:
    """The result of a block that should fail."""
    tried = trial.settled or _telling(trial)
    if tried[1].ok:
        return _result(trial, tried[0], "should_not_compile")
    wanted = trial.wish.codes
    if not wanted or tried[1].codes == wanted:
        return _fault(trial, tried, "")
    closest = min(trial.tried, key=lambda t: (t[1].codes == {""}, len(t[1].codes ^ wanted)))
    got = ", ".join(sorted(c or "a syntax error" for c in closest[1].codes))
    message = f"{', '.join(sorted(wanted))} is named, rustc gives {got}"
    return _fault(trial, closest, "wrong_error_code", message)


def judge(trial: Trial, lesson: Sequence[Trial]) -> BlockResult:
    """The result of one block of a lesson, all rounds done."""
    what = trial.wish.what
    if trial.settled and trial.settled[1].problem:
        attempt, said = trial.settled
        reason = "compiler_crash" if said.problem == "crash" else "compiler_limit"
        return _result(trial, attempt, reason, f"rustc stopped: {said.problem}")
    if what is Expectation.FAILS:
        return _failing(trial)
    if trial.settled:
        return _result(trial, trial.settled[0], "")
    if what is Expectation.MAY_FAIL:
        return _fault(trial, _telling(trial), "")
    return _refused(trial, lesson)
