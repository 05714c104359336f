"""Write folders that appear whole or not at all."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.disk import refused
from curator.base.errors import DataError
from curator.records.project import MANIFEST


@contextmanager
def staged(out: Path, replace: bool = False) -> Iterator[Path]:
    """Give a folder beside `out` to write in; it becomes `out` when the block ends well.

    With `replace`, an `out` that is there stays until then. What a killed run left is cleared
    first. Raises StoreError where the disk refuses.
    """
    part, old = (out.with_name(f".{out.name}.{kind}") for kind in ("part", "old"))
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        yield part
        if replace and out.exists():
            shutil.rmtree(old, ignore_errors=True)
            out.rename(old)
        part.rename(out)
    except OSError as error:
        raise refused(error, out) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if out.exists():
            shutil.rmtree(old, ignore_errors=True)


def check_replaceable(out: Path, files: Collection[str], kind: str, called: str) -> None:
    """Raise DataError where `out` is there, and is not what an earlier call made, and that alone.

    What a call makes has these files and a manifest, which says by a key that it is of this `kind`,
    or names it as its own; a killed call left none. `called` names such a folder in words.
    """
    if not out.exists():
        return
    hint = "give a folder that is not there yet"
    if not out.is_dir():
        raise DataError("this is a file, and is not replaced", where=out, hint=hint)
    manifest = out / MANIFEST
    if manifest.is_file() and not _is_of(store.read_json(manifest), kind):
        what = f"this is no earlier {called}, and is not replaced"
        raise DataError(what, where=out, hint=hint)
    known = {*files, MANIFEST}
    others = sorted(p.name for p in out.iterdir() if p.name not in known and not _is_part(p))
    if others:
        what = f"other files are there ({', '.join(others[:3])}), and are not replaced"
        raise DataError(what, where=out, hint=hint)


def _is_of(document: Any, kind: str) -> bool:
    return isinstance(document, dict) and (kind in document or document.get("kind") == kind)


def _is_part(path: Path) -> bool:
    """Tell whether a file is what a killed writer left of another one."""
    return path.name.startswith(".") and path.name.endswith(".tmp")
