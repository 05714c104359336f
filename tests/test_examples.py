"""The scripts of examples/ run as they are, and stay short."""

import subprocess
import sys
from pathlib import Path

import pytest

from curator.records.project import Project
from tests.conftest import ROOT
from tests.evaluation.making import make_project
from tests.evaluation.test_evaluate_cli import record

SCRIPTS = sorted((ROOT / "examples").glob("*.py"))


def run(name: str, *arguments: object, environment: dict[str, str], cwd: Path = ROOT) -> list[str]:
    command = [sys.executable, ROOT / "examples" / f"{name}.py", *arguments]
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_each_is_short_and_tested_here() -> None:
    own = Path(__file__).read_text("utf-8")
    for script in SCRIPTS:
        assert f'run("{script.stem}"' in own
        assert len(script.read_text("utf-8").splitlines()) <= 30
        text = script.read_text("utf-8")
        assert "from curator" not in text and "import curator\n" in text


def test_markdown_is_checked(environment: dict[str, str]) -> None:
    *good, bad = run("check_markdown", environment=environment)
    assert len(good) == 3 and all(line.endswith(": ok") for line in good)
    assert "sample.md:40 (compiles): does_not_compile: line 41: E0308" in bad


@pytest.mark.slow
def test_examples_are_filtered(environment: dict[str, str], tmp_path: Path) -> None:
    *reasons, last = run("filter_examples", environment=environment, cwd=tmp_path)
    assert last.startswith("1 of 3 accepted; rejected: {")
    assert [r.split(": ")[1] for r in reasons] == ["french.not_french", "rust.does_not_compile"]


def test_an_example_is_written_and_read(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    [line] = run("read_and_write", path, environment=environment)
    assert line.startswith(f"{path}: ") and line.endswith("ownership/debutant, the same example")
    assert path.read_text("utf-8").count("\n") == 1


@pytest.mark.slow
def test_a_set_is_built(environment: dict[str, str], project: Project) -> None:
    lines = run("build_a_set", environment=environment, cwd=project.root)
    assert [line.split(":")[0] for line in lines[:3]] == ["train", "valid", "test"]
    assert lines[-1] == f"written to {project.curated}"
    assert (project.curated / "manifest.json").is_file()


@pytest.mark.slow
def test_a_batch_is_planned(environment: dict[str, str], project: Project) -> None:
    recipe = project.root / "pipelines" / "mutants.yaml"
    first, *strategies = run("plan_a_batch", project.root, recipe, environment=environment)
    assert first.startswith("49 examples, ") and ", 0 missing" not in first
    assert [line.split(":")[0] for line in strategies] == ["mutate"]


@pytest.mark.slow
def test_answers_are_scored(environment: dict[str, str], tmp_path: Path) -> None:
    root = make_project(tmp_path)
    answers = record(root, "mine", "Une référence emprunte la valeur.")
    [line] = run("score_answers", answers, root, environment=environment)
    assert line.startswith("mine, 3 prompts: ") and "ideas 0.50" in line and "None" not in line


def test_without_a_project_there_is_one_clear_error(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "build_a_set.py"), str(tmp_path)]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "no project here: pipelines/augment.yaml is in no folder above" in done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.stem)
def test_each_says_how_it_is_called(script: Path) -> None:
    first = script.read_text("utf-8").splitlines()[0]
    assert f"python {script.name}" in first and first.endswith('"""')
