"""The files that are shipped with the toolkit, and a project's own in their place.

Recipes, schemas, settings and prompts are those of the checkout's own folders; a wheel carries
copies of them in `_data/`.
"""

from contextvars import ContextVar
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_open: ContextVar[Path | None] = ContextVar("open_project", default=None)


def shipped(name: str | Path) -> Path:
    """Find a shipped file or folder by its path from the root of the checkout."""
    carried = _PACKAGE / "_data"
    return (carried if carried.is_dir() else _PACKAGE.parent) / name


def open_folder(root: Path | None) -> None:
    """Make the files in a project's folder win over shipped ones; None is no project."""
    _open.set(root)


def own_folder(name: str | Path) -> Path | None:
    """Find a folder of the open project; None where it has none, or where none is open."""
    root = _open.get()
    return root / name if root and (root / name).is_dir() else None


def own_or_shipped(name: str | Path) -> Path:
    """Find the file of the open project with this path, if it has one, else the shipped file."""
    root = _open.get()
    own = root / name if root else None
    return own if own and own.is_file() else shipped(name)
