"""Which releases of the default crates cargo may fetch: those in crates.lock, by checksum.

The file is a Cargo.lock. cargo itself refuses a release whose checksum is another, but would add
what the lock does not name; so what it resolved for this machine is compared before anything is
compiled, as building a crate runs its build script outside the sandbox.

Debian's packaged sources are not locked: their releases differ from one Debian to the next, some
carry no checksum, and the archive's signature vouches for them.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from curator.base.errors import CompilerError

LOCK = Path(__file__).with_name("crates.lock")

Release = tuple[str, str]  # name and version


def _checksums(lock: Path) -> dict[Release, str]:
    entries = tomllib.loads(lock.read_text("utf-8"))["package"]
    return {(e["name"], e["version"]): e.get("checksum", "") for e in entries}


def resolved(metadata: Mapping[str, Any]) -> list[Release]:
    """What cargo's metadata says it would build for this machine, our own package left out."""
    nodes = {node["id"] for node in metadata["resolve"]["nodes"]}
    packages = [p for p in metadata["packages"] if p["id"] in nodes and p["source"]]
    return [(p["name"], p["version"]) for p in packages]


def refuse_strangers(releases: Iterable[Release], now: Path) -> None:
    """Compare what cargo resolved, and its Cargo.lock `now`, with the lock.

    Raises CompilerError with the names of what is not in it, or has another checksum.
    """
    known, found = _checksums(LOCK), _checksums(now)
    strangers = [
        f"{name} {version}"
        for name, version in sorted(releases)
        if (name, version) not in known or found.get((name, version)) != known[name, version]
    ]
    if strangers:
        why = f"cargo would build what is not locked: {', '.join(strangers[:5])}"
        raise CompilerError(why, where=LOCK)
