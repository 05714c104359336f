"""What a review's server had when it was last asked: the ids of records, beside the batches.

A push asks the server itself. This note is for `curator` and `curator batches`, which answer
without one: it tells what was never pushed from what waits for people. It lies in the folder of the
batches (`.sent.json`), by the name of the dataset, and is of this machine alone.
"""

from collections.abc import Iterable
from pathlib import Path

from curator.base import store
from curator.base.errors import CuratorError
from curator.records.project import Project
from curator.review.recipe import ReviewRecipe

FILE = ".sent.json"


def _path(project: Project, recipe: ReviewRecipe) -> Path:
    return project.root / recipe.input / FILE


def _noted(path: Path) -> dict[str, list[str]]:
    """Read the note; what is no such note counts as none, since the next push writes it again."""
    try:
        found = store.read_json(path) if path.is_file() else {}
    except CuratorError:
        return {}
    return found if isinstance(found, dict) else {}


def note_sent(project: Project, recipe: ReviewRecipe, ids: Iterable[str]) -> None:
    """Write down which records the dataset has now; raises StoreError where the disk refuses."""
    path = _path(project, recipe)
    store.write_json(path, {**_noted(path), recipe.dataset: sorted(ids)})


def sent_ids(project: Project, recipe: ReviewRecipe) -> frozenset[str]:
    """Return the ids of candidates that were on the server when it was last asked."""
    return frozenset(_noted(_path(project, recipe)).get(recipe.dataset, ()))
