import os
from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.base.folders import files_below


def test_at_and_below_in_a_stable_order(tmp_path: Path) -> None:
    names = ["b.md", "a/z.md", "a/b/c.MD", "B.md", "c/a.md", "a.md", "c/x.txt", "a0/q.md"]
    for name in reversed(names):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    found = [str(path.relative_to(tmp_path)) for path in files_below(tmp_path, ".md")]
    assert found == ["B.md", "a.md", "b.md", "a/z.md", "a/b/c.MD", "a0/q.md", "c/a.md"]


def test_neither_hidden_nor_outside(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out"
    for name in ("in/.git/a.md", "in/.hidden.md", "in/here.md", "out/secret.md", "in/d.md/x.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "again.md").symlink_to(folder / "here.md")
    (folder / "broken.md").symlink_to(folder / "none.md")
    found = [str(path.relative_to(folder)) for path in files_below(folder, ".md")]
    assert found == ["again.md", "here.md", "d.md/x.md"]


def test_a_file_is_itself(tmp_path: Path) -> None:
    assert files_below(tmp_path / "a.txt", ".md") == [tmp_path / "a.txt"]


def test_a_folder_without_any(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").touch()
    with pytest.raises(
        DataError, match=r"no file \.md or \.jsonl in this folder or in those below"
    ):
        files_below(tmp_path, ".md", ".jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0)
    with pytest.raises(DataError, match="cannot read this folder"):
        files_below(tmp_path, ".md")
