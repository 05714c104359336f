"""Edits by hand: new ids for examples whose text was changed in their file.

An id is the hash of its text, so an edited example is another one. Here it gets the id of its new
text, and the old id becomes one of its parents. It stays authored or imported, since a person wrote
the new text as well; the editor is named as its author where that is asked for. What filters and
people said was said of the old text, and is dropped. All else of the record, and every other line
of the file, stays as it is.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from curator.base import store
from curator.base.errors import DataError
from curator.records.example import Example, Origin, example_id
from curator.records.project import Project

_BY_PEOPLE = (Origin.AUTHORED, Origin.IMPORTED)
_OF_THE_TEXT = ("verdicts", "reviews", "signals")


class Renewed(NamedTuple):
    """An example with a new id: its file and line, its id before and now."""

    file: Path
    line: int
    old: str
    new: str


def renew_ids(
    project: Project, files: Sequence[Path] = (), author: str | None = None
) -> list[Renewed]:
    """Give edited examples of some files, by default all that count, the ids of their texts.

    `author` is who edited them. Raises BrokenLine for lines that are no examples of people, and
    DataError for files of the built set; nothing is written then.
    """
    with store.locked(project.import_lock, "imports here"):
        paths = [path.resolve() for path in files] or project.trusted_files()
        changes = [(path, _changes(project, path, author)) for path in paths]
        for path, lines in changes:
            if lines:
                _replace(path, {number: text for number, text, _ in lines})
    return [renewed for _, lines in changes for _, _, renewed in lines]


def _changes(project: Project, path: Path, author: str | None) -> list[tuple[int, bytes, Renewed]]:
    """List the lines to replace in a file, by number, each with its new text."""
    if path.is_relative_to(project.curated.resolve()):
        hint = "edit the example in raw/, then `curator renew-ids` and `curator build`"
        raise DataError("this file is made by `curator build`", where=path, hint=hint)

    def parse(number: int, line: bytes) -> tuple[int, bytes, Renewed] | None:
        renewed = _renewed(json.loads(line), author)
        if renewed is None:
            return None
        old, data = renewed
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        return number, text, Renewed(path, number, old, str(data["id"]))

    return [line for line in store.parsed(path, parse, strict=True) if line]


def _renewed(data: Any, author: str | None) -> tuple[str, dict[str, Any]] | None:
    """Return a record's old id and the record with its new one; None where its id is right.

    Raises ValueError for what is no example.
    """
    if not isinstance(data, dict) or not all(
        isinstance(data.get(name), str) for name in ("question", "answer")
    ):
        raise ValueError("no example: it lacks a question and an answer")
    old, new = data.get("id"), example_id(data["question"], data["answer"])
    if not isinstance(old, str) or old == new:
        return None
    provenance = data.get("provenance")
    if not isinstance(provenance, dict) or provenance.get("origin") not in _BY_PEOPLE:
        raise ValueError(
            f"{old} was not written by a person: undo the edit, and correct the text in review"
        )
    parents = [*(p for p in provenance.get("parents") or () if p != old), old]
    named = {"author": author} if author else {}
    changed = {k: v for k, v in data.items() if k not in _OF_THE_TEXT}
    changed |= {"id": new, "provenance": {**provenance, **named, "parents": parents}}
    Example.model_validate(changed)
    return old, changed


def _replace(path: Path, lines: dict[int, bytes]) -> None:
    """Replace some lines of a file, by number, in one step; the others keep their bytes."""
    before = path.read_bytes().split(b"\n")
    after = [lines.get(number, line) for number, line in enumerate(before, 1)]
    store.write_bytes(path, b"\n".join(after))
