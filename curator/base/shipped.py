"""The files that are shipped with the toolkit, and a project's own in their place.

Recipes, schemas, settings and prompts are those of the checkout's own folders; a wheel carries
copies of them in `_data/`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_open: ContextVar[Path | None] = ContextVar("open_project", default=None)
_replaced: ContextVar[Mapping[str, Path | None]] = ContextVar("replaced_folders", default={})  # noqa: B039


def shipped(name: str | Path) -> Path:
    """Find a shipped file or folder by its path from the root of the checkout."""
    carried = _PACKAGE / "_data"
    return (carried if carried.is_dir() else _PACKAGE.parent) / name


def open_folder(root: Path | None) -> None:
    """Make the files in a project's folder win over shipped ones; None is no project."""
    _open.set(root)


@contextmanager
def replaced_folder(name: str, folder: Path | None) -> Iterator[None]:
    """Use another folder in place of the open project's own, until the block ends.

    None is no folder of its own: then the shipped files are used. Whatever project is opened
    meanwhile, the folder stays.
    """
    before = _replaced.set({**_replaced.get(), name: folder})
    try:
        yield
    finally:
        _replaced.reset(before)


def own_folder(name: str | Path) -> Path | None:
    """Find a folder of the open project; None where it has none, or where none is open.

    Inside `replaced_folder` it is the folder that stands in its place.
    """
    if str(name) in (others := _replaced.get()):
        return others[str(name)]
    root = _open.get()
    return root / name if root and (root / name).is_dir() else None


def own_or_shipped(name: str | Path) -> Path:
    """Find the file of the open project with this path, if it has one, else the shipped file."""
    root = _open.get()
    own = root / name if root else None
    return own if own and own.is_file() else shipped(name)
