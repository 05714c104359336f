"""The folder of our own cluster's sockets and logs, which is removed with it or by a later one.

A command that is killed cannot remove its folder. But its lock on a file there ends with it, and
that is how a later command knows; a process number could be somebody else's by then.
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
_LEAST_AGE = 300.0  # seconds: a new folder is not locked at once, and Ray outlives a kill by 60


@contextmanager
def cluster_folder() -> Iterator[str]:
    """Make a folder for a `with` block; folders of dead commands are removed first."""
    # The path of a socket has at most 107 bytes, of which Ray takes 65 below this folder.
    usual = tempfile.gettempdir()
    base = usual if len(usual) < 25 else "/tmp"  # noqa: S108
    _sweep(Path(base))
    folder = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=base, ignore_cleanup_errors=True)
    with folder as name, Path(name, _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield name


def _sweep(base: Path) -> None:
    """Remove the folders that dead commands of this user left here."""
    for lock in base.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            ours = lock.parent.lstat().st_uid == os.getuid() and not lock.is_symlink()
            if ours and time.time() - lock.stat().st_mtime > _LEAST_AGE:
                _remove(lock)
        except OSError:  # in use, or removed by another command meanwhile
            continue


def _remove(lock: Path) -> None:
    """Remove the folder of a lock; raises OSError where a process holds the lock."""
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.parent, ignore_errors=True)
