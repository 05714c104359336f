"""The user's stated choice to compile without a sandbox, where a machine has none.

It is stated on the command line (--unsandboxed) or by a program (`without_sandbox`), never by a
recipe or a variable of the environment, which somebody else may have set. It holds for the whole
process. Then rustc runs as the user, on texts that models wrote: those that could reach beyond
themselves are refused, programs and tests are never run, and whatever records a compiler records
this beside its version.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from curator.rust.toolchain import installed_version

NO_SANDBOX = "no sandbox"
_stated = [False]  # threads of a pool see it, which they would not of a context variable


def is_unsandboxed() -> bool:
    """Tell whether the user chose to compile without a sandbox."""
    return _stated[0]


@contextmanager
def without_sandbox() -> Iterator[None]:
    """Compile without a sandbox until the end of the block."""
    before, _stated[0] = _stated[0], True
    try:
        yield
    finally:
        _stated[0] = before


def marked(version: str) -> str:
    """Return the version of a compiler as it is recorded where it runs without a sandbox."""
    return f"{version}, {NO_SANDBOX}"


def judging_version() -> str | None:
    """Return what is recorded of the compiler that judges; None where there is none."""
    version = installed_version()
    return marked(version) if version and is_unsandboxed() else version
