"""What a disk refuses, in words: what happened, where, and what to do about it."""

import errno
from pathlib import Path

from curator.base.errors import StoreError

_HINTS = {
    errno.ENOSPC: "free some space, run again",
    errno.EDQUOT: "free some space, run again",
    errno.EROFS: "use a folder that can be written",
    errno.EACCES: "use a folder that you may write to, or change its rights",
    errno.EPERM: "use a folder that you may write to, or change its rights",
    errno.ENOTDIR: "something that is no folder stands in its place: move it away",
    errno.EISDIR: "a folder stands in its place: move it away",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "allow more open files (ulimit -n)",
}
# Errors that a machine or its user brings about; any other is a fault of ours.
REFUSALS = frozenset(_HINTS) | {errno.EIO, errno.ENAMETOOLONG, errno.ELOOP, errno.ESTALE}


def refused(error: OSError, where: str | Path | None = None, doing: str = "write") -> StoreError:
    """The error for people that says what a disk refused.

    `where` is the file, unless the system's error names it; `doing` a verb.
    """
    place = where if where is not None else error.filename
    where = str(place) if place is not None else None
    hint = _HINTS.get(error.errno or 0)
    return StoreError(f"cannot {doing}: {error.strerror or error}", where=where, hint=hint)
