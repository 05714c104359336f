"""Sets of prompts: those that are shipped, a project's own in their place, or another folder's."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from curator.base.errors import DataError
from curator.base.shipped import own_folder, replaced_folder
from curator.generate.prompting import FOLDER, OWN, check_prompts, prompt_text

SHIPPED, PROJECT = "shipped", "project"


@dataclass(frozen=True)
class PromptSet:
    """A folder whose files take the place of shipped prompts; None where none is replaced.

    `name` is what people call it: "shipped", "project", or the folder as they gave it.
    """

    name: str
    folder: Path | None

    def in_use(self) -> AbstractContextManager[None]:
        """Use these prompts, whatever project is open, until the `with` block ends."""
        return replaced_folder(OWN, self.folder)

    def texts(self) -> dict[str, str]:
        """Return every prompt of the set by its name; raises DataError for a faulty one."""
        with self.in_use():
            check_prompts()
            return {path.stem: prompt_text(path.stem) for path in _shipped()}


def find_prompt_set(name: str) -> PromptSet:
    """Find a set by its name, and check its files.

    "shipped" and "project" (of the project that is open) are names; all else is a folder. Raises
    DataError where there is no such folder, no prompt in it, or a file that is no prompt.
    """
    if name == SHIPPED:
        return PromptSet(name, None)
    folder = own_folder(OWN) if name == PROJECT else Path(name)
    if folder is None:
        hint = "copy what you want to change from the shipped ones: curator prompts list"
        raise DataError(f"the project has no folder {OWN}/", hint=hint)
    if not folder.is_dir():
        what = "this is no folder" if folder.exists() else "no such folder"
        raise DataError(what, where=folder, hint=f"or give {SHIPPED} or {PROJECT}")
    found = PromptSet(name, folder.resolve())
    found.texts()
    if not any((folder / path.name).is_file() for path in _shipped()):
        raise DataError("no prompt is in this folder", where=folder, hint="curator prompts list")
    return found


def differing(one: PromptSet, other: PromptSet) -> list[str]:
    """Name the prompts that two sets have different texts for; raises DataError for none."""
    first, second = one.texts(), other.texts()
    if names := [name for name in first if first[name] != second[name]]:
        return names
    raise DataError(f"{one.name} and {other.name} have the same texts: nothing to compare")


@dataclass(frozen=True)
class PromptFile:
    """A prompt that is in use: its file, whether that is the project's own, and its slots."""

    name: str
    file: Path
    own: bool
    slots: Sequence[str]

    def document(self) -> dict[str, Any]:
        """Return the prompt as a JSON object."""
        return {**vars(self), "file": str(self.file), "slots": list(self.slots)}


def list_prompts() -> list[PromptFile]:
    """List the prompts that are in use, by name; raises DataError for a faulty one."""
    check_prompts()
    return [_prompt_file(path) for path in _shipped()]


def _prompt_file(shipped: Path) -> PromptFile:
    folder = own_folder(OWN)
    own = folder / shipped.name if folder else None
    has_own = own is not None and own.is_file()
    slots = Template(prompt_text(shipped.stem)).get_identifiers()
    file = own if own and has_own else shipped
    return PromptFile(shipped.stem, file, has_own, slots)


def _shipped() -> list[Path]:
    return sorted(FOLDER.glob("*.txt"))
