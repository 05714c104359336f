"""Blocks -> results: what each should do, how it was composed, whether it did.

Compositions are tried in order: the block as it stands, then wrapped in `fn main`. The author's
code is never changed. A block that should fail must fail in every composition that compiles a
program, and with exactly the code that its fence names.
"""

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from curator.answer import Block
from curator.rust.compiler import Compilation, Compiler, Diagnostic

_MAIN = re.compile(r"\bfn\s+main\s*\(")
_TESTS = re.compile(r"#\[(test|cfg\(test\))\]")
_UNBALANCED = ("unclosed delimiter", "closing delimiter")


class Expectation(StrEnum):
    """What a block's fence says that rustc does with it."""

    COMPILES = "compiles"
    FAILS = "fails"
    IGNORED = "ignored"


class Composition(StrEnum):
    """How a block was made into a crate."""

    AS_IS = "as_is"
    IN_MAIN = "in_main"
    NONE = "none"


REASONS: dict[str, str] = {
    "does_not_compile": "rustc refuses a block that should compile",
    "should_not_compile": "rustc accepts a block that is marked compile_fail",
    "wrong_error_code": "rustc fails with other codes than the fence names",
    "compiler_limit": "rustc ran into a limit of time, memory or output",
    "compiler_crash": "rustc itself crashed on the block",
    "rustc_too_old": "the installed rustc does not know the block's edition",
}


@dataclass(frozen=True)
class BlockResult:
    """What became of one block; `line` and the diagnostics' lines are within its text.

    `reason` is "" or a key of REASONS; `code` is rustc's first error code, if any.
    """

    block: Block
    expectation: Expectation
    composition: Composition
    passed: bool
    reason: str = ""
    code: str = ""
    message: str = ""
    line: int = 0

    def short(self) -> str:
        """One line for people: "line 12: E0382 borrow of moved value: `x`"."""
        place = f"line {self.line or self.block.line}"
        words = " ".join(w for w in (self.code, self.message) if w)
        return f"{place}: {words or REASONS.get(self.reason, self.reason)}"


def expectation(block: Block) -> Expectation:
    """What the fence of a Rust block asks for."""
    if any(a == "ignore" or a.startswith("ignore-") for a in block.attributes):
        return Expectation.IGNORED
    return Expectation.FAILS if block.has("compile_fail") else Expectation.COMPILES


def _kind(code: str) -> str:
    if _TESTS.search(code):
        return "test"
    return "bin" if _MAIN.search(code) else "lib"


def _unbalanced(compilation: Compilation) -> bool:
    return any(word in d.message for d in compilation.errors for word in _UNBALANCED)


def _attempts(
    block: Block, edition: str, compiler: Compiler
) -> Iterator[tuple[Composition, Compilation]]:
    first = compiler.compile(block.code, edition, _kind(block.code))
    yield Composition.AS_IS, first
    # A block with loose braces could close our `main` and pass for what it is not.
    if first.ok or first.problem or _unbalanced(first) or _MAIN.search(block.code):
        return
    kind = "test" if _TESTS.search(block.code) else "bin"
    yield Composition.IN_MAIN, compiler.compile(f"fn main() {{\n{block.code}\n}}", edition, kind)


def _result(
    block: Block, how: Composition, reason: str, error: Diagnostic | None, message: str = ""
) -> BlockResult:
    wrapped = 1 if how is Composition.IN_MAIN else 0
    line = block.line + error.line - 1 - wrapped if error and error.line else 0
    code = error.code if error else ""
    text = message or (error.message if error else "")
    return BlockResult(block, expectation(block), how, not reason, reason, code, text, line)


def _stopped(block: Block, how: Composition, problem: str) -> BlockResult:
    reason = "compiler_crash" if problem == "crash" else "compiler_limit"
    return _result(block, how, reason, None, f"rustc stopped: {problem}")


def _judge_failing(
    block: Block, attempts: Sequence[tuple[Composition, Compilation]]
) -> BlockResult:
    wanted = frozenset(block.error_codes)
    for how, compilation in attempts:
        if compilation.ok:
            return _result(block, how, "should_not_compile", None)
    for how, compilation in attempts:
        if compilation.codes == wanted or not wanted:
            return _result(block, how, "", compilation.errors[0])
    how, closest = min(attempts, key=lambda a: len(a[1].codes ^ wanted))
    got = ", ".join(sorted(c or "a syntax error" for c in closest.codes))
    message = f"the fence names {', '.join(sorted(wanted))}, rustc gives {got}"
    return _result(block, how, "wrong_error_code", closest.errors[0], message)


def _judge_compiling(
    block: Block, attempts: Sequence[tuple[Composition, Compilation]]
) -> BlockResult:
    for how, compilation in attempts:
        if compilation.ok:
            return _result(block, how, "", None)
    # Statements fail as they stand with a syntax error only; what main says of them tells more.
    only_syntax = attempts[0][1].codes == {""}
    how, compilation = attempts[-1] if only_syntax else attempts[0]
    return _result(block, how, "does_not_compile", compilation.errors[0])


def check_block(block: Block, compiler: Compiler, edition: str) -> BlockResult:
    """What rustc makes of one Rust block; `edition` holds where the fence names none."""
    wish = expectation(block)
    if wish is Expectation.IGNORED:
        return BlockResult(block, wish, Composition.NONE, True)
    edition = block.edition or edition
    if not compiler.knows_edition(edition):
        message = f"edition {edition} is unknown to {compiler.version}"
        return _result(block, Composition.NONE, "rustc_too_old", None, message)
    attempts = list(_attempts(block, edition, compiler))
    for how, compilation in attempts:
        if compilation.problem:
            return _stopped(block, how, compilation.problem)
    judge = _judge_failing if wish is Expectation.FAILS else _judge_compiling
    return judge(block, attempts)


def check_blocks(blocks: Sequence[Block], compiler: Compiler, edition: str) -> list[BlockResult]:
    """The results of Rust blocks, in their order, using all cores."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(lambda b: check_block(b, compiler, edition), blocks))
