"""A registry of crates in a folder, as cargo reads it (a "local registry")."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

SOURCE = "registry+https://github.com/rust-lang/crates.io-index"  # its name in every Cargo.lock


def index_file(registry: Path, name: str) -> Path:
    """Where the index keeps what it knows of a crate."""
    short = {1: "1", 2: "2", 3: f"3/{name[:1]}"}.get(len(name), f"{name[:2]}/{name[2:4]}")
    path = registry / "index" / short / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def announce(registry: Path, name: str, version: str, cksum: str, **more: object) -> None:
    """Add a release to the index."""
    entry = {"name": name, "vers": version, "deps": [], "features": {}, "yanked": False}
    with index_file(registry, name).open("a") as file:
        file.write(json.dumps({**entry, "cksum": cksum, **more}) + "\n")


def need(name: str, requirement: str, **more: object) -> dict[str, object]:
    """A dependency, in the index's form."""
    always = {"features": [], "optional": False, "default_features": True, "kind": "normal"}
    return {"name": name, "req": requirement, "target": None, **always, **more}


def publish(registry: Path, name: str, version: str, files: dict[str, str], needs: str = "") -> str:
    """Put a release with sources into the registry; its checksum."""
    manifest = f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'
    whole = {"Cargo.toml": f"{manifest}[dependencies]\n{needs}", "src/lib.rs": "", **files}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, text in whole.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    registry.mkdir(exist_ok=True)
    (registry / f"{name}-{version}.crate").write_bytes(packed.getvalue())
    cksum = hashlib.sha256(packed.getvalue()).hexdigest()
    deps = [need(line.split(" = ")[0], "^1") for line in needs.splitlines()]
    announce(registry, name, version, cksum, deps=deps)
    return cksum


def use(registry: Path, cargo_home: Path) -> None:
    """A configuration that has cargo ask this registry instead of its own."""
    cargo_home.mkdir(exist_ok=True)
    (cargo_home / "config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "ours"\n[source.ours]\nlocal-registry = "{registry}"\n'
    )
