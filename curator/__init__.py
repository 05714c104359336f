r"""Grow a small, compiler-checked, human-reviewed dataset that teaches Rust in French.

>>> import curator
>>> markdown = "```rust\nfn main() { let total: i32 = 3.5; }\n```"
>>> [(block.passed, block.code, block.message) for block in curator.check(markdown)]
[(False, 'E0308', 'mismatched types')]

>>> project = curator.load_project()
>>> examples = curator.read_examples(*project.trusted_files())
>>> outcome = curator.filter(examples, project.root / "pipelines" / "augment.yaml")
>>> outcome.kept == outcome.total, outcome.reasons()
(True, {})

What stands in `__all__` is the public interface; whatever else the package holds may change without
notice. Names are loaded when they are first used, so that `import curator` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.api import (
        build,
        check,
        evaluate,
        filter,  # noqa: A004 - the word of the command, in a namespace of its own
        load_project,
        plan,
        push,
        read_examples,
        write_examples,
    )
    from curator.base.errors import CuratorError
    from curator.records.example import Example, Provenance, Review, Verdict
    from curator.records.project import Project

__version__ = "0.2.0"
__all__ = [
    "CuratorError",
    "Example",
    "Project",
    "Provenance",
    "Review",
    "Verdict",
    "build",
    "check",
    "evaluate",
    "filter",
    "load_project",
    "plan",
    "push",
    "read_examples",
    "write_examples",
]
_MODULES = {
    "CuratorError": "curator.base.errors",
    "Project": "curator.records.project",
    **dict.fromkeys(("Example", "Provenance", "Review", "Verdict"), "curator.records.example"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES.get(name, "curator.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
