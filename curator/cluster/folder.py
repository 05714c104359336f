"""Where a cluster of our own has its sockets and logs; gone with it, or removed by a later one.

A command that is killed at once cannot remove its folder. Its lock on a file there ends with it,
whoever has its number by then, and that is how a later command knows.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "curator-"
_LOCK = "in-use"
_REST = 300.0  # seconds; the first few nobody has the lock yet, and Ray outlives a kill by a minute


@contextmanager
def own_folder() -> Iterator[str]:
    """A folder for the length of the block; those of dead commands are removed first."""
    # The path of a socket has at most 107 bytes, of which Ray takes 65 below this folder.
    usual = tempfile.gettempdir()
    base = usual if len(usual) < 25 else "/tmp"  # noqa: S108
    _sweep(Path(base))
    made = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=base, ignore_cleanup_errors=True)
    with made as name, Path(name, _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield name


def _sweep(base: Path) -> None:
    """Remove folders that commands of this user have left here, if none is using them."""
    for lock in base.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            ours = lock.parent.lstat().st_uid == os.getuid() and not lock.is_symlink()
            if ours and time.time() - lock.stat().st_mtime > _REST:
                _remove(lock)
        except OSError:  # in use, or removed by another command meanwhile
            continue


def _remove(lock: Path) -> None:
    """Remove the folder of a lock; raises OSError where somebody has it."""
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.parent, ignore_errors=True)
