"""`curator init`: a project from nothing, whole or not at all."""

import json
import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from curator.base import store
from curator.base.errors import CuratorError, DataError, StoreError
from curator.base.shipped import shipped
from curator.dataset import start
from curator.dataset.recipe import load_retrain
from curator.dataset.start import FILES, start_project
from curator.evaluation.recipe import load_evaluate
from curator.generate.recipe import load_recipe
from curator.records.files import read_examples
from curator.records.project import RECIPE, Project
from curator.records.taxonomy import shipped_taxonomy
from curator.review.argilla.spec import review_dataset
from curator.review.recipe import load_review
from curator.status.project import project_status
from curator.training.config import CONFIG, load_config
from tests.conftest import ROOT


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_project_has_all_that_its_commands_read(tmp_path: Path) -> None:
    there = tmp_path / "Rust avancé"
    started = start_project(there)
    assert files_in(there) == set(started.files) == {*FILES, "README.md"}
    assert (there / "raw" / "authored").is_dir() and started.examples == 0
    project = Project.find(there)
    assert project.taxonomy == shipped_taxonomy()
    load_recipe(there / RECIPE)
    load_recipe(there / "pipelines" / "mutants.yaml")
    load_retrain(project)
    load_evaluate(project)
    load_config(there / CONFIG)
    recipe = load_review(project)
    assert recipe.project == started.name and started.name.startswith("rust-avance-")
    assert review_dataset(project, recipe).name == f"revue-{started.name}"
    assert project_status(project).next.command == "curator import FILE --authored"
    readme = (there / "README.md").read_text("utf-8")
    assert readme.startswith("# Rust avancé\n") and "$" not in readme.replace("$ curator", "")


def test_the_files_are_those_of_the_checkout(tmp_path: Path) -> None:
    start_project(tmp_path / "a")
    for name in FILES:
        if name != "pipelines/review.yaml":
            assert (tmp_path / "a" / name).read_bytes() == (ROOT / name).read_bytes()
    made, original = (
        yaml.safe_load((folder / "pipelines/review.yaml").read_text("utf-8"))
        for folder in (tmp_path / "a", ROOT)
    )
    assert made | {"project": None} == original


def test_two_projects_of_one_name_are_two(tmp_path: Path) -> None:
    assert len({start_project(tmp_path / n / "rust", name="rust").name for n in "ab"}) == 2


def test_the_shipped_examples_come_along_if_asked(tmp_path: Path) -> None:
    started = start_project(tmp_path / "a", with_examples=True)
    files = Project(tmp_path / "a").authored_files()
    assert started.examples == len(list(read_examples(*files))) > 200
    assert {p.name for p in files} == {p.name for p in (ROOT / "raw" / "authored").glob("*.jsonl")}


@pytest.mark.parametrize("part", ["pipelines", "raw", "schemas", "training", "curated", "prompts"])
def test_a_folder_with_a_part_of_a_project_is_refused(tmp_path: Path, part: str) -> None:
    (tmp_path / part).mkdir()
    with pytest.raises(DataError, match=f"there is something here: {part}/"):
        start_project(tmp_path)
    assert names(tmp_path) == [part]


def test_a_project_is_not_started_twice(tmp_path: Path) -> None:
    start_project(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)}
    with pytest.raises(DataError, match="a project is here: raw/, schemas/, training/, pipelines/"):
        start_project(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)} == before
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(DataError, match="this is a file"):
        start_project(file)


def test_what_a_repository_begins_with_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Le mien")
    (tmp_path / ".gitignore").write_text("x")
    (tmp_path / "LICENSE").write_text("MIT")
    started = start_project(tmp_path)
    assert started.kept == [".gitignore", "README.md"]
    assert (tmp_path / "README.md").read_text() == "Le mien"
    assert not set(started.files) & set(started.kept)


@pytest.mark.parametrize("at", range(1, len(FILES) + 1, 4))
def test_nothing_is_left_of_a_start_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    count = 0

    def full(path: Path, data: bytes, mode: int = 0o666) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise StoreError("cannot write: no space left on device", where=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    monkeypatch.setattr(start.store, "write_bytes", full)
    for folder in (tmp_path / "new", tmp_path):
        count = 0
        with pytest.raises(CuratorError, match="no space left"):
            start_project(folder)
        assert names(tmp_path) == []


@pytest.mark.parametrize("at", range(5))
def test_nothing_is_left_of_a_move_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    real, count = Path.rename, 0

    def rename(path: Path, target: Path) -> Path:
        nonlocal count
        if count == at:
            raise OSError(28, "No space left on device")
        count += 1
        return real(path, target)

    (tmp_path / "LICENSE").write_text("MIT")
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(StoreError, match="cannot write: No space left"):
        start_project(tmp_path)
    assert names(tmp_path) == ["LICENSE"]


def test_one_process_starts_a_project(tmp_path: Path) -> None:
    with (
        store.locked(tmp_path / ".curator-init.lock", "starts a project here"),
        pytest.raises(StoreError, match="another curator process starts a project here"),
    ):
        start_project(tmp_path)


def test_what_a_killed_start_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".curator-init" / "pipelines").mkdir(parents=True)
    (tmp_path / ".curator-init" / "stray").write_text("")
    start_project(tmp_path)
    assert not (tmp_path / ".curator-init").exists() and not (tmp_path / "stray").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(StoreError, match="cannot write: Permission denied"):
        start_project(tmp_path / "new")


def curator(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_the_command_says_what_it_wrote_and_what_comes_next(tmp_path: Path) -> None:
    told = json.loads(curator("init", "un projet", "--json", cwd=tmp_path).stdout)
    assert set(told) == {"name", "folder", "files", "kept", "examples", "next"}
    assert told["next"].startswith(f"cd '{tmp_path}/un projet' && ") and told["next"].endswith(
        "--author NAME"
    )
    there = tmp_path / "un projet"
    again = curator("init", str(there), cwd=tmp_path)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    stopped = curator("augment", "--model", "smollm2", cwd=there)
    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    assert "candidates are made after a few: `curator import FILE --authored`" in stopped.stderr
    other = tmp_path / "autre"
    other.mkdir()
    said = curator("init", "--with-examples", cwd=other).stdout
    assert said.splitlines()[-1] == "Next: curator"


def test_everything_shipped_is_in_the_wheel() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    wheel = tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = wheel["force-include"]
    assert all(target == f"curator/_data/{source}" for source, target in carried.items())
    for name in (*FILES, "raw/authored/async.jsonl", "schemas/rubric.yaml"):
        assert any(Path(name).is_relative_to(source) for source in carried), name
        assert shipped(name).is_file()
