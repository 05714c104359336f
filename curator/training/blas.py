"""Put OpenBLAS before mlx's own BLAS on Linux: its wheel has the reference one, 33 times slower."""

import ctypes.util
import os
import sys

OPENBLAS_HINT = "install OpenBLAS (Debian, Ubuntu: apt install libopenblas0-pthread)"


def needs_openblas() -> bool:
    """Tell whether mlx runs on this machine's processor with a BLAS from outside."""
    return sys.platform == "linux"


def find_openblas() -> str | None:
    """Return the name under which the dynamic linker finds OpenBLAS, such as libopenblas.so.0."""
    return ctypes.util.find_library("openblas") if needs_openblas() else None


def with_openblas(environment: dict[str, str] | None = None) -> dict[str, str]:
    """Return an environment for a child in which OpenBLAS comes before mlx's own, if found."""
    variables = dict(os.environ if environment is None else environment)
    library = find_openblas()
    if library and library not in variables.get("LD_PRELOAD", ""):
        variables["LD_PRELOAD"] = " ".join([library, *variables.get("LD_PRELOAD", "").split()])
    return variables


# Memory that glibc gives back is cleared page by page when it is asked for again, and mlx keeps none
# on a processor: for the arrays of each step that is some seconds (Qwen2.5-Coder-0.5B: 10 GB).
_KEEP = {"MALLOC_MMAP_THRESHOLD_": str(1 << 33), "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}


def for_training() -> dict[str, str]:
    """Return the environment of a process that trains: OpenBLAS, and memory that stays its own."""
    return {**(_KEEP if needs_openblas() else {}), **with_openblas()}
