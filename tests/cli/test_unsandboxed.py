"""`--unsandboxed`: of every command that compiles, on a machine that has no sandbox."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from curator.base import store
from curator.records.files import read_examples
from curator.records.project import Project
from curator.rust.toolchain import find_toolchain
from tests.conftest import first_49
from tests.rust.test_check import GOOD_AND_BAD

COMPILING = (
    *("check", "filter", "import", "generate", "augment", "build", "gate", "evaluate", "retrain"),
    *("run", "review push", "review pull", "prompts compare"),
)


@pytest.fixture
def poor(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine with rustc and a linker, and without bubblewrap."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("cc", "ld.bfd", "ldd", "sh", "env", "git"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    (programs / "rustc").symlink_to(find_toolchain().rustc)
    return {**os.environ, "PATH": str(programs), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def curator(
    environment: dict[str, str], cwd: Path, *words: str | Path
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMPILING)
def test_every_command_that_compiles_has_it(command: str) -> None:
    words = [sys.executable, "-m", "curator", *command.split(), "--help"]
    assert "--unsandboxed" in subprocess.run(words, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_examples_are_filtered_by_a_stated_choice_alone(
    project: Project, poor: dict[str, str]
) -> None:
    shutil.rmtree(project.raw)  # what is filtered would be compared with it
    store.write_atomic(project.root / "some.jsonl", first_49()[:3])
    words = ("filter", "some.jsonl", "--out", "out", "--json")
    refused = curator(poor, project.root, *words)
    assert refused.returncode == 1
    assert "no sandbox to run rustc in" in refused.stderr
    assert "--unsandboxed" in refused.stderr
    done = curator({**poor, "CURATOR_UNSANDBOXED": "1"}, project.root, *words)
    assert done.returncode == 1  # an environment is no statement
    done = curator(poor, project.root, *words, "--unsandboxed")
    judged = list(read_examples(*sorted((project.root / "out").glob("*.jsonl"))))
    details = [v.detail for e in judged for v in e.verdicts if v.filter == "rust" and v.passed]
    assert details, done.stderr
    assert all("no sandbox" in detail for detail in details)


@pytest.mark.slow
def test_recorded_answers_are_scored_without_running_them(
    project: Project, poor: dict[str, str]
) -> None:
    answer = "Voici :\n\n```rust\nfn main() { panic!(); }\n```\n"
    row = {"prompt_id": "p", "response": answer, "category": "basics", "expected_topics": []}
    (project.root / "answers.jsonl").write_text(json.dumps(row) + "\n")
    words = ("evaluate", "--responses", "answers.jsonl", "--profile", "seed", "--json")
    assert curator(poor, project.root, *words).returncode == 1
    done = curator(poor, project.root, *words, "--unsandboxed")
    assert done.returncode == 0, done.stderr
    [scored] = project.root.rglob("scores-*.json")
    found = json.loads(scored.read_text("utf-8"))
    assert found["rustc"].endswith(", no sandbox")
    assert found["scores"][0]["blocks"][0]["passed"]


@pytest.mark.slow
def test_check_runs_no_program_without_a_sandbox(tmp_path: Path, poor: dict[str, str]) -> None:
    (tmp_path / "a.md").write_text(GOOD_AND_BAD)
    assert curator(poor, tmp_path, "check", "a.md").returncode == 1
    done = curator(poor, tmp_path, "check", "a.md", "--unsandboxed", "--json")
    assert json.loads(done.stdout)["totals"]["blocks"] == 2
    assert curator(poor, tmp_path, "check", "a.md", "--unsandboxed", "--run").returncode == 2


@pytest.mark.slow
def test_a_cluster_is_not_asked_to_go_without(project: Project) -> None:
    words = ("filter", "raw/authored", "--engine", "ray", "--unsandboxed")
    done = curator(dict(os.environ), project.root, *words)
    assert done.returncode == 2
    assert "leave --engine ray away" in done.stderr
