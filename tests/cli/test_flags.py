"""Common options on both sides of the command; errors, wrong usage and the version as JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator import __version__
from curator.cli.arguments import arrange
from curator.records.project import Project


def curator(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def one_document(text: str) -> dict[str, Any]:
    document = json.loads(text)  # raises where there are two
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    ("given_words", "arranged"),
    [
        (["--json", "stats"], ["stats", "--json"]),
        (["stats", "--project", "x"], ["--project", "x", "stats"]),
        (["stats", "--project=x", "--json"], ["--project=x", "stats", "--json"]),
        (["--project", "x", "argilla", "status"], ["--project", "x", "argilla", "status"]),
        (["check", "--json", "--", "--json"], ["check", "--json", "--", "--json"]),
        (["check", "--", "--project", "x"], ["check", "--", "--project", "x"]),
        (["--json"], ["--json"]),
        (["stats", "--project"], ["--project", "stats"]),
        ([], []),
    ],
)
def test_common_options_go_where_the_parser_looks(
    given_words: list[str], arranged: list[str]
) -> None:
    assert arrange(given_words).words == arranged


@given(st.lists(st.sampled_from(["a", "--json", "--project=p", "--other", "-x"])))
def test_nothing_is_lost_and_arranging_twice_changes_nothing(words: list[str]) -> None:
    once = arrange(words)
    assert {*once.words} == {*words}
    assert once.as_json == ("--json" in words)
    assert arrange(once.words).words == once.words


@pytest.mark.slow
def test_both_sides_give_the_same(project: Project) -> None:
    before = curator("--project", project.root, "--json", "stats")
    after = curator("stats", "--json", "--project", project.root)
    assert one_document(before.stdout) == one_document(after.stdout)
    assert (before.returncode, after.returncode) == (0, 0)


@pytest.mark.slow
def test_the_version_and_the_standing_are_documents(project: Project) -> None:
    assert one_document(curator("--version", "--json").stdout) == {"version": __version__}
    assert curator("--version").stdout == f"{__version__}\n"
    assert "next" in one_document(curator("--project", project.root, "--json").stdout)


def test_an_error_is_a_document_and_a_line(tmp_path: Path) -> None:
    run = curator("--json", "stats", "--project", tmp_path)
    error = one_document(run.stdout)["error"]
    assert (error["kind"], error["exit_code"]) == ("CuratorError", 1) and run.returncode == 1
    assert error["what"].startswith("no project here") and error["hint"]
    assert run.stderr.startswith("curator: ") and run.stderr.count("\n") == 1


@pytest.mark.slow
def test_wrong_usage_is_a_document(project: Project) -> None:
    for words in (["frobnicate"], ["stats", "--bad"], ["check"]):
        run = curator(*words, "--json")
        error = one_document(run.stdout)["error"]
        assert (error["kind"], run.returncode) == ("UsageError", 2)
        assert "Traceback" not in run.stderr
        plain = curator(*words)
        assert (plain.stdout, plain.returncode) == ("", 2)


@pytest.mark.slow
def test_a_command_that_fails_after_its_document_prints_one(project: Project) -> None:
    path = project.root / "a.jsonl"
    record = {"question": "Et ?", "answer": "Non.", "category": "debug", "topic": "traits"}
    path.write_text(json.dumps({**record, "difficulty": "avance", "author": "Ana"}) + "\n")
    run = curator("--project", project.root, "import", path, "--json")
    assert run.returncode == 1 and one_document(run.stdout)["rejected"] == 1
    assert "survive" in run.stderr


@pytest.mark.slow
def test_where_no_server_runs_is_not_ready(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CURATOR_ARGILLA_DATA", str(tmp_path / "none"))
    for name in ("ARGILLA_API_URL", "ARGILLA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    (project.root / "pipelines" / "review.yaml").write_text("kind: review\n", "utf-8")
    for command in ("push", "pull"):
        run = curator("--project", project.root, "review", command)
        assert run.returncode == 3, run.stderr
        assert "curator argilla up" in run.stderr


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_error(project: Project) -> None:
    command = f"{sys.executable} -m curator --project {project.root} stats --json | head -c 1"
    run = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert run.stdout == "{" and run.stderr == ""
