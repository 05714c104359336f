"""Edits by hand: an example whose text was changed gets the id of its new text."""

import json
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import BrokenLine, DataError
from curator.dataset.renew import renew_ids
from curator.records.example import Origin, Verdict
from curator.records.files import read_examples
from curator.records.project import Project
from tests.cli.test_app import curator, document
from tests.conftest import first_49, make_example
from tests.review.conftest import candidate


@pytest.fixture
def path(project: Project) -> Path:
    return project.raw / "authored" / "first.jsonl"


def edit(path: Path, number: int, old: str, new: str) -> None:
    """Change one line of a file (from 0) as an editor does."""
    lines = path.read_text("utf-8").split("\n")
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new, 1)
    path.write_text("\n".join(lines), "utf-8")


def test_a_changed_text_gets_its_id_and_keeps_the_old_one_as_parent(
    project: Project, path: Path
) -> None:
    before, bytes_before = first_49(), path.read_bytes().split(b"\n")
    edit(path, 3, '"question":"', '"question":"Bonjour ! ')
    with pytest.raises(BrokenLine, match=r"first\.jsonl:4: .*`curator renew-ids` gives it its id"):
        list(read_examples(path))
    [renewed] = renew_ids(project)
    found, bytes_after = list(read_examples(path)), path.read_bytes().split(b"\n")
    changed = found[3]
    assert renewed == (path, 4, before[3].id, changed.id)
    assert changed.provenance.parents == (*before[3].provenance.parents, before[3].id)
    assert changed.provenance.origin is Origin.AUTHORED
    update = {"parents": (), "question": before[3].question, "id": before[3].id}
    plain = changed.provenance.model_copy(update={"parents": ()})
    assert changed.model_copy(update={**update, "provenance": plain}).slot == before[3].slot
    assert plain == before[3].provenance.model_copy(update={"parents": ()})
    assert [n for n, line in enumerate(bytes_after) if line != bytes_before[n]] == [3]
    assert renew_ids(project) == []


def test_the_editor_is_named_and_old_judgements_go(project: Project, path: Path) -> None:
    judged = make_example().judged([Verdict(filter="rust", passed=True)])
    store.write_atomic(path, [judged.measured({"code": 0.5})])
    edit(path, 0, "Pourquoi", "Mais pourquoi")
    assert len(renew_ids(project, [path], author="Ana")) == 1
    [found] = read_examples(path)
    assert (found.provenance.author, found.verdicts, found.signals) == ("Ana", (), {})


def test_edits_of_edits_keep_all_ids(project: Project, path: Path) -> None:
    store.write_atomic(path, [make_example()])
    for word in ("Alors pourquoi", "Et alors pourquoi"):
        edit(path, 0, '"question":"', f'"question":"{word} ')
        renew_ids(project)
    [found] = read_examples(path)
    assert len(found.provenance.parents) == 2 and make_example().id in found.provenance.parents


def test_what_people_did_not_write_is_not_renewed(project: Project, path: Path) -> None:
    batch = project.raw / "generated" / "augment-s0001-12345678" / "accepted.jsonl"
    store.write_atomic(batch, [candidate(1)])
    edit(batch, 0, '"question":"', '"question":"Bonjour ! ')
    edit(path, 0, '"question":"', '"question":"Bonjour ! ')
    before = path.read_bytes()
    with pytest.raises(BrokenLine, match=rf"{candidate(1).id} was not written by a person: undo"):
        renew_ids(project, [path, batch])
    assert path.read_bytes() == before  # all or nothing
    built = project.curated / "examples.jsonl"
    store.write_atomic(built, [make_example()])
    with pytest.raises(DataError, match="made by `curator build`"):
        renew_ids(project, [built])


@pytest.mark.parametrize("line", ["{}", "[]", '{"question": 1}', "{", '{"id": "x"'])
def test_lines_that_are_no_examples_are_named(project: Project, path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(line)
    with pytest.raises(BrokenLine, match=r"first\.jsonl:50"):
        renew_ids(project)


@pytest.mark.slow
def test_the_command_names_what_it_did(project: Project, path: Path) -> None:
    assert "Every id is that of its text" in curator("renew-ids", cwd=project.root).stdout
    edit(path, 1, '"question":"', '"question":"Bonjour ! ')
    old = json.loads(path.read_text("utf-8").split("\n")[1])["id"]
    stopped = curator("stats", cwd=project.root)
    assert stopped.returncode == 1 and "curator renew-ids" in stopped.stderr
    [told] = document(curator("renew-ids", "--json", cwd=project.root))["renewed"]  # type: ignore[misc]
    assert (told["file"], told["line"], told["old"]) == ("raw/authored/first.jsonl", 2, old)
    assert curator("stats", cwd=project.root).returncode == 0
