"""Where Rust's programs are looked for, also by what cron and launchd start."""

import os
import pwd
from pathlib import Path

import pytest

from curator.rust.crates import find_cargo
from curator.rust.toolchain import Toolchain, find_program, find_toolchain

NOWHERE = Toolchain(Path("/nowhere/rustc"), Path("/"), "rustc 1.80.0", (1, 80), ())


def install(folder: Path, name: str = "rustc-of-this-test") -> Path:
    folder.mkdir(parents=True)
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


@pytest.fixture(autouse=True)
def cron(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cron sets: a PATH of system folders, and HOME."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CARGO_HOME", raising=False)


def test_rustups_folder_is_searched_after_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = install(tmp_path / ".cargo" / "bin")
    assert find_program(proxy.name) == proxy
    chosen = install(tmp_path / "chosen")
    monkeypatch.setenv("PATH", str(chosen.parent))
    assert find_program(proxy.name) == chosen


def test_cargo_home_wins_over_the_usual_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / ".cargo" / "bin")
    moved = install(tmp_path / "moved" / "bin")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "moved"))
    assert find_program(moved.name) == moved


def test_without_home_the_users_own_folder_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path(pwd.getpwuid(os.getuid()).pw_dir) / ".cargo" / "bin"
    if not (real / "rustc").is_file():
        pytest.skip("no rustup here")
    monkeypatch.delenv("HOME")
    assert find_program("rustc") == real / "rustc"


def test_a_program_that_is_nowhere() -> None:
    assert find_program("rustc-that-is-not-there") is None


def test_cargo_is_found_beside_rustc_and_else_where_rustup_puts_it(tmp_path: Path) -> None:
    beside = install(tmp_path / "toolchain", "cargo")
    whole = Toolchain(beside.with_name("rustc"), Path("/"), "rustc 1.80.0", (1, 80), ())
    assert find_cargo(whole) == beside
    proxy = install(tmp_path / ".cargo" / "bin", "cargo")
    assert find_cargo(NOWHERE) == proxy


def test_a_toolchain_says_by_which_command_it_was_found(
    tmp_path: Path, rustc_program: Path
) -> None:
    proxy = tmp_path / ".cargo" / "bin" / "rustc"
    proxy.parent.mkdir(parents=True)
    proxy.symlink_to(rustc_program)
    # Past the cache, which knows the machine's own; and past rustc's own place on PATH.
    assert find_toolchain.__wrapped__(str(proxy)).command == proxy


@pytest.fixture(scope="module")
def rustc_program() -> Path:
    return find_toolchain().rustc
