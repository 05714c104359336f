"""Projects are apart: each has its own Argilla, its own datasets, and marks its records."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from curator.base import store
from curator.base.errors import ArgillaError, DataError
from curator.cli.app import app
from curator.records.project import Project, identifier
from curator.review.argilla.access import need_access
from curator.review.argilla.fake import FakeServer
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.server import supervisor
from curator.review.argilla.server.folder import (
    DATABASE,
    default_data,
    name_data,
    note_project,
    own_data,
)
from curator.review.argilla.server.supervisor import RunningServer
from curator.review.argilla.spec import review_dataset
from curator.review.pull import pull
from curator.review.push import push
from curator.review.recipe import RECIPE, ReviewRecipe, ServerSettings, load_review
from tests.conftest import copy_recipes, make_example
from tests.records.test_taxonomy import OWN, own
from tests.review.conftest import candidate, quiet
from tests.review.office import Office

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the user's data that holds nothing."""
    monkeypatch.delenv("CURATOR_ARGILLA_DATA", raising=False)
    base = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("XDG_DATA_HOME", str(base))
    return base / "rustsensei-curator"


def say_in_recipe(there: Project, **changes: object) -> ReviewRecipe:
    path = there.root / RECIPE
    data = yaml.safe_load(path.read_text("utf-8")) | {"vectors": "words"} | changes
    path.write_text(yaml.safe_dump(data), "utf-8")
    return load_review(there)


DERIVED = {"dataset": "revue-{project}", "adjudication": "arbitrage-{project}"}


@pytest.mark.parametrize(
    ("text", "name"),
    [("Rust avancé", "rust-avance"), ("a.b_c", "a-b-c"), ("--", "project"), ("é" * 60, "e" * 40)],
)
def test_a_folder_gives_a_name(text: str, name: str) -> None:
    assert identifier(text) == name


def test_two_clones_have_two_data_folders(tmp_path: Path, home: Path) -> None:
    one, two = Project(tmp_path / "a" / "rust"), Project(tmp_path / "b" / "rust")
    assert default_data(one) != default_data(two)
    assert default_data(one).parent.parent == default_data(two).parent.parent == home
    assert default_data(one).parent.name.startswith("rust-")
    assert own_data(one) == default_data(Project(tmp_path / "a" / "." / "rust"))


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATOR_ARGILLA_DATA", "build/argilla")
    assert own_data(Project(tmp_path)) == Path("build/argilla")


def up(project: Project, *options: str) -> int:
    return CliRunner().invoke(app, ["--project", str(project.root), "argilla", *options]).exit_code


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders in which a server was started; none is."""
    folders: list[Path] = []

    def start(data: Path, *_: object) -> RunningServer:
        folders.append(data)
        (data / "keys").mkdir(parents=True, exist_ok=True)
        (data / "keys" / "key").write_text("k", "utf-8")
        return RunningServer("http://127.0.0.1:1", 1, data / "keys" / "key")

    monkeypatch.setattr(supervisor, "up", start)
    return folders


def test_later_commands_find_what_up_was_told(
    project: Project, tmp_path: Path, started: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = default_data(project), tmp_path / "elsewhere"
    monkeypatch.chdir(tmp_path)
    assert up(project, "up", "--data", "elsewhere") == 0
    assert default_data(project) == other and own_data(project) == other
    assert up(project, "up") == 0
    assert [path.resolve() for path in started] == [other, other]
    assert default_data(Project(tmp_path / "another")) != other
    monkeypatch.setenv("CURATOR_ARGILLA_DATA", str(tmp_path / "demo"))
    assert up(project, "up") == 0 and started[-1] == tmp_path / "demo"
    monkeypatch.delenv("CURATOR_ARGILLA_DATA")
    assert default_data(project) == other, "a demo's folder is not remembered"
    assert up(project, "up", "--data", str(own)) == 0
    assert default_data(project) == own


def test_a_folder_that_was_named_and_is_gone_is_not_passed_over(
    project: Project, tmp_path: Path, started: list[Path]
) -> None:
    name_data(project, tmp_path / "gone")
    with pytest.raises(ArgillaError, match=r"gone: the folder .* is gone .*up --data"):
        own_data(project)
    assert up(project, "up") == 1 and not started
    assert "gone" not in str(default_data(project))


def test_the_folder_of_an_older_version_is_named(tmp_path: Path, home: Path) -> None:
    project = Project(tmp_path / "rust")
    store.write_bytes(home / "argilla" / DATABASE, b"")
    with pytest.raises(ArgillaError) as caught:
        own_data(project)
    said, own = str(caught.value), default_data(project)
    assert "an older version kept for all projects" in said and "\n" not in said
    assert f"curator argilla down --data {home / 'argilla'} && mkdir -p {own.parent} && mv" in said
    assert f"else: curator argilla up --data {own}" in said
    own.mkdir(parents=True)  # what either of the two leads to
    assert own_data(project) == own


def test_the_folder_of_a_project_that_was_moved_is_named(tmp_path: Path, home: Path) -> None:
    before, after = Project(tmp_path / "a" / "rust"), Project(tmp_path / "b" / "rust")
    before.root.mkdir(parents=True)
    own_data(before).mkdir(parents=True)
    note_project(before)
    assert own_data(after) == default_data(after)  # another clone
    (tmp_path / "b").mkdir()
    before.root.rename(after.root)
    with pytest.raises(ArgillaError, match=rf"the Argilla of {before.root}, which is gone"):
        own_data(after)


def test_up_starts_nothing_beside_an_older_folder(project: Project, home: Path) -> None:
    store.write_bytes(home / "argilla" / DATABASE, b"")
    command = [sys.executable, "-m", "curator", "--project", str(project.root), "argilla", "up"]
    run = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "an older version" in run.stderr and not default_data(project).exists()


def test_no_server_of_another_project_is_taken(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(
        "curator.review.argilla.server.supervisor.running", lambda data: asked.append(data)
    )
    monkeypatch.delenv("ARGILLA_API_URL", raising=False)
    with pytest.raises(Exception, match="none runs here"):
        need_access(ServerSettings(), project.root)
    assert asked == [default_data(project)]


def test_datasets_are_called_after_the_project(reviewed: Project) -> None:
    recipe = say_in_recipe(reviewed, **DERIVED)
    assert recipe.dataset == f"revue-{reviewed.name}"
    spec = review_dataset(reviewed, recipe)
    assert (spec.project, spec.older) == (reviewed.name, "revue")
    recipe = say_in_recipe(reviewed, project="rust-avance-3fa2c1")
    spec = review_dataset(reviewed, recipe)
    assert (recipe.adjudication, spec.project, spec.older) == (
        "arbitrage-rust-avance-3fa2c1",
        "rust-avance-3fa2c1",
        "",
    )
    spec = review_dataset(reviewed, say_in_recipe(reviewed, project=None, dataset="revue"))
    assert (spec.name, spec.project, spec.older) == ("revue", "", "")


def pushed(project: Project, recipe: ReviewRecipe, server: FakeServer) -> dict[str, int]:
    return push(project, recipe, server, quiet, lambda examples: [[] for _ in examples]).sent


@pytest.fixture
def twins(tmp_path: Path, reviewed: Project) -> tuple[Project, Project]:
    """Two projects that have the same candidates and one dataset name."""
    other = Project(tmp_path / "other")
    copy_recipes(other.root)
    (other.root / "README.fr.md").write_bytes((reviewed.root / "README.fr.md").read_bytes())
    (other.root / RECIPE).write_bytes((reviewed.root / RECIPE).read_bytes())
    augment = Path("pipelines") / "augment.yaml"
    (other.root / augment).write_bytes((reviewed.root / augment).read_bytes())
    batch = "raw/generated/augment-s0001-12345678/accepted.jsonl"
    store.write_atomic(other.root / batch, [candidate(0), candidate(1)])
    store.write_atomic(other.raw / "authored" / "a.jsonl", [make_example()])
    return reviewed, other


def test_two_projects_do_not_mix_in_one_dataset(twins: tuple[Project, Project]) -> None:
    one, two = twins
    mine = say_in_recipe(one, project="un", dataset="revue")
    theirs = say_in_recipe(two, project="deux", dataset="revue")
    server = FakeServer(("anna",))
    assert pushed(one, mine, server)["revue"] == 3
    assert {c.metadata["project"] for c in server.cards["revue"].values()} == {"un"}
    with pytest.raises(ArgillaError, match="'revue' there has records of another project, un"):
        pushed(two, theirs, server)
    server.answer("revue", candidate(0).id, "anna", NOW, decision="accepter")
    done = pull(two, theirs, server, quiet)
    assert done.reviews == [] and len(done.unreadable) == 1
    assert "revue: 1 answer left alone, to records of another project, un" in done.unreadable[0]
    assert len(pull(one, mine, server, quiet).reviews) == 1


def test_records_without_a_mark_are_the_projects_own(twins: tuple[Project, Project]) -> None:
    one, _ = twins
    server = FakeServer(("anna",))
    pushed(one, say_in_recipe(one, dataset="revue"), server)
    assert not any("project" in c.metadata for c in server.cards["revue"].values())
    server.answer("revue", candidate(0).id, "anna", NOW, decision="accepter")
    named = say_in_recipe(one, project="un")
    assert pushed(one, named, server)["revue"] == 0
    assert len(pull(one, named, server, quiet).reviews) == 1


def test_a_dataset_of_the_older_name_is_named(reviewed: Project) -> None:
    server = FakeServer(("anna",))
    pushed(reviewed, say_in_recipe(reviewed), server)
    recipe = say_in_recipe(reviewed, **DERIVED)
    for act in (lambda: pushed(reviewed, recipe, server), lambda: pull_from(reviewed, server)):
        with pytest.raises(ArgillaError, match=r"but an older version's 'revue'.*dataset: revue"):
            act()
    recipe = say_in_recipe(reviewed, project="tout-autre")
    assert pushed(reviewed, recipe, server)[recipe.dataset] == 3


def pull_from(project: Project, server: FakeServer) -> object:
    return pull(project, load_review(project), server, quiet)


def test_topics_that_are_unknown_are_not_sent(reviewed: Project) -> None:
    there = own(reviewed, OWN)
    batch = there.raw / "generated" / "augment-s0002-12345678" / "accepted.jsonl"
    store.write_atomic(batch, [candidate(5, topic="traits")])
    server = FakeServer()
    with pytest.raises(DataError, match=f"{candidate(5, topic='traits').id}: topic 'traits'"):
        pushed(there, say_in_recipe(there), server)
    assert server.sent == 0


@pytest.mark.slow
def test_the_real_server_keeps_marks_and_topics(
    reviewed: Project,
    server: ArgillaServer,
    office: Office,
    recipe_with: Callable[..., ReviewRecipe],
) -> None:
    plain = recipe_with(workspace=office.workspace)
    send = {"compile_blocks": lambda examples: [[] for _ in examples]}
    assert push(reviewed, plain, server, quiet, **send).sent == {"revue": 3}  # type: ignore[arg-type]
    marked = recipe_with(workspace=office.workspace, project="un")
    store.write_atomic(
        reviewed.raw / "generated" / "augment-s0002-12345678" / "accepted.jsonl", [candidate(5)]
    )
    assert push(reviewed, marked, server, quiet, **send).sent == {"revue": 1}  # type: ignore[arg-type]
    office.say("anna", "revue", candidate(5).id, "accepter")
    other = recipe_with(workspace=office.workspace, project="deux")
    with pytest.raises(ArgillaError, match="records of another project, un"):
        push(reviewed, other, server, quiet, **send)  # type: ignore[arg-type]
    done = pull(reviewed, other, server, quiet)
    assert done.reviews == [] and "another project, un" in done.unreadable[0]
    assert len(pull(reviewed, marked, server, quiet).reviews) == 1
    there = own(reviewed, OWN)
    with pytest.raises(ArgillaError, match="'revue' there has no topic concurrency, macros"):
        push(there, marked, server, quiet, **send)  # type: ignore[arg-type]
