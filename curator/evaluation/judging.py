"""Judge the Rust of responses, in the sandbox of curator.rust."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from curator.evaluation.metrics import Shown
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import BlockScore
from curator.evaluation.seed import wrapped
from curator.evaluation.solving.kinds import Claim
from curator.evaluation.solving.run import Machine, Outcome, Question, grade_answers
from curator.rust.cache import Cache, compile_cached
from curator.rust.compiler import Compilation, Compiler, Rustc
from curator.rust.crates import crates_for
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.expect import Expectation
from curator.rust.runner import Runner
from curator.rust.toolchain import find_toolchain
from curator.rust.unit import Unit
from curator.rust.unsandboxed import is_unsandboxed
from curator.text.markdown import blocks

EDITION = "2021"


class _Plain(Unit):
    """A unit that is compiled without its tests, as `rustc FILE` does."""

    @property
    def tested(self) -> bool:
        """Never."""
        return False


@dataclass(frozen=True)
class Judge:
    """A judge of the Rust of responses; with a FakeCompiler, nothing is compiled or run."""

    compiler: Compiler
    options: Options = field(default_factory=Options)

    @property
    def version(self) -> str:
        """What the compiler says of itself."""
        return self.compiler.version

    def alone(self, codes: Sequence[str]) -> list[Compilation]:
        """Compile each block as it is, else wrapped in `fn main` (seed.wrapped): the seed's rule.

        All blocks share a few runs of rustc, with the outcomes that each would have alone.
        """
        said = self._compile(codes)
        failed = [i for i, outcome in enumerate(said) if not outcome.ok]
        again = {i: text for i in failed if (text := wrapped(codes[i])) is not None}
        retried = self._compile(list(again.values()))
        return [dict(zip(again, retried, strict=True)).get(i, s) for i, s in enumerate(said)]

    def _compile(self, codes: Sequence[str]) -> list[Compilation]:
        units = [_Plain(code, EDITION) for code in codes]
        return compile_cached(units, self.compiler, self.options.cache, self.options.batched)

    def taught(self, pairs: Sequence[tuple[str, str]]) -> list[list[BlockResult]]:
        """Check the Rust blocks of each answer in (prompt, answer), less ignored ones.

        The prompt's blocks are context, and may fail. A false claim about them is the answer's.
        """
        documents = [_document(prompt, answer) for prompt, answer in pairs]
        return [_of_answer(r) for r in check_documents(documents, self.compiler, self.options)]

    @property
    def machine(self) -> Machine | None:
        """What runs programs; None where nothing is run."""
        runner = self.options.runner
        return Machine(self.compiler, runner, self.options.cache) if runner else None

    def solved(self, pairs: Sequence[tuple[EvalPrompt, str]]) -> list[Outcome | None]:
        """Check each answer in (prompt, answer) by its prompt's check; None where it has none."""
        asked = [Question(p.prompt, p.check, a) if p.check else None for p, a in pairs]
        machine = self.machine
        able = [bool(q and (machine or isinstance(q.check, Claim))) for q in asked]
        tried = [q for q, can in zip(asked, able, strict=True) if q and can]
        outcomes = iter(grade_answers(tried, machine))
        unable = Outcome(False, "no program is run without a sandbox")
        return [
            next(outcomes) if can else unable if q else None
            for q, can in zip(asked, able, strict=True)
        ]


def rust_judge(texts: Iterable[str]) -> Judge:
    """Return the real judge: rustc in the sandbox, programs run, crates that a text names linked.

    Where the user chose to go without a sandbox, no program is run. Raises CompilerError where
    there is no rustc, or no sandbox and no such choice.
    """
    alone = is_unsandboxed()
    options = Options(
        EDITION,
        externs=crates_for(find_toolchain(), texts),
        cache=Cache(),
        runner=None if alone else Runner(),
        refuse_outside=alone,
    )
    return Judge(Rustc(), options)


def _document(prompt: str, answer: str) -> Document:
    shows_code = any(block.is_rust for block in blocks(prompt))
    return Document((Text("question", prompt), Text("answer", answer)), debug=shows_code)


def _of_answer(results: Sequence[BlockResult]) -> list[BlockResult]:
    checked = [r for r in results if r.expectation is not Expectation.IGNORED or r.reason]
    own = [r for r in checked if r.role == "answer"]
    claims = ("wrong_claim", "refuted_change")
    false = [r for r in checked if r.role == "question" and r.reason in claims]
    if own and false:
        own[0] = replace(own[0], reason=false[0].reason, message=false[0].message)
    return own


def compiled(line: int, outcome: Compilation) -> BlockScore:
    """Score a block that was compiled by itself."""
    if outcome.ok:
        return BlockScore(line=line, passed=True)
    limits = {"": "does_not_compile", "crash": "compiler_crash", "refused": "refused"}
    first = outcome.errors[0] if outcome.errors else None
    return BlockScore(
        line=line,
        passed=False,
        reason=limits.get(outcome.problem, "compiler_limit"),
        code=first.code if first else "",
        message=first.message if first else f"rustc stopped: {outcome.problem}",
    )


def shown(result: BlockResult) -> Shown:
    """Return a block that the engine judged as the metrics take it."""
    return Shown(result.block.code, result.passed)


def taught(result: BlockResult) -> BlockScore:
    """Score a block that the engine judged in its context."""
    return BlockScore(
        line=result.block.line,
        passed=result.passed,
        reason=result.reason,
        code=result.code,
        message=result.message,
    )
