"""Sets of prompts: found by name, checked, put in use and taken out of it again."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.base.shipped import own_folder, replaced_folder
from curator.generate import prompting
from curator.generate.prompt_sets import differing, find_prompt_set
from curator.records.project import Project

SHOTS = "fn main() {}\n---\nJe teste.\n---\nCe programme doit tester.\n"


def folder(place: Path, files: Mapping[str, str]) -> str:
    place.mkdir()
    for name, text in files.items():
        (place / name).write_text(text, "utf-8")
    return str(place)


def test_a_set_is_in_use_inside_the_block_alone(project: Project, tmp_path: Path) -> None:
    project.open()
    other = find_prompt_set(folder(tmp_path / "other", {"tldr.txt": "$program : $facts"}))
    before = prompting.texts_sha256()
    with other.in_use():
        project.open()  # as reading the inputs of a batch does
        assert prompting.prompt_text("tldr") == "$program : $facts"
        assert prompting.prompt_text("system").startswith("Vous êtes")
        with find_prompt_set("shipped").in_use():
            assert prompting.texts_sha256() == before
        assert prompting.texts_sha256() != before
    assert prompting.texts_sha256() == before
    assert differing(find_prompt_set("shipped"), other) == ["tldr"]


def test_an_error_inside_the_block_takes_the_set_out_of_use(tmp_path: Path) -> None:
    with pytest.raises(ValueError), replaced_folder("prompts", tmp_path):
        assert own_folder("prompts") == tmp_path
        raise ValueError
    assert own_folder("prompts") is None


def test_the_shipped_set_is_so_in_a_project_with_its_own(project: Project) -> None:
    folder(project.root / "prompts", {"system.txt": "Le nôtre."})
    project.open()
    assert find_prompt_set("shipped").texts()["system"].startswith("Vous êtes")
    assert find_prompt_set("project").texts()["system"] == "Le nôtre."
    assert prompting.prompt_text("system") == "Le nôtre."


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no prompt is in this folder"),
        ({".system.txt.swp": "x"}, "no prompt is in this folder"),
        ({"sytem.txt": "x"}, r"sytem\.txt: no prompt has this name: did you mean system\.txt\?"),
        ({"tldr.txt": "$fact"}, r"tldr\.txt: nothing fills the slot \$fact: did you mean facts"),
        ({"question_shots.txt": SHOTS}, "are to have 4 parts, between lines of ---"),
        ({"situations.txt": "\n"}, r"situations\.txt: this list is empty"),
    ],
)
def test_a_faulty_folder_is_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        find_prompt_set(folder(tmp_path / "set", files))


def test_a_file_is_no_set(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(DataError, match="this is no folder"):
        find_prompt_set(str(tmp_path / "a"))


def test_a_line_of_dashes_is_allowed_where_code_cuts_nothing(tmp_path: Path) -> None:
    text = "Un\n---\nDeux"
    name = folder(tmp_path / "set", {"system.txt": text})
    assert find_prompt_set(name).texts()["system"] == text


def test_no_bytes_but_utf8(tmp_path: Path) -> None:
    name = folder(tmp_path / "set", {})
    (tmp_path / "set" / "system.txt").write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"system\.txt: this is no UTF-8 text"):
        find_prompt_set(name)


def test_alike_sets_are_refused(tmp_path: Path) -> None:
    shipped = (prompting.FOLDER / "system.txt").read_text("utf-8")
    name = folder(tmp_path / "set", {"system.txt": shipped})
    with pytest.raises(DataError, match="the same texts"):
        differing(find_prompt_set("shipped"), find_prompt_set(name))
