"""Stand in for rustc in tests: answer by a function, and keep what was asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from typing_extensions import override

from curator.rust.compiler import Compilation, Compiler, Crate


@dataclass
class FakeCompiler(Compiler):
    """Answers with `verdict(text)` for every edition but 2024.

    `sources` keeps the texts that it was asked, in order.
    """

    verdict: Callable[[str], Compilation] = lambda source: Compilation(True)
    version: str = "rustc 1.0.0 (fake)"
    sources: list[str] = field(default_factory=list)

    @override
    def knows_edition(self, edition: str) -> bool:
        return edition != "2024"

    @override
    def compile(self, crate: Crate) -> Compilation:
        self.sources += crate.texts
        verdicts = [self.verdict(text) for text in crate.texts]
        problem = next((v.problem for v in verdicts if v.problem), "")
        errors = [replace(e, module=i) for i, v in enumerate(verdicts) for e in v.errors]
        return Compilation(all(v.ok for v in verdicts), tuple(errors), problem)

    @override
    def compile_all(self, crates: Sequence[Crate]) -> list[Compilation]:
        return [self.compile(crate) for crate in crates]
