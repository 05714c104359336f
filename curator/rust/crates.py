"""Build external crates for teaching code (tokio, serde and the like) once, to be linked after.

A set is a folder of the user's cache, named after the crates asked for and the rustc that built
them. cargo builds in a folder beside it; what gets linked is moved out and renamed into place,
and the marker is written last: a set without marker is no set, and is built again.
"""

import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from curator.base.cache_folder import cache_folder
from curator.base.errors import CompilerError
from curator.rust import locked
from curator.rust.compiler import Extern
from curator.rust.toolchain import Toolchain, find_program

log = logging.getLogger(__name__)

# Bounds that today's registry and Debian's older packages both meet. rand stays at 0.8, the
# interface that nearly all teaching code was written for.
DEFAULT_CRATES: dict[str, str] = {
    "tokio": '{ version = "1", features = ["full"] }',
    "serde": '{ version = "1", features = ["derive"] }',
    "serde_json": '"1"',
    "anyhow": '"1"',
    "thiserror": '">=1, <3"',
    "futures": '"0.3"',
    "rand": '"0.8"',
}
CRATES_HINT = (
    "install cargo, then go online or, on Debian, apt install "
    "librust-{tokio+full,serde+derive,serde-json,anyhow,thiserror,futures,rand}-dev"
)
PACKAGED = Path("/usr/share/cargo/registry")  # Debian's librust-*-dev packages: sources

_PATIENCE = 1800  # seconds for one run of cargo, downloads included
_MARKER = "complete.json"
_LIBRARIES = (".so", ".dylib", ".rlib")  # the first two are procedural macros
_MANIFEST = """[package]
name = "teaching"
version = "0.0.0"
edition = "2021"
resolver = "1" # one build of each crate, also of those that macros share with programs

[workspace] # whatever Cargo.toml stands in the folders above

[profile.dev]
debug = 0

[dependencies]
"""


def _manifest(crates: Mapping[str, str]) -> str:
    return _MANIFEST + "".join(f"{name} = {value}\n" for name, value in sorted(crates.items()))


def _is_packaged(crates: Mapping[str, str]) -> bool:
    return all(any(PACKAGED.glob(f"{name}-[0-9]*")) for name in crates)


def _is_locked(crates: Mapping[str, str]) -> bool:
    """Whether they come from cargo's registry in the releases of the lock."""
    return crates == DEFAULT_CRATES and not _is_packaged(crates)


def find_cargo(toolchain: Toolchain) -> Path | None:
    """Find the cargo that belongs to a rustc, else the installed one."""
    beside = toolchain.rustc.with_name("cargo")
    return beside if beside.is_file() else find_program("cargo")


def _folder(toolchain: Toolchain, crates: Mapping[str, str]) -> Path:
    made_of = f"{_manifest(crates)}\n{toolchain.version}"
    if _is_locked(crates):
        made_of += f"\n{locked.LOCK.read_text('utf-8')}"
    key = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    return cache_folder().resolve() / "crates" / key


def _extern(folder: Path, names: Mapping[str, str]) -> Extern:
    return Extern(tuple((n, folder / "deps" / f) for n, f in names.items()), folder / "deps")


def _load(folder: Path) -> Extern | None:
    try:
        names: dict[str, str] = json.loads((folder / _MARKER).read_bytes())
    except (OSError, ValueError):
        return None
    extern = _extern(folder, names)
    return extern if all(path.is_file() for _, path in extern.libraries) else None


def find_crates(toolchain: Toolchain, crates: Mapping[str, str] = DEFAULT_CRATES) -> Extern | None:
    """Return the set of `crates` for this rustc if it was built before, else None; runs nothing."""
    return _load(_folder(toolchain, crates))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Yield the descriptor of a lock file, once no other process holds it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def build_crates(toolchain: Toolchain, crates: Mapping[str, str] = DEFAULT_CRATES) -> Extern:
    """Return the set of `crates` (name -> dependency value as in Cargo.toml), built if it is new.

    Waits while another process builds the same. Raises CompilerError, and leaves no part of a set,
    when there is no cargo, a crate cannot be had or compiled, or the cache cannot be written.
    """
    folder = _folder(toolchain, crates)
    if ready := _load(folder):
        return ready
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_suffix(".lock")) as lock:
            return _load(folder) or _make(toolchain, crates, folder, lock)
    except OSError as error:
        why = f"cannot keep built crates: {error.strerror}"
        hint = "free some space, or set XDG_CACHE_HOME to a folder that can be written"
        raise CompilerError(why, where=folder.parent, hint=hint) from error


def _make(toolchain: Toolchain, crates: Mapping[str, str], folder: Path, lock: int) -> Extern:
    work = folder.with_suffix(".build")
    for left in (work, folder):  # by a process that was killed, or by a cleaner of caches
        shutil.rmtree(left, ignore_errors=True)
    try:
        build = _Build(toolchain, work, lock, _prepare(work, crates))
        libraries = build.libraries(_is_locked(crates))
        (work / "set").rename(folder)
        marker = folder / f".{_MARKER}"
        marker.write_text(json.dumps(libraries, indent=1))
        marker.replace(folder / _MARKER)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return _extern(folder, libraries)


def _prepare(work: Path, crates: Mapping[str, str]) -> tuple[str, ...]:
    """Lay out an empty package that depends on `crates`; returns the options to build it with."""
    for name in ("src", ".cargo", "set/deps"):
        (work / name).mkdir(parents=True)
    (work / "src" / "lib.rs").touch()
    (work / "Cargo.toml").write_text(_manifest(crates))
    if _is_locked(crates):
        (work / "Cargo.lock").write_bytes(locked.LOCK.read_bytes())
    if not _is_packaged(crates):
        return ()
    replaced = '[source.crates-io]\nreplace-with = "packaged"\n\n[source.packaged]\n'
    (work / ".cargo" / "config.toml").write_text(f'{replaced}directory = "{PACKAGED}"\n')
    return ("--offline",)


def _reason(error: Exception) -> str:
    """Tell cargo's own words in one line: the innermost cause, or else the first error."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    stderr: str = error.stderr
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error")]
    if errors and "Caused by:" not in lines:
        return errors[0]  # what follows are places and general advice
    return lines[-1] if lines else str(error)


def _environment(toolchain: Toolchain, target: str) -> dict[str, str]:
    """Keep the user's environment (proxies, mirrors), less what would change the build."""
    ours = {
        "RUSTC": str(toolchain.rustc),
        "RUSTC_WRAPPER": "",
        "CARGO_ENCODED_RUSTFLAGS": "",
        "CARGO_TARGET_DIR": target,
        "CARGO_BUILD_BUILD_DIR": target,
        # An older rustc gets the newest releases that it can compile.
        "CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS": "fallback",
    }
    return {k: v for k, v in os.environ.items() if k != "CARGO_BUILD_TARGET"} | ours


@dataclass(frozen=True)
class _Build:
    """One build in the folder `work`, under the lock with descriptor `lock`."""

    toolchain: Toolchain
    work: Path
    lock: int
    options: tuple[str, ...]

    def libraries(self, is_locked: bool) -> dict[str, str]:
        """Build; moves what can be linked to set/deps. Returns files by the name in a `use`."""
        metadata = self._metadata()
        if is_locked:
            locked.refuse_strangers(locked.resolved(metadata), self.work / "Cargo.lock")
        artifacts = self._artifacts()
        graph = metadata["resolve"]
        root = next(node for node in graph["nodes"] if node["id"] == graph["root"])
        for package, path in artifacts:
            if package != root["id"]:
                path.rename(self.work / "set" / "deps" / path.name)
        shutil.copy(self.work / "Cargo.lock", self.work / "set")  # which releases these are
        built = dict(artifacts)
        if lacking := [dep["name"] for dep in root["deps"] if dep["pkg"] not in built]:
            raise CompilerError(f"crates without a library: {', '.join(lacking)}")
        return {dep["name"]: built[dep["pkg"]].name for dep in root["deps"]}

    def _artifacts(self) -> list[tuple[str, Path]]:
        """List packages and their libraries, from cargo's JSON lines; .rlib files come last."""
        artifacts = []
        for line in self._cargo("build", "--message-format=json").splitlines():
            message: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
            files = map(Path, message.get("filenames") or [])
            artifacts += [(message["package_id"], f) for f in files if f.suffix in _LIBRARIES]
        return sorted(artifacts, key=lambda pair: _LIBRARIES.index(pair[1].suffix))

    def _metadata(self) -> dict[str, Any]:
        """Ask cargo what it resolves for this machine: exact, also where releases are mixed."""
        host = re.findall(r"^host: (\S+)", self._run(str(self.toolchain.rustc), "-vV"), re.M)
        words = ("--format-version=1", *(f"--filter-platform={name}" for name in host))
        found: dict[str, Any] = json.loads(self._cargo("metadata", *words))
        return found

    def _cargo(self, command: str, *words: str) -> str:
        cargo = find_cargo(self.toolchain)
        if cargo is None:
            raise CompilerError("no cargo on this machine", hint=CRATES_HINT)
        return self._run(str(cargo), command, *self.options, *words)

    def _run(self, *command: str) -> str:
        """Run a command; its standard output. It shares the lock, and holds it if we are killed."""
        try:
            done = subprocess.run(
                command,
                cwd=self.work,
                env=_environment(self.toolchain, str(self.work / "target")),
                pass_fds=(self.lock,),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            why = f"crates cannot be built: {_reason(error)}"
            raise CompilerError(why, hint=CRATES_HINT) from error
        return done.stdout


def crates_for(toolchain: Toolchain, texts: Iterable[str]) -> Extern:
    """Return the default set, if some text names one of its crates; built then, the first time.

    Where it cannot be had, a warning says why, and blocks that need it are `crate_unavailable`.
    """
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, DEFAULT_CRATES))})\s*(?:::|!|;)")
    return _default_set(toolchain) if any(map(named.search, texts)) else Extern()


@cache  # a build that fails takes cargo's retries, and is not tried again for every chunk
def _default_set(toolchain: Toolchain) -> Extern:
    ready = find_crates(toolchain)
    if ready:
        return ready
    log.warning("building the crate set (%s), once; this takes a minute", ", ".join(DEFAULT_CRATES))
    try:
        return build_crates(toolchain)
    except CompilerError as error:
        log.warning("no external crates: %s", error)
        return Extern()
