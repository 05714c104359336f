"""How people name a batch: by its full name, or by a beginning that no other batch has."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from curator.base.errors import DataError
from curator.generate.batch import Batch

_SHOWN = 6  # names that a message lists


def batch_named(batches: Sequence[Batch], name: str, where: str) -> Batch:
    """Return the batch of this name, or the only one whose name begins so.

    Raises DataError, which names the place `where` they lie, if there is none or there are several.
    """
    full = full_name((one.name for one in batches), name, where)
    return next(one for one in batches if one.name == full)


def full_name(names: Iterable[str], given: str, where: str | None = None) -> str:
    """Return the name that is `given`, or the only one that begins so; see `batch_named`."""
    known = sorted(set(names))
    if given in known:
        return given
    begun = [name for name in known if given and name.startswith(given)]
    if len(begun) == 1:
        return begun[0]
    if not begun:
        near = "".join(f": did you mean {n}?" for n in get_close_matches(given, known, n=1))
        hint = "curator batches lists them"
        raise DataError(f"no such batch: {given}{near}", where=where, hint=hint)
    shown = ", ".join(begun[:_SHOWN]) + (", ..." if len(begun) > _SHOWN else "")
    what = f"{len(begun)} batches begin with {given!r}: {shown}"
    raise DataError(what, where=where, hint="give more of the name")
