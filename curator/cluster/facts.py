"""What a machine has of that which verdicts depend on."""

import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from curator import __version__
from curator.base.errors import ClusterError, CuratorError
from curator.filters.rust import RustSettings

_LIBRARIES = ("langdetect", "markdown-it-py", "ray")


def facts(rust: RustSettings | None) -> dict[str, str]:
    """Versions by name; with `rust`, after proof that its filter can work here.

    Raises CompilerError where it cannot.
    """
    found = {"curator": __version__, "Python": platform.python_version()}
    found |= {name: metadata.version(name) for name in _LIBRARIES}
    return found | (_rust(rust) if rust else {})


def _rust(settings: RustSettings) -> dict[str, str]:
    from curator.rust.compiler import Rustc
    from curator.rust.crates import find_cargo, find_crates
    from curator.rust.runner import Runner

    compiler = Rustc()
    compiler.prove()
    found = {"rustc": compiler.version}
    if settings.run:
        Runner().prove()
    if settings.crates:
        toolchain = compiler.toolchain
        known = find_crates(toolchain) or find_cargo(toolchain)
        found["external crates"] = "there" if known else "missing"
    return found


def told(rust: Any) -> dict[str, str]:
    """As `facts`, of settings as a JSON object; an error is the only fact, as its "fault"."""
    try:
        return facts(RustSettings.model_validate(rust) if rust else None)
    except CuratorError as error:
        return {"fault": str(error)}


def compare(known: dict[str, tuple[str, str]], node: str, found: Mapping[str, str]) -> None:
    """Hold a machine's facts against those `known`, with who told them, and learn new ones.

    Raises ClusterError, with the machine's name, for a fault or for another version.
    """
    if "fault" in found:
        raise ClusterError(found["fault"], where=node)
    for name, value in found.items():
        usual, whose = known.setdefault(name, (value, node))
        if value != usual:
            what = f"{name} {value}, and {usual} on {whose}"
            raise ClusterError(what, where=node, hint="verdicts need the same version everywhere")
