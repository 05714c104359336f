"""Compile source texts into what rustc says of them: the seam to the compiler.

Many texts are compiled in one run, as module files of one crate; a text whose meaning depends on
being a crate's root goes alone.
"""

import json
import os
import re
import secrets
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from typing_extensions import override

from curator.base.errors import CompilerError
from curator.rust.process import Completed, Limits
from curator.rust.sandbox import Job, Sandbox, Unsandboxed, find_sandbox
from curator.rust.source import analyse
from curator.rust.toolchain import Toolchain, find_toolchain
from curator.rust.unsandboxed import marked

_MODULE = re.compile(r"(?:^|/)unit_(\d+)\.rs$")
_SHOWN = 4000  # characters of a message that are kept to be quoted
_ADVICE = re.compile(r"^(?:note|help):|^ *= (?:note|help):|^ *::: ", re.MULTILINE)
_FILE = re.compile(r"(?<=--> )(?:<anon>|\S*unit_\d+\.rs)(?=:\d)")
ROOT = "root.rs"
# Stands last in a shared crate. The borrow checker, which comes last of all that looks at each body
# whatever else is wrong, warns of it: then it has seen all bodies before.
LAST = "const _: () = { fn last() { let mut unchanged = 0; let _ = unchanged; } };\n"
ASKED = ("-Awarnings", "--force-warn", "unused_mut")
_LACKS = re.compile(
    r"cannot find (?!crate\b)|unresolved imports? |failed to resolve"
    r"|use of (?:undeclared|unresolved) |expected value, found module `self`"
)
_NAME = re.compile(r"`(?:\w+::)*([A-Za-z_]\w*)`")
# Errors that say that a name is missing, and that a macro or an attribute is.
_LACKING = {
    "E0405", "E0411", "E0412", "E0422", "E0424", "E0425", "E0432", "E0433", "E0531", "E0576", "",
}  # fmt: skip
_STD_IMPORT = re.compile(r"^\s*use ((?:std|core|alloc)::[\w:]+);\s*$")


@dataclass(frozen=True)
class Extern:
    """Libraries to link: cargo's names, and the folder of their compiled files."""

    libraries: tuple[tuple[str, Path], ...] = ()
    folder: Path | None = None


@dataclass(frozen=True)
class Crate:
    """What one run compiles. With `alone`, the single text is the crate's root.

    `kind` is "lib", "bin" or "test"; only a text that is alone is a "bin". With `assembles`, the
    run goes as far as machine code. `programs` are the texts, as they were, of one that is to be
    linked as well (curator.rust.building).
    """

    texts: tuple[str, ...]
    edition: str
    kind: str = "lib"
    alone: bool = False
    externs: Extern = field(default_factory=Extern)
    assembles: bool = False
    programs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnostic:
    """One error: its code ("" for a syntax error), its text, its place.

    `module` is the index of the text it is in, -1 where it is in none; `line` counts from 1, 0
    where there is none. `imports` are the standard-library paths that rustc proposes to import;
    `shown` is what people see of it, less notes and help, as if the text were `src/main.rs`.
    """

    code: str
    message: str
    line: int = 0
    module: int = 0
    imports: tuple[str, ...] = ()
    shown: str = ""

    @property
    def lacks_name(self) -> bool:
        """Whether it says no more than that a name is not there."""
        return self.code in _LACKING and _LACKS.match(self.message) is not None

    @property
    def quoted(self) -> tuple[str, ...]:
        """The first name that its message quotes."""
        name = _NAME.search(self.message)
        return (name.group(1),) if name else ()


@dataclass(frozen=True)
class Compilation:
    """The outcome of one run.

    `problem` is "", "time", "memory", "output", "crash", or "refused" where a text could reach
    outside of itself and there is no sandbox. `analysed`: rustc got through the last check of
    every body of a shared crate, so that nothing is left unsaid of a module that has errors.
    """

    ok: bool
    errors: tuple[Diagnostic, ...] = ()
    problem: str = ""
    analysed: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """The distinct codes of the errors; "" stands for those of errors without one."""
        return frozenset(d.code for d in self.errors)


class Compiler(Protocol):
    """Compiles crates, without producing a program."""

    @property
    def version(self) -> str:
        """What the compiler says of itself."""
        ...

    def knows_edition(self, edition: str) -> bool:
        """Tell whether this compiler takes an edition."""
        ...

    def compile(self, crate: Crate) -> Compilation:
        """Check a crate; never raises for what is in its texts."""
        ...

    def compile_all(self, crates: Sequence[Crate]) -> list[Compilation]:
        """Check crates; returns what `compile` would of each, for fewer starts of the compiler."""
        ...


def _place(span: dict[str, Any], alone: bool) -> tuple[int, int] | None:
    """Return the module and line of a span, or of the macro call in our text that it comes from."""
    while True:
        name = str(span.get("file_name", ""))
        module = _MODULE.search(name)
        if module and not alone:
            return int(module.group(1)), int(span["line_start"])
        if alone and name == "<anon>":
            return 0, int(span["line_start"])
        expansion = span.get("expansion")
        if not expansion:
            return None
        span = expansion["span"]


def _imports(message: dict[str, Any]) -> Iterator[str]:
    """Yield the standard-library imports that rustc proposes, each the only one of its note."""
    for child in message.get("children") or []:
        texts = [str(s.get("suggested_replacement") or "") for s in child.get("spans") or []]
        paths = {m.group(1) for t in texts if (m := _STD_IMPORT.match(t))}
        # core and alloc mirror std; a name that std offers twice is the author's to choose.
        if len(paths) == 1:
            yield from paths


def _shown(message: dict[str, Any]) -> str:
    """Return the error as rustc prints it, up to its notes and help; "" for one that is endless."""
    head = _ADVICE.split(str(message.get("rendered") or ""), maxsplit=1)[0].rstrip(" |\n")
    return _FILE.sub("src/main.rs", head) if len(head) <= _SHOWN else ""


def _diagnostic(message: dict[str, Any], alone: bool) -> Diagnostic | None:
    spans: list[dict[str, Any]] = message.get("spans") or []
    text = str(message.get("message", ""))
    if not spans and text.startswith(("aborting due to", "could not compile")):
        return None
    # What fails inside of the standard library is placed by what else the message points at.
    children = [s for child in message.get("children") or [] for s in child.get("spans") or []]
    pointed = [*sorted(spans, key=lambda s: not s.get("is_primary")), *children]
    places = [p for s in pointed if (p := _place(s, alone))]
    module, line = places[0] if places else (0 if alone else -1, 0)
    code = str((message.get("code") or {}).get("code", ""))
    imports = tuple(dict.fromkeys(_imports(message)))
    return Diagnostic(code, text, line, module, imports, _shown(message))


def _messages(stderr: str) -> Iterator[dict[str, Any]]:
    """Yield rustc's JSON lines; a last line that was cut is passed over."""
    for line in stderr.split("\n"):  # rustc writes other line separators of Unicode as they are
        if line.startswith("{"):
            with suppress(ValueError):  # cut at the output limit
                yield json.loads(line)


def parse_diagnostics(stderr: str, alone: bool) -> tuple[tuple[Diagnostic, ...], bool]:
    """Read the errors among rustc's JSON lines, and whether the crate's root was warned of."""
    errors, analysed = [], False
    for message in _messages(stderr):
        if str(message.get("level", "")).startswith("error"):
            error = _diagnostic(message, alone)
            errors += [error] if error else []
        elif not alone and not analysed:
            names = (str(span.get("file_name", "")) for span in message.get("spans") or [])
            analysed = any(name.endswith(ROOT) for name in names)
    return tuple(errors), analysed


def memory() -> str | None:
    """Return a folder in memory, where there is one: a crate is many small files for a moment."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None  # noqa: S108


def _lay_out(crate: Crate, folder: Path) -> Path:
    """Write a crate's texts to a folder; returns the file to be compiled."""
    if crate.alone:
        (folder / "text.rs").write_bytes(crate.texts[0].encode("utf-8", "surrogatepass"))
        return folder / "text.rs"
    for index, text in enumerate(crate.texts):
        (folder / f"unit_{index}.rs").write_bytes(text.encode("utf-8", "surrogatepass"))
    modules = "".join(f"mod unit_{i};\n" for i in range(len(crate.texts)))
    (folder / ROOT).write_text(modules + LAST)
    return folder / ROOT


# Runs one compilation after another, and writes the mark and the exit status after what each
# printed. It ends with the first that is stopped or crashes: what such a run leaves behind could
# fill the folder that the next one needs.
_SCRIPT = """one() {{
  "$@"
  code=$?
  printf '\\n%s %s\\n' {mark} $code >&2
  [ $code -le 1 ] || exit
}}
"""


def problem_of(done: Completed, errors: tuple[Diagnostic, ...]) -> str:
    """Say what ended a run of rustc other than the errors that it told; "" if nothing did."""
    if done.stopped:
        return done.stopped
    raw = "\n".join(line for line in done.stderr.split("\n") if not line.startswith("{"))
    if "memory allocation of" in raw or "out of memory" in raw:
        return "memory"
    if done.code in (-24, 128 + 24, -9, 128 + 9):  # SIGXCPU, SIGKILL: the processor-time limit
        return "time"
    return "" if done.code == 0 or (done.code == 1 and errors) else "crash"


@dataclass(frozen=True)
class Rustc(Compiler):
    """The real compiler, in the sandbox: all that it checks in a build, nothing linked or run."""

    toolchain: Toolchain = field(default_factory=find_toolchain)
    sandbox: Sandbox = field(default_factory=find_sandbox)
    limits: Limits = field(default_factory=Limits)

    @property
    @override
    def version(self) -> str:
        version = self.toolchain.version
        return marked(version) if self._unsandboxed else version

    @property
    def _unsandboxed(self) -> bool:
        return isinstance(self.sandbox, Unsandboxed)

    def _refuses(self, crate: Crate) -> bool:
        """Tell whether a text of a crate could reach outside of itself, with no sandbox around.

        The engine refuses such blocks with a reason; this holds whatever way a text came here.
        """
        return self._unsandboxed and any(analyse(text).outside for text in crate.texts)

    @override
    def knows_edition(self, edition: str) -> bool:
        return self.toolchain.knows_edition(edition)

    def command(self, crate: Crate, source: str) -> tuple[str, ...]:
        """Return the words of one run."""
        shape = ["--test"] if crate.kind == "test" else ["--crate-type", crate.kind]
        # Some lints that deny, and constants that depend on types, are only looked at with the code
        # of every function: metadata would do without.
        emit = ["--emit=obj", "-Ccodegen-units=1"] if crate.assembles else ["--emit=mir"]
        named = crate.alone and analyse(crate.texts[0]).names_crate
        name = [] if named else ["--crate-name", "block"]
        fixed = [*name, *emit, "-o", "block.out", *(ASKED[:1] if crate.alone else ASKED)]
        root = ["--sysroot", str(self.toolchain.sysroot), "--error-format=json"]
        externs = [
            w for name, path in crate.externs.libraries for w in ("--extern", f"{name}={path}")
        ]
        if crate.externs.folder:
            externs += ["-L", f"dependency={crate.externs.folder}"]
        edition = ["--edition", crate.edition]
        return (str(self.toolchain.rustc), source, *edition, *shape, *fixed, *root, *externs)

    def _files(self, crate: Crate) -> tuple[Path, ...]:
        folder = crate.externs.folder
        return (*self.toolchain.files, folder) if folder else self.toolchain.files

    @override
    def compile(self, crate: Crate) -> Compilation:
        if self._refuses(crate):
            return Compilation(False, problem="refused")
        # A text that is not UTF-8 is a syntax error, as for rustc itself.
        if crate.alone:
            data = crate.texts[0].encode("utf-8", "surrogatepass")
            job = Job(self.command(crate, "-"), self._files(crate), data)
            return self._outcome(self.sandbox.run(job, self.limits), crate)
        with tempfile.TemporaryDirectory(prefix="curator-", dir=memory()) as name:
            folder = Path(name).resolve()
            command = self.command(crate, str(_lay_out(crate, folder)))
            job = Job(command, (*self._files(crate), folder))
            limits = replace(self.limits, output=self._output(crate))
            return self._outcome(self.sandbox.run(job, limits), crate)

    def _output(self, crate: Crate) -> int:
        """Bound the output: each text may fill its share; a flood in one is found by halving."""
        return self.limits.output * max(1, len(crate.texts) // 4)

    @override
    def compile_all(self, crates: Sequence[Crate]) -> list[Compilation]:
        # One sandbox takes crates until a run is stopped or crashes. That one is run again by
        # itself, for an outcome that nothing else had a part in; then the rest go on together.
        outcomes: list[Compilation] = []
        while len(outcomes) < len(crates):
            left = crates[len(outcomes) :]
            together = len(left) > 1 and self.sandbox.shell and not any(map(self._refuses, left))
            outcomes += self._some(left) if together else []
            if len(outcomes) < len(crates):
                outcomes.append(self.compile(crates[len(outcomes)]))
        return outcomes

    def _some(self, crates: Sequence[Crate]) -> list[Compilation]:
        """Compile the first crates, as many as one job gets through; outcomes in order."""
        mark = secrets.token_hex()  # no text can contain it
        with tempfile.TemporaryDirectory(prefix="curator-", dir=memory()) as name:
            folder = Path(name).resolve()
            script = folder / "script"
            lines = [self._line(crate, folder / str(at)) for at, crate in enumerate(crates)]
            script.write_text(_SCRIPT.format(mark=mark) + "".join(lines))
            shell = self.sandbox.shell
            files = dict.fromkeys(f for c in crates for f in self._files(c))
            command = (str(shell[0]), str(script))
            job = Job(command, (*files, *shell, folder), program=self.toolchain.rustc)
            output = sum(map(self._output, crates))
            done = self.sandbox.run(job, replace(self.limits, output=output, runs=len(crates)))
        pieces = re.split(rf"\n{mark} (\d+)\n", done.stderr)
        runs = zip(crates, pieces[::2], pieces[1::2], strict=False)
        return [self._outcome(self._run(c, stderr, int(code)), c) for c, stderr, code in runs]

    def _line(self, crate: Crate, folder: Path) -> str:
        """Write a crate's texts to a new folder; returns the shell's words to compile them."""
        folder.mkdir()
        source = _lay_out(crate, folder)
        stdin = source if crate.alone else "/dev/null"
        words = self.command(crate, "-" if crate.alone else str(source))
        return f"one {shlex.join(words)} < {shlex.quote(str(stdin))}\n"

    def _run(self, crate: Crate, stderr: str, code: int) -> Completed:
        stopped = "output" if len(stderr.encode()) > self._output(crate) else ""
        return Completed(code, "", stderr, stopped)

    def _outcome(self, done: Completed, crate: Crate) -> Compilation:
        errors, analysed = parse_diagnostics(done.stderr, crate.alone)
        problem = problem_of(done, errors)
        if problem == "crash" and done.stderr.startswith(("bwrap: ", "sandbox-exec: ")):
            raise _no_sandbox(self.sandbox.name, done)
        return Compilation(done.code == 0 and not problem, errors, problem, analysed)

    def prove(self) -> None:
        """Compile one line; raises CompilerError with rustc's or the sandbox's own words."""
        crate = Crate(("pub fn one() -> u8 { 1 }",), "2021", alone=True)
        job = Job(self.command(crate, "-"), self.toolchain.files, crate.texts[0].encode())
        done = self.sandbox.run(job, self.limits)
        if done.code != 0:
            raise _no_sandbox(self.sandbox.name, done)


def _no_sandbox(name: str, done: Completed) -> CompilerError:
    words = " ".join(done.stderr.split())[:300] or f"exit status {done.code}"
    hint = "allow unprivileged user namespaces, or run on a machine that does"
    return CompilerError(f"rustc does not run in {name}: {words}", hint=hint)
