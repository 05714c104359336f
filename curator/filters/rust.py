"""Every Rust block of question and answer does what its fence says, by rustc in the sandbox."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from curator.answer import Block, blocks
from curator.example import Example, Verdict
from curator.filters.base import failing, passing
from curator.recipe import RustSettings
from curator.rust.compiler import Compiler, Rustc
from curator.rust.engine import REASONS, BlockResult, Expectation, check_blocks
from curator.rust.sandbox import Limits


def rust_compiler(settings: RustSettings) -> Rustc:
    """The real compiler under a recipe's limits; raises CompilerError where there is none."""
    memory, output = settings.memory_mb << 20, settings.output_kb << 10
    return Rustc(limits=Limits(settings.seconds, memory, output))


def rust_blocks(example: Example) -> list[tuple[str, Block]]:
    """The Rust blocks of an example, each with its role ("question" or "answer")."""
    texts = (("question", example.question), ("answer", example.answer))
    return [(role, block) for role, text in texts for block in blocks(text) if block.is_rust]


class RustFilter:
    """Rejects an example with a block that breaks its fence's word, or with nothing to check."""

    name = "rust"
    reasons: ClassVar[dict[str, str]] = {
        "no_rust_block": "the answer shows no Rust code",
        "no_checked_block": "every Rust block of the answer is marked ignore",
        **REASONS,
    }

    def __init__(self, settings: RustSettings, compiler: Compiler | None = None):
        self.settings = settings
        self._given = compiler

    @cached_property
    def compiler(self) -> Compiler:
        """The compiler, found when it is first needed."""
        return self._given or rust_compiler(self.settings)

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """See Filter. The score is the share of the checked blocks that did as they say."""
        per_example = [rust_blocks(e) for e in examples]
        flat = [block for found in per_example for _, block in found]
        results = (
            iter(check_blocks(flat, self.compiler, self.settings.edition)) if flat else iter(())
        )
        judged = [[(role, next(results)) for role, _ in found] for found in per_example]
        return [self._judge(found) for found in judged]

    def _judge(self, results: Sequence[tuple[str, BlockResult]]) -> Verdict:
        checked = [(r, b) for r, b in results if b.expectation is not Expectation.IGNORED]
        if self.settings.require_block and not any(r == "answer" for r, _ in checked):
            ignored = any(r == "answer" for r, _ in results)
            reason = "no_checked_block" if ignored else "no_rust_block"
            return failing(self.name, reason, self.reasons[reason], 0.0)
        broken = [(r, b) for r, b in checked if not b.passed]
        score = 1 - len(broken) / len(checked) if checked else 1.0
        if broken:
            detail = "; ".join(f"{role}, {result.short()}" for role, result in broken)
            return failing(self.name, broken[0][1].reason, detail, round(score, 4))
        return passing(self.name, score, f"{len(checked)} blocks, {self.compiler.version}")
