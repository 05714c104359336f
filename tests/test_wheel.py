"""The wheel by itself: installed where no checkout can be imported, it has all that it needs."""

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import uv

from curator import __version__
from tests.conftest import ROOT

# Each line fails where a file that the package reads is not in the wheel.
DATA = """
from curator.evaluation.asking import system_text
from curator.filters.registry import FILTERS
from curator.generate.prompting import texts_sha256
from curator.generate.strategies.registry import strategy_type
from curator.base.shipped import shipped
from curator.records.taxonomy import taxonomy
from curator.retrieval.words import glossary
from curator.review.argilla.server.environment import pins
from curator.review.decisions.rubric import rubric

assert "site-packages" in str(shipped("schemas/taxonomy.yaml"))
assert len(taxonomy().topics) == 15 and rubric().criteria and glossary()
assert "site-packages" in str(pins()) and "argilla-server" in pins().read_text()
assert system_text("Vous aidez.", rag=True) != "Vous aidez."
assert len(texts_sha256()) == 64 and FILTERS and strategy_type("mutate")
print("all there")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel; it shares other packages, and sees no checkout.

    A line of a .pth file puts the folder of the others on the path without reading the .pth files
    in that, by which a checkout may be installed there.
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [uv.find_uv_bin(), "pip", "install", "--offline", "--no-deps", "--quiet"]
    cache = {**os.environ, "UV_CACHE_DIR": str(folder / "cache")}
    subprocess.run([*install, "--python", str(python), str(wheel)], check=True, env=cache)
    [own] = folder.glob("lib/python3*/site-packages")
    others = {_folder_of(name) for name in ("pydantic", "typer", "polars")}
    (own / "others.pth").write_text("\n".join(sorted(others)) + "\n")
    return python


def _folder_of(name: str) -> str:
    found = importlib.util.find_spec(name)
    assert found and found.origin
    return str(Path(found.origin).parents[1])


def run(python: Path, *arguments: object, cwd: Path) -> str:
    """What a command prints, without anything of ours in its environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CURATOR"))}
    done = subprocess.run(
        [str(python), *map(str, arguments)],
        cwd=cwd,
        env={**kept, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "curator", "schemas"], cwd=ROOT, capture_output=True, text=True
    )
    files = listed.stdout.split()
    assert "curator/py.typed" in files and "schemas/rubric.yaml" in files
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f if f.startswith("curator/") else f"curator/_data/{f}" for f in files}
    assert wanted | {"curator/_data/requirements/argilla.txt"} <= packed
    assert {name.split("/")[0] for name in packed} == {
        "curator",
        next(n.split("/")[0] for n in packed if ".dist-info/" in n),
    }


def test_wheel_and_command_share_a_version(wheel: Path, installed: Path, tmp_path: Path) -> None:
    said = run(installed, "-m", "curator", "--version", cwd=tmp_path).strip()
    assert wheel.name.split("-")[1] == said == __version__
    assert f"## {said} (" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_package_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import curator; print(curator.__file__, curator.check.__module__)"
    path, module = run(installed, "-c", code, cwd=tmp_path).split()
    assert Path(path).is_relative_to(installed.parents[1]) and module == "curator.api"
    search = run(installed, "-c", "import sys; print(*sys.path)", cwd=tmp_path).split()
    assert not [entry for entry in search if (Path(entry) / "pyproject.toml").exists()]


def test_all_that_is_read_is_there(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "-c", DATA, cwd=tmp_path) == "all there\n"


def test_the_command_is_there(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("curator")
    assert "  check " in run(installed, command, "--help", cwd=tmp_path)
    (tmp_path / "a.md").write_text("```rust\nfn main() {}\n```\n")
    said = run(installed, command, "check", "a.md", cwd=tmp_path)
    assert "As expected: 1 of 1 block" in said


@pytest.mark.slow
def test_the_examples_run_outside_of_a_checkout(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    said = {
        name: run(installed, tmp_path / "examples" / f"{name}.py", cwd=tmp_path)
        for name in ("check_markdown", "filter_examples", "read_and_write")
    }
    assert said["check_markdown"].count(": ok\n") == 3 and "E0308" in said["check_markdown"]
    assert "1 of 3 accepted" in said["filter_examples"]
    assert "the same example" in said["read_and_write"]


@pytest.mark.slow
def test_a_project_elsewhere_is_built_and_reported(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    (tmp_path / "raw" / "authored").mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "sample.jsonl", tmp_path / "raw" / "authored")
    said = run(installed, ROOT / "examples" / "build_a_set.py", tmp_path, cwd=tmp_path)
    assert "left out: 2 that a filter rejects" in said
    assert (tmp_path / "curated" / "train.jsonl").is_file()
    run(installed, installed.with_name("curator"), "report", cwd=tmp_path)
    assert "<style>" in (tmp_path / "build" / "rapport" / "rapport.html").read_text("utf-8")
