"""Compare machines in what verdicts depend on: the versions of the tools."""

import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from curator import __version__
from curator.base.errors import ClusterError, CuratorError
from curator.filters.rust import RustSettings

_LIBRARIES = ("langdetect", "markdown-it-py", "ray")


def facts(rust: RustSettings | None) -> dict[str, str]:
    """Return versions by name; with `rust`, after proof that its filter works here.

    Raises CompilerError where it does not.
    """
    versions = {"curator": __version__, "Python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in _LIBRARIES}
    return versions | (_rust(rust) if rust else {})


def _rust(settings: RustSettings) -> dict[str, str]:
    from curator.rust.compiler import Rustc
    from curator.rust.crates import find_cargo, find_crates
    from curator.rust.runner import Runner

    compiler = Rustc()
    compiler.prove()
    versions = {"rustc": compiler.version}
    if settings.run:
        Runner().prove()
    if settings.crates:
        toolchain = compiler.toolchain
        known = find_crates(toolchain) or find_cargo(toolchain)
        versions["external crates"] = "there" if known else "missing"
    return versions


def facts_or_fault(rust: Any) -> dict[str, str]:
    """Return `facts` for settings as a JSON object; an error is the only one, as its "fault"."""
    try:
        return facts(RustSettings.model_validate(rust) if rust else None)
    except CuratorError as error:
        return {"fault": str(error)}


def compare(known: dict[str, tuple[str, str]], node: str, versions: Mapping[str, str]) -> None:
    """Compare a machine's versions with `known` ones, and add those that are new there.

    Each known version comes with the name of a machine that has it. Raises ClusterError, with the
    machine's name, for a fault or for another version.
    """
    if "fault" in versions:
        raise ClusterError(versions["fault"], where=node)
    for name, value in versions.items():
        usual, whose = known.setdefault(name, (value, node))
        if value != usual:
            what = f"{name} {value}, and {usual} on {whose}"
            raise ClusterError(what, where=node, hint="verdicts need the same version everywhere")
