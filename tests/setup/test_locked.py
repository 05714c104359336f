"""The crates that cargo may fetch: real cargo, and a registry in a folder."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from curator.base.errors import CompilerError
from curator.rust import crates, locked
from curator.rust.compiler import Rustc
from tests.setup import registry as reg

TRACE = 'fn main() { std::fs::write(std::env::var("TRACE").unwrap(), "ran").unwrap(); }'


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty, and the one that cargo asks; the default set is the crate `small` from it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    monkeypatch.setenv("TRACE", str(tmp_path / "trace"))
    monkeypatch.setattr(crates, "PACKAGED", tmp_path / "none")
    monkeypatch.setattr(crates, "DEFAULT_CRATES", {"small": '"1"'})
    monkeypatch.setattr(locked, "LOCK", tmp_path / "crates.lock")
    folder = tmp_path / "registry"
    reg.use(folder, tmp_path / "cargo")
    return folder


def write_lock(**releases: tuple[str, str]) -> None:
    text = 'version = 3\n\n[[package]]\nname = "teaching"\nversion = "0.0.0"\n'
    text += 'dependencies = [\n "small",\n]\n'
    for name, (version, cksum) in releases.items():
        text += f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
        text += f'source = "{reg.SOURCE}"\nchecksum = "{cksum}"\n'
    locked.LOCK.write_text(text)


def build(rustc: Rustc) -> None:
    crates.build_crates(rustc.toolchain, crates.DEFAULT_CRATES)


def left(tmp_path: Path) -> list[str]:
    folder = tmp_path / "cache" / "rustsensei-curator" / "crates"
    return [path.name for path in folder.iterdir() if path.suffix != ".lock"]


def test_the_locked_release_is_built_though_there_is_a_newer_one(
    registry: Path, rustc: Rustc, tmp_path: Path
) -> None:
    cksum = reg.publish(registry, "small", "1.0.0", {"src/lib.rs": "pub const N: u8 = 0;"})
    reg.publish(registry, "small", "1.1.0", {"build.rs": TRACE})
    write_lock(small=("1.0.0", cksum))
    build(rustc)
    made = tmp_path / "cache" / "rustsensei-curator" / "crates" / left(tmp_path)[0]
    found = {
        p["name"]: p["version"] for p in tomllib.loads((made / "Cargo.lock").read_text())["package"]
    }
    assert found == {"small": "1.0.0", "teaching": "0.0.0"}
    assert not (tmp_path / "trace").exists()


def test_other_contents_under_a_locked_name_are_refused(
    registry: Path, rustc: Rustc, tmp_path: Path
) -> None:
    reg.publish(registry, "small", "1.0.0", {"build.rs": TRACE})
    write_lock(small=("1.0.0", "0" * 64))
    with pytest.raises(CompilerError, match="checksum") as caught:
        build(rustc)
    assert "\n" not in str(caught.value)
    assert left(tmp_path) == []
    assert not (tmp_path / "trace").exists()


def test_what_the_lock_does_not_name_is_not_built(
    registry: Path, rustc: Rustc, tmp_path: Path
) -> None:
    cksum = reg.publish(registry, "small", "1.0.0", {}, needs='stranger = "1"\n')
    reg.publish(registry, "stranger", "1.2.3", {"build.rs": TRACE})
    write_lock(small=("1.0.0", cksum))
    with pytest.raises(CompilerError, match=r"what is not locked: stranger 1\.2\.3"):
        build(rustc)
    assert left(tmp_path) == []
    assert not (tmp_path / "trace").exists()


def test_other_locks_are_other_sets(registry: Path, rustc: Rustc, tmp_path: Path) -> None:
    old = reg.publish(registry, "small", "1.0.0", {})
    new = reg.publish(registry, "small", "1.1.0", {})
    write_lock(small=("1.0.0", old))
    build(rustc)
    write_lock(small=("1.1.0", new))
    assert crates.find_crates(rustc.toolchain, crates.DEFAULT_CRATES) is None


def test_the_shipped_lock_fits_the_default_crates(
    tmp_path: Path, rustc: Rustc, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an index of just these releases cargo changes nothing: they meet our bounds."""
    entries = [e for e in tomllib.loads(locked.LOCK.read_text())["package"] if "checksum" in e]
    registry, work = tmp_path / "registry", tmp_path / "work"
    registry.mkdir()
    named = {"tokio": ["full"], "serde": ["derive"]}
    for entry in entries:
        needs = [dependency(word, entries) for word in entry.get("dependencies", [])]
        features = {name: [] for name in named.get(entry["name"], [])}
        reg.announce(
            registry, entry["name"], entry["version"], entry["checksum"],
            deps=needs, features=features,
        )  # fmt: skip
    reg.use(registry, tmp_path / "cargo")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    (work / "src").mkdir(parents=True)
    (work / "src" / "lib.rs").touch()
    (work / "Cargo.toml").write_text(crates._manifest(crates.DEFAULT_CRATES))
    (work / "Cargo.lock").write_bytes(locked.LOCK.read_bytes())
    beside = rustc.toolchain.rustc.with_name("cargo")
    cargo = str(beside) if beside.is_file() else "cargo"
    done = subprocess.run(
        [cargo, "update", "--workspace", "--locked"], cwd=work, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def dependency(word: str, entries: list[dict[str, str]]) -> dict[str, object]:
    name, _, version = word.partition(" ")
    version = version or next(e["version"] for e in entries if e["name"] == name)
    return reg.need(name, f"={version}")
