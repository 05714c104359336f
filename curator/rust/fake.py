"""A compiler for unit tests: it says what it was told to say, and counts how often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from curator.rust.compiler import Compilation, Crate


@dataclass
class FakeCompiler:
    """Answers with `verdict(text)`; `sources` keeps the texts that it was asked, in order."""

    verdict: Callable[[str], Compilation] = lambda source: Compilation(True)
    version: str = "rustc 1.0.0 (fake)"
    sources: list[str] = field(default_factory=list)

    def knows_edition(self, edition: str) -> bool:
        """Every edition but 2024."""
        return edition != "2024"

    def compile(self, crate: Crate) -> Compilation:
        """See Compiler; the errors of a module are those of its text, each told once."""
        self.sources += crate.texts
        said = [self.verdict(text) for text in crate.texts]
        problem = next((s.problem for s in said if s.problem), "")
        errors = [replace(e, module=i) for i, s in enumerate(said) for e in s.errors]
        return Compilation(all(s.ok for s in said), tuple(errors), problem)

    def compile_all(self, crates: Sequence[Crate]) -> list[Compilation]:
        """See Compiler."""
        return [self.compile(crate) for crate in crates]
