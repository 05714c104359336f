"""Which BLAS mlx multiplies with on Linux: its wheel carries the reference one, 33 times slower."""

import ctypes.util
import os
import sys

OPENBLAS_HINT = "install OpenBLAS (Debian, Ubuntu: apt install libopenblas0-pthread)"


def needs_openblas() -> bool:
    """Whether mlx runs on this machine's processor with a BLAS from outside."""
    return sys.platform == "linux"


def find_openblas() -> str | None:
    """The name under which the dynamic linker finds OpenBLAS, such as libopenblas.so.0."""
    return ctypes.util.find_library("openblas") if needs_openblas() else None


def with_openblas(environment: dict[str, str] | None = None) -> dict[str, str]:
    """An environment for a child process in which OpenBLAS comes before mlx's own, if found."""
    made = dict(os.environ if environment is None else environment)
    library = find_openblas()
    if library and library not in made.get("LD_PRELOAD", ""):
        made["LD_PRELOAD"] = " ".join([library, *made.get("LD_PRELOAD", "").split()])
    return made
