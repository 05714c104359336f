"""Find the installed rustc, the files it consists of, and what an older release lacks.

cron and launchd start programs with a PATH of system folders only, so rustup's folder and
Homebrew's are searched after PATH.
"""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from curator.base.errors import CompilerError

INSTALL_HINT = "install Rust: https://rustup.rs, or your distribution's rustc"

# What teaching answers use most, and the release that brought it (Rust release notes).
_LANDMARKS: tuple[tuple[tuple[int, int], str], ...] = (
    ((1, 65), "let-else and generic associated types"),
    ((1, 70), "Option::is_some_and and OnceLock"),
    ((1, 75), "async fn in traits"),
    ((1, 80), "LazyLock"),
    ((1, 85), "edition 2024 and async closures"),
    ((1, 88), "let chains"),
)


@dataclass(frozen=True)
class Toolchain:
    """An installed rustc: the real program (not rustup's proxy), its release, its files.

    `files` are the paths that it needs to run: program, standard library, shared libraries.
    `command` is the program that was found, which may be rustup's proxy.
    """

    rustc: Path
    sysroot: Path
    version: str
    release: tuple[int, int]
    files: tuple[Path, ...]
    command: Path | None = None

    def lacks(self) -> list[str]:
        """Name what of current Rust this release does not know, oldest first."""
        return [feature for release, feature in _LANDMARKS if self.release < release]

    def knows_edition(self, edition: str) -> bool:
        """Tell whether this release compiles an edition without nightly flags."""
        return edition in ("2015", "2018", "2021") or (
            edition == "2024" and self.release >= (1, 85)
        )


def _rust_folders() -> list[Path]:
    """List the folders where installers put Rust, whether or not they are on PATH."""
    given = os.environ.get("CARGO_HOME")
    folders = [Path(given) / "bin"] if given else []
    with suppress(RuntimeError):  # a user without a home folder
        folders.append(Path.home() / ".cargo" / "bin")
    return [*folders, Path("/opt/homebrew/bin"), Path("/usr/local/bin")]


def find_program(name: str) -> Path | None:
    """Find a program of the Rust toolchain on PATH, else where rustup or Homebrew puts it."""
    everywhere = os.pathsep.join(map(str, _rust_folders()))
    path = shutil.which(name) or shutil.which(name, path=everywhere)
    return Path(path) if path else None


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        hint = f"run it by hand, or {INSTALL_HINT}"
        raise CompilerError(f"{command[0]} does not run: {error}", hint=hint) from error
    return done.stdout.strip()


def shared_libraries(program: Path) -> list[Path]:
    """List the files that a program loads when it starts; none where no `ldd` can tell."""
    if not shutil.which("ldd"):
        return []
    words = _output("ldd", str(program)).split()
    return [Path(os.path.normpath(w)) for w in words if w.startswith("/")]


def _libraries(sysroot: Path, rustc: Path) -> list[Path]:
    """List rustc's own libraries beside the standard library: driver, LLVM, and what they need."""
    drivers = sorted((sysroot / "lib").glob("librustc_driver-*.so"))
    needed = [p for program in (rustc, *drivers) for p in shared_libraries(program)]
    return [*drivers, *needed]


def installed_version() -> str | None:
    """Return what the installed rustc says of itself; None where there is none."""
    try:
        return find_toolchain().version
    except CompilerError:
        return None


@cache
def find_toolchain(command: str | None = None) -> Toolchain:
    """Find the rustc named by `command`, else by CURATOR_RUSTC, else the installed one.

    Raises CompilerError where there is none, or it does not run.
    """
    name = command or os.environ.get("CURATOR_RUSTC") or "rustc"
    program = find_program(name)
    if program is None:
        raise CompilerError(f"no {name} on this machine", hint=INSTALL_HINT)
    # rustup's proxy asks for a HOME that the sandbox has not, and costs 13 ms a run.
    sysroot = Path(_output(str(program), "--print", "sysroot"))
    real = sysroot / "bin" / "rustc"
    rustc = (real if real.is_file() else program).resolve()
    version = _output(str(rustc), "--version")
    match = re.match(r"rustc (\d+)\.(\d+)\.", version)
    if match is None:
        raise CompilerError(f"{rustc} says {version!r}, which is no rustc", hint=INSTALL_HINT)
    release = (int(match.group(1)), int(match.group(2)))
    rustlib = sysroot / "lib" / "rustlib"
    files = tuple(dict.fromkeys((rustc, rustlib, *_libraries(sysroot, rustc))))
    return Toolchain(rustc, sysroot, version, release, files, program)
