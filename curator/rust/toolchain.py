"""Which rustc there is, which files it consists of, and what an older one lacks."""

import os
import re
import shutil
import subprocess
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
    """

    rustc: Path
    sysroot: Path
    version: str
    release: tuple[int, int]
    files: tuple[Path, ...]

    def lacks(self) -> list[str]:
        """What of current Rust this release does not know, oldest first."""
        return [what for release, what in _LANDMARKS if self.release < release]

    def knows_edition(self, edition: str) -> bool:
        """Whether this release compiles an edition without nightly flags."""
        return edition in ("2015", "2018", "2021") or (
            edition == "2024" and self.release >= (1, 85)
        )


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        hint = f"run it by hand, or {INSTALL_HINT}"
        raise CompilerError(f"{command[0]} does not run: {error}", hint=hint) from error
    return done.stdout.strip()


def shared_libraries(program: Path) -> list[Path]:
    """The files that a program loads when it starts; none where there is no `ldd` to say so."""
    if not shutil.which("ldd"):
        return []
    words = _output("ldd", str(program)).split()
    return [Path(os.path.normpath(w)) for w in words if w.startswith("/")]


def _libraries(sysroot: Path, rustc: Path) -> list[Path]:
    """rustc's own libraries beside the standard library: driver, LLVM, and what they need."""
    drivers = sorted((sysroot / "lib").glob("librustc_driver-*.so"))
    needed = [p for program in (rustc, *drivers) for p in shared_libraries(program)]
    return [*drivers, *needed]


def installed_version() -> str | None:
    """What the installed rustc says of itself; None where there is none."""
    try:
        return find_toolchain().version
    except CompilerError:
        return None


@cache
def find_toolchain(command: str | None = None) -> Toolchain:
    """The rustc named by `command`, by CURATOR_RUSTC, or on the path; else CompilerError."""
    name = command or os.environ.get("CURATOR_RUSTC") or "rustc"
    found = shutil.which(name)
    if found is None:
        raise CompilerError(f"no {name} on this machine", hint=INSTALL_HINT)
    sysroot = Path(_output(found, "--print", "sysroot"))
    real = sysroot / "bin" / "rustc"
    rustc = (real if real.is_file() else Path(found)).resolve()
    version = _output(str(rustc), "--version")
    match = re.match(r"rustc (\d+)\.(\d+)\.", version)
    if match is None:
        raise CompilerError(f"{rustc} says {version!r}, which is no rustc", hint=INSTALL_HINT)
    release = (int(match.group(1)), int(match.group(2)))
    rustlib = sysroot / "lib" / "rustlib"
    files = tuple(dict.fromkeys((rustc, rustlib, *_libraries(sysroot, rustc))))
    return Toolchain(rustc, sysroot, version, release, files)
