"""A project from nothing: recipes, taxonomy, training settings, prompts, an empty raw/.

All files are those of the toolkit's own checkout (`curator.base.shipped`), so that there is one
text of each; the project's name goes into its review recipe, and its README is made here.
"""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any

from curator.base import store
from curator.base.errors import DataError, StoreError
from curator.base.shipped import shipped
from curator.records.files import read_examples
from curator.records.project import RECIPE, identifier

RECIPES = ("augment", "mutants", "review", "evaluate", "retrain", "sample")
# The files of a new project, by their paths in it, which are those in the checkout.
FILES = (
    *(f"pipelines/{name}.yaml" for name in RECIPES),
    "schemas/taxonomy.yaml",
    "training/lora.yaml",
    "training/smollm2.yaml",
    "training/sweep.yaml",
    "training/dpo.yaml",
    "training/prompts_fr.jsonl",
    ".gitignore",
    "README.fr.md",
)
README = Path(__file__).with_name("start.md")
_KEPT = (".gitignore", "README.md", "README.fr.md")  # a folder may have these already
_FOLDERS = ("curated", "prompts", "raw", "schemas", "training", "pipelines")
_TEMPORARY = ".curator-init"
_NAME = re.compile(r"^project: null +#.*$", re.MULTILINE)


@dataclass(frozen=True)
class Started:
    """A project that was started: its name and folder, the files written, those left as they were,
    and how many examples it begins with.
    """

    name: str
    folder: str
    files: list[str]
    kept: list[str]
    examples: int

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return asdict(self)


def start_project(folder: Path, name: str | None = None, with_examples: bool = False) -> Started:
    """Write a new project into a folder, which is made where it is not there.

    `name` is what it is called on an Argilla server, by default after its folder. `with_examples`
    copies the examples that the toolkit ships. Raises DataError where something of a project is in
    the folder already, StoreError where it cannot be written; nothing of it is there then.
    """
    folder = folder.resolve()
    called = identifier(name or folder.name) + f"-{secrets.token_hex(3)}"
    _refuse_present(folder)
    fresh = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = [known for known in _KEPT if (folder / known).exists()]
        files = _write(folder, called, with_examples, kept)
    except BaseException as error:
        with suppress(OSError):
            if fresh:
                folder.rmdir()
        if isinstance(error, OSError):
            raise StoreError(f"cannot write: {error.strerror}", where=folder) from error
        raise
    authored = sorted((folder / "raw" / "authored").glob("*.jsonl"))
    return Started(called, str(folder), files, kept, sum(1 for _ in read_examples(*authored)))


def _refuse_present(folder: Path) -> None:
    """Raise DataError for a folder that has a project, or a part of one, and for a file."""
    if folder.exists() and not folder.is_dir():
        raise DataError("this is a file, not a folder", where=folder)
    present = [f"{part}/" for part in _FOLDERS if (folder / part).exists()]
    if present:
        known = (folder / RECIPE).is_file()
        what = f"{'a project is' if known else 'there is something'} here: {', '.join(present)}"
        raise DataError(what, where=folder, hint="name another folder: curator init DIR")


def _write(folder: Path, name: str, with_examples: bool, kept: list[str]) -> list[str]:
    """Write the files beside, then move them into place, pipelines/ last; returns their paths."""
    beside = folder / _TEMPORARY
    with store.locked(folder / f"{_TEMPORARY}.lock", "starts a project here", wait=0):
        moved: list[Path] = []
        try:
            shutil.rmtree(beside, ignore_errors=True)  # of one that was killed
            files = sorted(_made(beside, name, with_examples, kept))
            for part in sorted(beside.iterdir(), key=lambda p: p.name == "pipelines"):
                moved.append(part.rename(folder / part.name))
        except BaseException:
            for part in moved:
                _remove(part)
            raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            (folder / f"{_TEMPORARY}.lock").unlink(missing_ok=True)
    return files


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink() if path.is_file() else shutil.rmtree(path)


def _made(beside: Path, name: str, with_examples: bool, kept: list[str]) -> Iterator[str]:
    """Write every file of the project below a folder; yields their paths."""
    title = beside.parent.name
    (beside / "raw" / "authored").mkdir(parents=True)
    names = [*FILES, *(_examples() if with_examples else ())]
    for path in names:
        if path not in kept:
            text = shipped(path).read_text("utf-8")
            if path == "pipelines/review.yaml":
                text = _NAME.sub(f"project: {name}", text, count=1)
            yield _put(beside, path, text)
    if "README.md" not in kept:
        text = Template(README.read_text("utf-8")).substitute(title=title)
        yield _put(beside, "README.md", text)


def _examples() -> list[str]:
    files = sorted(shipped("raw/authored").glob("*.jsonl"))
    return [f"raw/authored/{path.name}" for path in files]


def _put(folder: Path, path: str, text: str) -> str:
    store.write_bytes(folder / path, text.encode("utf-8"))
    return path
