"""Whatever gets installed is pinned, with hashes, and comes from whichever index the user has."""

import re
import sys
from pathlib import Path

import pytest

from curator.base.errors import ModelError
from curator.training import converter
from tests.conftest import ROOT
from tests.setup.test_setup import requirements

PINNED = sorted([
    *(p for p in (ROOT / "requirements").glob("*.txt") if "overrides" not in p.name),
    *Path(converter.__file__).parent.glob("converter*.txt"),
])  # fmt: skip


def ids(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", PINNED, ids=ids)
def test_every_requirement_is_pinned_and_hashed(path: Path) -> None:
    text = path.read_text()
    found = requirements(text)
    assert found
    bare = [name for name, hashes in found.items() if not hashes]
    assert not bare
    assert all(re.match(r"[a-z0-9.-]+==\S+( ; .*)? \\$", line) for line in text.splitlines()
               if line[:1].isalnum())  # fmt: skip
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.M)


def test_the_files_are_all_there() -> None:
    names = {path.name for path in PINNED}
    assert {"all.txt", "dev.txt", "build.txt", "argilla.txt", "converter.txt", "docs.txt"} <= names


def test_what_two_files_pin_they_pin_alike() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return {line.rstrip(" \\") for line in text.splitlines() if line[:1].isalnum()}

    dev = {line.split("==")[0]: line for line in pins("dev.txt")}
    assert {line.split("==")[0] for line in pins("all.txt")} < dev.keys()
    for name in ("all.txt", "build.txt", "docs.txt"):
        for line in pins(name):
            package, _, rest = line.partition("==")
            if package in dev:
                assert rest.split(" ;")[0] in {
                    one.split("==")[1].split(" ;")[0] for one in pins("dev.txt")
                    if one.startswith(f"{package}==")
                }  # fmt: skip


def test_the_login_of_argillas_server_has_no_known_hole() -> None:
    text = (ROOT / "requirements" / "argilla.txt").read_text()
    found = re.search(r"^python-jose==(\d+)\.(\d+)", text, re.M)
    assert found
    assert (int(found[1]), int(found[2])) >= (3, 4)  # CVE-2024-33663, CVE-2024-33664


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands with which the converter's environment is made; none is run."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none" / "python"))
    monkeypatch.setattr(converter, "_run", lambda *command: asked.append(command))
    converter.environment().mkdir(parents=True)
    monkeypatch.setattr(converter.shutil, "rmtree", lambda *words, **options: None)
    return asked


def test_the_converters_environment_is_made_of_hashed_wheels(pip: list[tuple[str, ...]]) -> None:
    converter.find_converter()
    installs = [command for command in pip if "install" in command]
    assert [Path(c[-1]).name for c in installs] == ["converter.txt", "converter-torch-cpu.txt"]
    for command in installs:
        assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(command)


def test_torch_with_cuda_is_taken_where_there_is_no_other(
    pip: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*command: str) -> None:
        pip.append(command)
        if command[-1].endswith("-cpu.txt"):
            raise ModelError("no such build")

    monkeypatch.setattr(converter, "_run", run)
    converter.find_converter()
    assert Path(pip[-1][-1]).name == "converter-torch.txt"
