"""A compiler for unit tests: it says what it was told to say, and counts how often."""

from collections.abc import Callable
from dataclasses import dataclass, field

from curator.rust.compiler import Compilation


@dataclass
class FakeCompiler:
    """Answers with `verdict(source)`; `sources` keeps what it was asked, in order."""

    verdict: Callable[[str], Compilation] = lambda source: Compilation(True)
    version: str = "rustc 1.0.0 (fake)"
    sources: list[str] = field(default_factory=list)

    def knows_edition(self, edition: str) -> bool:
        """Every edition but 2024."""
        return edition != "2024"

    def compile(self, source: str, edition: str, kind: str) -> Compilation:
        """See Compiler."""
        self.sources.append(source)
        return self.verdict(source)
