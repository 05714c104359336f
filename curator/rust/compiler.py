"""One source text -> what rustc says of it. The seam to the compiler."""

import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from curator.errors import CompilerError
from curator.rust.sandbox import Completed, Limits, Sandbox, find_sandbox
from curator.rust.toolchain import Toolchain, find_toolchain


@dataclass(frozen=True)
class Diagnostic:
    """One error of the compiler: its code ("" for a syntax error), text, line in the source."""

    code: str
    message: str
    line: int


@dataclass(frozen=True)
class Compilation:
    """The outcome of one run. `problem` is "", "time", "memory", "output" or "crash"."""

    ok: bool
    errors: tuple[Diagnostic, ...] = ()
    problem: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """The distinct codes of the errors; "" stands for errors that have none."""
        return frozenset(d.code for d in self.errors)


class Compiler(Protocol):
    """Compiles source texts, without producing a program."""

    @property
    def version(self) -> str:
        """What the compiler says of itself."""
        ...

    def knows_edition(self, edition: str) -> bool:
        """Whether this compiler takes an edition."""
        ...

    def compile(self, source: str, edition: str, kind: str) -> Compilation:
        """Check `source` as a crate; `kind` is "lib", "bin" or "test"."""
        ...


def _diagnostics(stderr: str) -> tuple[Diagnostic, ...]:
    found = []
    for line in stderr.splitlines():
        if not line.startswith("{"):
            continue
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:
            continue  # the last line, cut at the output limit
        if not str(message.get("level", "")).startswith("error"):
            continue
        spans: list[dict[str, Any]] = message.get("spans") or []
        if not spans and str(message.get("message", "")).startswith("aborting due to"):
            continue
        code = (message.get("code") or {}).get("code", "")
        primary = next((s for s in spans if s.get("is_primary")), None)
        place = int(primary["line_start"]) if primary else 0
        found.append(Diagnostic(code, str(message.get("message", "")), place))
    return tuple(found)


def _problem(done: Completed, errors: tuple[Diagnostic, ...]) -> str:
    if done.stopped:
        return done.stopped
    if "memory allocation of" in done.stderr or "out of memory" in done.stderr:
        return "memory"
    if done.code in (-24, 128 + 24, -9, 128 + 9):  # SIGXCPU, SIGKILL: the processor-time limit
        return "time"
    return "" if done.code == 0 or (done.code == 1 and errors) else "crash"


@dataclass(frozen=True)
class Rustc:
    """The real compiler, in the sandbox, on metadata only: all checks, nothing linked or run."""

    toolchain: Toolchain = field(default_factory=find_toolchain)
    sandbox: Sandbox = field(default_factory=find_sandbox)
    limits: Limits = field(default_factory=Limits)

    @property
    def version(self) -> str:
        """What `rustc --version` prints."""
        return self.toolchain.version

    def knows_edition(self, edition: str) -> bool:
        """See Compiler."""
        return self.toolchain.knows_edition(edition)

    def command(self, edition: str, kind: str) -> list[str]:
        """The words of one run, which reads the source from standard input."""
        shape = ["--test"] if kind == "test" else ["--crate-type", kind]
        fixed = ["--crate-name", "block", "--emit=metadata", "-o", "block.rmeta", "-Awarnings"]
        root = ["--sysroot", str(self.toolchain.sysroot), "--error-format=json"]
        return [str(self.toolchain.rustc), "-", "--edition", edition, *shape, *fixed, *root]

    def compile(self, source: str, edition: str, kind: str) -> Compilation:
        """See Compiler. A text that is not UTF-8 is a syntax error, as for rustc itself."""
        data = source.encode("utf-8", "surrogatepass")
        done = self.sandbox.run(
            self.command(edition, kind), self.toolchain.files, data, self.limits
        )
        errors = _diagnostics(done.stderr)
        return Compilation(done.code == 0 and not done.stopped, errors, _problem(done, errors))

    def prove(self) -> None:
        """Compile one line; raises CompilerError with rustc's or the sandbox's own words."""
        source = b"pub fn one() -> u8 { 1 }"
        done = self.sandbox.run(
            self.command("2021", "lib"), self.toolchain.files, source, self.limits
        )
        if done.code != 0:
            words = " ".join(done.stderr.split())[:300] or f"exit status {done.code}"
            raise CompilerError(
                f"rustc does not run in {self.sandbox.name}: {words}",
                hint="unprivileged user namespaces may be off; `curator doctor` says more",
            )
