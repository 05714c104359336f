"""Build teaching code and execute it, both in the sandbox: the text is taken as hostile.

Neither step sees more of the machine than it needs: the build rustc, the linker and the C library's
link files, the run its own program and the libraries that every Rust program loads. The run is one
process without network, environment, input or files; its limits end it, and all goes with it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from curator.base.errors import CompilerError
from curator.rust.compiler import ASKED, LAST, ROOT, Crate, Extern
from curator.rust.process import Completed, Limits
from curator.rust.sandbox import Job, Sandbox, Unsandboxed, find_sandbox
from curator.rust.source import analyse
from curator.rust.toolchain import Toolchain, find_toolchain
from curator.rust.unit import BEGIN, Unit, programs_crate

LINKER_HINT = "install a C linker (Debian, Ubuntu: apt install gcc; macOS: xcode-select --install)"

# What a link of Rust code asks the C compiler for; those that a machine lacks are passed over.
_LINKED = (
    *("Scrt1.o", "crt1.o", "crti.o", "crtn.o", "crtbeginS.o", "crtbegin.o", "crtendS.o"),
    *("crtend.o", "libgcc.a", "libgcc_eh.a", "libgcc_s.so", "libgcc_s.so.1", "liblto_plugin.so"),
    *("libc.so", "libm.so", "libm.so.6", "libdl.so", "librt.so", "libpthread.so", "libutil.so"),
    *("libdl.a", "librt.a", "libpthread.a", "libutil.a", "libssp_nonshared.a"),
)
_LOADED = ("ld-", "ld64", "libc.", "libgcc_s.", "libm.", "libdl.", "libpthread.", "librt.")
_BUILDING = Limits(seconds=30)
RUNNING = Limits(seconds=10, memory=1 << 30, output=64 << 10)
_NO_EXTERN = Extern()
_PROGRAM = "main"
_SOURCE = "src/main.rs"  # where panics place themselves, as they do under cargo
_DRIVER = Path(__file__).with_name("driver.rs")
_REPORT = re.compile(r"(\d+) (ended|time|output) (-?\d+) (\d+) (\d+)\n")
_HEAD = 200  # characters of a report before the outputs, and more
_OWN = re.compile(r"^test unit_\d+::", re.MULTILINE)
_OF_UNIT = re.compile(r"src/unit_\d+\.rs")
_FAILED_TESTS = re.compile(r"^failures:\n((?:    .+\n)+)\ntest result: FAILED", re.MULTILINE)
_TESTS_PASSED = re.compile(r"^test result: ok\.", re.MULTILINE)
_PROCESSOR_TIME = (-24, 128 + 24, -9, 128 + 9)  # SIGXCPU, SIGKILL
_ABORTED = (-6, 128 + 6)  # how a panic that may not unwind ends


@dataclass(frozen=True)
class Run:
    """How building and executing a text ended.

    `ended` is "ok", "panicked", "failed" (another exit status, a signal, failed tests), "time",
    "output", or "not_built", when the outputs are rustc's. `failed` names the tests that failed.
    """

    ended: str
    stdout: str = ""
    stderr: str = ""
    code: int = 0
    failed: tuple[str, ...] = ()


Task = Callable[[], dict[int, Run]]  # executes programs; runs by number


@dataclass(frozen=True)
class Linker:
    """How rustc links here: its options, the files to be seen, what goes before its command."""

    options: tuple[str, ...]
    files: tuple[Path, ...]
    before: tuple[str, ...] = ()


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise CompilerError(f"{command[0]} does not run: {error}", hint=LINKER_HINT) from error
    return done.stdout.strip()


def _paths(text: str) -> list[Path]:
    """List the files that a text names by their full path, without `..` in it."""
    named = [Path(os.path.normpath(word)) for word in text.split() if word.startswith("/")]
    return [path for path in named if path.is_file()]


def _with_script(path: Path) -> list[Path]:
    """List a library to link, and what it names if it is a script of the linker."""
    data = path.read_bytes() if path.stat().st_size < 4096 else b""
    return [path, *([] if b"\x00" in data else _paths(data.decode("ascii", "replace")))]


def _apple_linker() -> Linker:
    folder, sdk = _output("xcode-select", "-p"), _output("xcrun", "--show-sdk-path")
    before = ("/usr/bin/env", f"SDKROOT={sdk}")
    files = (Path(folder), Path("/usr/bin/env"))
    return Linker((f"-Clinker={_output('xcrun', '--find', 'cc')}",), files, before)


@cache
def find_linker() -> Linker:
    """Find the linker of this machine; raises CompilerError, with the way to get one, if none."""
    if sys.platform == "darwin":
        return _apple_linker()
    compiler, ld = shutil.which("cc"), shutil.which("ld.bfd")
    if not compiler or not ld:
        raise CompilerError("no C linker (cc and ld.bfd)", hint=LINKER_HINT)
    cc = str(Path(compiler).resolve())
    programs = [Path(cc), Path(ld), *_paths(_output(cc, "-print-prog-name=collect2"))]
    libraries = [p for name in _LINKED for p in _paths(_output(cc, f"-print-file-name={name}"))]
    files = programs + [p for library in libraries for p in _with_script(library)]
    files += [p for program in programs for p in _paths(_output("ldd", str(program)))]
    # rustc's own lld finds itself by /proc, which the sandbox has not; -s spares writing symbols.
    words = ("-fuse-ld=bfd", f"-B{Path(ld).parent}", "-s")
    options = (f"-Clinker={cc}", *(f"-Clink-arg={word}" for word in words))
    return Linker(options, tuple(dict.fromkeys(files)))


def _failed_tests(stdout: str) -> tuple[str, ...]:
    """List the names in libtest's last list of failures."""
    lists = _FAILED_TESTS.findall(stdout)
    return tuple(line.strip() for line in lists[-1].splitlines()) if lists else ()


def _ended(done: Completed, kind: str) -> str:
    """Tell how a program ended, in the words of Run."""
    if done.stopped or done.code in _PROCESSOR_TIME:
        return done.stopped or "time"
    if kind == "test":  # a test that exits with 0 ends the harness before its verdict
        return "ok" if done.code == 0 and _TESTS_PASSED.search(done.stdout) else "failed"
    if done.code == 101 or (done.code in _ABORTED and "panicked at" in done.stderr):
        return "panicked"
    return "failed" if done.code else "ok"


def _lay_out(folder: Path, texts: Mapping[str, str]) -> None:
    """Write source files below a folder."""
    (folder / "src").mkdir()
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def _together(crate: Crate) -> tuple[int, ...]:
    """List the programs that can do nothing to others in their sandbox, and leave nothing there."""
    return tuple(at for at, text in enumerate(crate.programs) if not analyse(text).sees_outside)


def _driver(crate: Crate, limits: Limits) -> str:
    """Write the root of a crate of many programs: its modules, its tables, and the driver."""
    count, together = len(crate.texts), _together(crate)
    modules = "".join(f"mod unit_{at};\n" for at in range(count))
    table = "".join(f"unit_{at}::{BEGIN}, " for at in range(count))
    tables = (
        f"const PROGRAMS: [fn() -> ExitCode; {count}] = [{table}];",
        f"const TOGETHER: [usize; {len(together)}] = {list(together)};",
        f"const SECONDS: u64 = {limits.seconds};",
        f"const LARGEST: usize = {limits.output};",
    )
    driver = _DRIVER.read_text()
    if crate.edition != "2024":  # an older rustc does not know this
        driver = driver.replace("unsafe extern", "extern")
    return modules + "\n".join(tables) + "\n" + driver + LAST


def _run(done: Completed, kind: str) -> Run:
    failed = _failed_tests(done.stdout) if kind == "test" else ()
    return Run(_ended(done, kind), done.stdout, done.stderr, done.code, failed)


@dataclass(frozen=True)
class Runner:
    """Builds and executes crate roots. Raises CompilerError only for what this machine lacks.

    Without a sandbox there is none: a program of a model's is never run as the user.
    """

    toolchain: Toolchain = field(default_factory=find_toolchain)
    sandbox: Sandbox = field(default_factory=find_sandbox)
    building: Limits = _BUILDING
    running: Limits = RUNNING

    def __post_init__(self) -> None:
        if isinstance(self.sandbox, Unsandboxed):
            hint = "without --unsandboxed, or with `run: false` for the filter rust"
            raise CompilerError("programs run in a sandbox only", hint=hint)

    def run(self, source: str, edition: str, kind: str, externs: Extern = _NO_EXTERN) -> Run:
        """Build `source`, a whole crate root, as "bin" or "test", and execute it once."""
        with tempfile.TemporaryDirectory(prefix="curator-") as name:
            folder = Path(name).resolve()
            _lay_out(folder, {_SOURCE: source})
            crate = Crate((source,), edition, kind, alone=True, externs=externs)
            built = self._build(folder, crate, _SOURCE, ("-o", _PROGRAM, ASKED[0]))
            if not self.is_built(built, folder):
                words = built.stderr or f"rustc: {built.stopped or 'no program'}"
                return Run("not_built", built.stdout, words, built.code)
            return _run(self._execute(folder / _PROGRAM), kind)

    def run_many(self, programs: Sequence[Unit]) -> list[Run] | None:
        """Build programs that share edition and crates as one, and execute each by itself.

        Returns None where they cannot be built together.
        """
        crate = programs_crate(programs)
        with tempfile.TemporaryDirectory(prefix="curator-") as name:
            folder = Path(name).resolve()
            if not self.is_built(self.build_many(crate, folder), folder):
                return None
            runs = dict[int, Run]()
            for _, work in self.tasks(crate, folder):
                runs.update(work())
        every = [runs[at] for at in range(len(programs)) if at in runs]
        return every if len(every) == len(programs) else None

    def run_tests(self, units: Sequence[Unit]) -> list[Run] | None:
        """Build the tests of units that share edition and crates as one, and run them at once.

        Returns None where they do not all pass: then who did what is not told apart.
        """
        texts = {f"src/unit_{at}.rs": unit.as_module(at) for at, unit in enumerate(units)}
        modules = "".join(f"mod unit_{at};\n" for at in range(len(units)))
        crate = Crate((), units[0].edition, "test", externs=units[0].externs)
        with tempfile.TemporaryDirectory(prefix="curator-") as name:
            folder = Path(name).resolve()
            _lay_out(folder, {_SOURCE: modules, **texts})
            built = self._build(folder, crate, _SOURCE, ("-o", _PROGRAM, ASKED[0]))
            if not self.is_built(built, folder):
                return None
            run = _run(self._execute(folder / _PROGRAM), "test")
        told = (f"test unit_{at}::" for at in range(len(units)))
        # Tests run in threads of their own, and end in any order.
        lines = (sorted(r for r in run.stdout.split("\n") if r.startswith(own)) for own in told)
        every = [replace(run, stdout=_OWN.sub("test ", "\n".join(rows))) for rows in lines]
        return every if run.ended == "ok" else None

    def build_many(self, crate: Crate, folder: Path) -> Completed:
        """Check and link the programs of a crate in an empty folder, with rustc's words in JSON."""
        emit = f"--emit=link={_PROGRAM},mir=mir.out"
        if len(crate.programs) == 1:  # needs no driver; its errors are asked for without the link
            _lay_out(folder, {_SOURCE: crate.programs[0]})
            return self._build(folder, crate, _SOURCE, (emit, ASKED[0]))
        texts = {f"src/unit_{at}.rs": text for at, text in enumerate(crate.texts)}
        _lay_out(folder, {f"src/{ROOT}": _driver(crate, self.running), **texts})
        words = ("--crate-name=main", emit, "--error-format=json", *ASKED)
        return self._build(folder, crate, f"src/{ROOT}", words)

    def is_built(self, built: Completed, folder: Path) -> bool:
        """Tell whether a build made a program of its folder."""
        program = folder / _PROGRAM
        ended = built.code == 0 and not built.stopped
        return ended and not program.is_symlink() and program.is_file()

    def tasks(self, crate: Crate, folder: Path) -> Iterator[tuple[tuple[int, ...], Task]]:
        """Yield the numbers of programs that were built as one, and how to execute them.

        Each has its own process, time and output, and all those that can do nothing to others
        share a sandbox. A task returns fewer runs where that did not end as it should.
        """
        program, together = folder / _PROGRAM, _together(crate)
        if len(crate.programs) == 1:
            yield (0,), partial(self._numbered, 0, program)
            return
        if together:
            yield together, partial(self._reported, program, len(together))
        for at in set(range(len(crate.texts))).difference(together):
            numbered = folder / str(at)  # the name by which the driver knows which to begin
            os.link(program, numbered)
            yield (at,), partial(self._numbered, at, numbered)

    def _numbered(self, at: int, program: Path) -> dict[int, Run]:
        return {at: _run(self._execute(program), "bin")}

    def _execute(self, program: Path) -> Completed:
        job = Job((str(program),), (program, *self._libraries()), single=True)
        return self.sandbox.run(job, self.running)

    def _reported(self, program: Path, count: int) -> dict[int, Run]:
        """Run `count` programs by their driver; runs by number, fewer where it did not end."""
        job = Job((str(program),), (program, *self._libraries()))
        output = count * (self.running.output + _HEAD)
        done = self.sandbox.run(job, replace(self.running, runs=count, output=output))
        runs, at, stdout = dict[int, Run](), 0, done.stdout
        while head := _REPORT.match(stdout, at):
            number, how, code, out, error = head.groups()
            middle, at = head.end() + int(out), head.end() + int(out) + int(error)
            stderr = _OF_UNIT.sub(_SOURCE, stdout[middle:at])
            stopped = "" if how == "ended" else how
            one = Completed(int(code), stdout[head.end() : middle], stderr, stopped)
            runs[int(number)] = _run(one, "bin")
        return runs

    def _libraries(self) -> list[Path]:
        return [p for p in self.toolchain.files if p.name.startswith(_LOADED)]

    def _build(self, folder: Path, crate: Crate, source: str, words: tuple[str, ...]) -> Completed:
        linker, externs = find_linker(), crate.externs
        shape = ["--test"] if crate.kind == "test" else ["--crate-type", crate.kind]
        # The crate is named after its file, `main`, unless its text names it.
        shape += ["--edition", crate.edition, *words]
        shape += ["-Cdebuginfo=0", "-Copt-level=0", "-Ccodegen-units=1", *linker.options]
        shape += ["--sysroot", str(self.toolchain.sysroot)]
        shape += [f"--extern={name}={path}" for name, path in externs.libraries]
        shape += [f"-Ldependency={externs.folder}"] if externs.folder else []
        files = [*self.toolchain.files, *linker.files, *filter(None, [externs.folder])]
        command = (*linker.before, str(self.toolchain.rustc), source, *shape)
        job = Job(command, tuple(dict.fromkeys(files)), work=folder)
        output = self.building.output * max(1, len(crate.texts) // 4)
        return self.sandbox.run(job, replace(self.building, output=output))

    def prove(self) -> None:
        """Build and execute one line; raises CompilerError with the words of what failed."""
        run = self.run('fn main() { println!("1"); }', "2021", "bin")
        if (run.ended, run.stdout) != ("ok", "1\n"):
            words = " ".join(run.stderr.split())[:300] or f"exit status {run.code}"
            raise CompilerError(
                f"no program runs in {self.sandbox.name}: {words}", hint=LINKER_HINT
            )


def _shape(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def matches_output(stated: str, stdout: str) -> bool:
    """Tell whether a program printed what a text states, but for spaces and blank lines around."""
    return _shape(stated) == _shape(stdout)
