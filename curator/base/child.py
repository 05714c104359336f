"""Run one of our modules in a Python of its own, before which no working folder can put code.

`python -m curator.x` puts the current folder first on the import path, and PYTHONPATH may name it
or ".": a project's own training/, json.py or mlx.py would then run instead of ours, or of the
standard library's. So the child starts isolated (-I), takes this process's import path less the
current folder, and loads the package `curator` from where this process has it.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

_START = """
import importlib.util, json, runpy, sys
path, package, module = json.loads(sys.argv[1])
del sys.argv[1]
sys.path[:] = path
spec = importlib.util.spec_from_file_location(
    "curator", package + "/__init__.py", submodule_search_locations=[package]
)
curator = sys.modules["curator"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(curator)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
_PACKAGE = Path(__file__).parent.parent
# What mlx, Metal, CUDA, C++ and Python say where memory is short or the GPU gave up.
_MEMORY = re.compile(
    rb"out of memory|outofmemory|insufficient memory|memoryerror|bad_alloc|cannot allocate"
    rb"|unable to allocate|failed to allocate|memory ?allocation|command buffer execution failed",
    re.IGNORECASE,
)


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `module`, one of ours, with these arguments."""
    start = json.dumps([_import_path(), str(_PACKAGE.resolve()), module])
    return [sys.executable, "-I", "-c", _START, start, *arguments]


def _import_path() -> list[str]:
    """List the folders that this process imports from, without the current one.

    Folders below it stay: a project may have its environment there. What is not absolute would
    mean another folder to a child that works elsewhere.
    """
    here = Path.cwd()
    return [p for p in sys.path if Path(p).is_absolute() and not _same(Path(p), here)]


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def parse_message(line: bytes) -> dict[str, Any] | None:
    """Parse a line of a child that reports in JSON objects; None for what a library printed."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def lacked_memory(words: bytes) -> bool:
    """Tell by its standard error whether a child died for lack of memory, or by the GPU."""
    return _MEMORY.search(words) is not None


def last_line(words: bytes) -> str:
    """Return the last line of a child's standard error that says something, "" for none.

    Of a traceback, it is the error.
    """
    lines = words.decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:300]
