"""Walk a folder: the same files in the same order on every machine."""

import os
from collections.abc import Iterator
from pathlib import Path

from curator.base.errors import DataError


def files_below(path: Path, *suffixes: str) -> list[Path]:
    """List a file by itself; of a folder, the files with these suffixes at and below it.

    By name, those of a folder before those of the folders in it. What is hidden is left out, and so
    is what lies outside: folders that are links, and links to files elsewhere. Raises DataError for
    a folder that has none, or that cannot be read.
    """
    if not path.is_dir():
        return [path]
    files = [f for f in _walk(path) if f.suffix.lower() in suffixes and _lies_in(f, path)]
    if not files:
        kinds = " or ".join(suffixes)
        raise DataError(f"no file {kinds} in this folder or in those below", where=path)
    return files


def _walk(path: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        where = error.filename or path
        raise DataError(f"cannot read this folder: {error.strerror}", where=where) from error

    for folder, names, files in os.walk(path, onerror=stop):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def _lies_in(file: Path, folder: Path) -> bool:
    inside = not file.is_symlink() or file.resolve().is_relative_to(folder.resolve())
    return inside and file.is_file()
