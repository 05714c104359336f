"""Which package is of which extra, and what is said where one is missing."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from curator.base import extras
from curator.base.errors import NotInstalled
from curator.cli.app import main
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ELSEWHERE = ROOT / "curator" / "review" / "argilla" / "engine"  # in its server's environment


def names(requirements: list[str]) -> set[str]:
    """The packages of a list of requirements, as the index writes them."""
    return {re.split(r"[\[><=; ]", one)[0].lower() for one in requirements}


def brought_by() -> dict[str, set[str]]:
    """Module -> the packages that are installed with it."""
    found = metadata.packages_distributions()
    return {module: {n.lower().replace("_", "-") for n in found[module]} for module in found}


def imported() -> Iterator[tuple[str, str]]:
    """Each module that ours import from elsewhere, unless for types only; and the file."""
    for path in (ROOT / "curator").rglob("*.py"):
        if not path.is_relative_to(ELSEWHERE):
            for name in modules(ast.parse(path.read_text("utf-8"))):
                if name not in sys.stdlib_module_names and name != "curator":
                    yield name, path.relative_to(ROOT).as_posix()


def modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.split(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from modules(child)


@pytest.mark.slow
def test_whatever_we_import_is_of_the_core_or_named_with_its_extra() -> None:
    core = names(PROJECT["dependencies"]) | {"pydantic-core"}  # which pydantic brings
    known = {module for of in extras.MODULES.values() for module in of}
    packages = brought_by()
    wrong = {
        f"{path} imports {name}"
        for name, path in imported()
        if name not in known and not packages[name] & core
    }
    assert not wrong


@pytest.mark.parametrize("extra", extras.MODULES)
def test_the_extra_of_a_package_is_the_one_that_brings_it(extra: str) -> None:
    asked = names(PROJECT["optional-dependencies"][extra])
    assert set(extras.MODULES[extra].values()) <= asked
    packages = brought_by()
    for module, package in extras.MODULES[extra].items():
        if module in packages:
            assert package in packages[module]


def test_all_is_what_make_installs() -> None:
    [every] = PROJECT["optional-dependencies"]["all"]
    listed = set(re.findall(r"\w+", every.partition("[")[2]))
    assert listed == set(extras.MODULES) - {"ray"}


class Installed:
    """What the metadata of a distribution says about where it came from."""

    def __init__(self, told: object):
        self.told = told

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return json.dumps(self.told) if self.told else None


def came_from(monkeypatch: pytest.MonkeyPatch, told: object) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda name: Installed(told))


def test_the_wheel_that_was_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "a folder" / "rustsensei_curator-1-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    came_from(monkeypatch, {"url": wheel.as_uri(), "archive_info": {}})
    assert extras.install("models") == f"pip install '{wheel}[models]'"
    wheel.unlink()
    assert extras.install("models").startswith("pip install 'FILE.whl[models]' with the wheel")


def test_the_checkout_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came_from(monkeypatch, {"url": tmp_path.as_uri(), "dir_info": {"editable": True}})
    assert extras.install("review") == f"pip install -e '{tmp_path}[review]'"
    came_from(monkeypatch, {"url": tmp_path.as_uri(), "dir_info": {}})
    assert extras.install("review") == f"pip install '{tmp_path}[review]'"


@pytest.mark.parametrize("told", [None, {"url": "https://example.org/x.whl"}])
def test_no_name_on_an_index_is_named(told: object, monkeypatch: pytest.MonkeyPatch) -> None:
    came_from(monkeypatch, told)
    line = extras.install("report")
    assert line == "pip install 'FILE.whl[report]' with the wheel, or '.[report]' in a checkout"


def test_no_text_of_ours_names_the_distribution_as_if_an_index_had_it() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for folder in ("curator", "docs", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".sh"}
        and re.search(r"install\s+'?rustsensei-curator\b", path.read_text("utf-8"))
    ]
    assert not wrong
    assert not re.search(r"install\s+'?rustsensei-curator\b", (ROOT / "README.md").read_text())


def test_a_missing_module_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(NotInstalled, match="a search needs the package bm25s, of the extra"):
        extras.require("bm25s", who="a search")
    assert extras.lacking("bm25s") == ["bm25s"]


def test_a_failed_import_of_an_extra_is_told_and_others_are_not() -> None:
    with (
        pytest.raises(NotInstalled, match="llama-cpp-python, of the extra 'models'"),
        extras.translate_missing_extra(),
    ):
        raise ModuleNotFoundError(name="llama_cpp.llama_chat_format")
    with pytest.raises(ModuleNotFoundError), extras.translate_missing_extra():
        raise ModuleNotFoundError(name="nothing_of_ours")


def test_the_command_ends_in_that_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mlx_lm", None)
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "augment.yaml").touch()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    words = ["--project", str(tmp_path), "train", "--model", str(tmp_path / "model")]
    words += ["--config", str(ROOT / "training" / "lora.yaml")]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("curator: training needs the package mlx-lm, of the extra 'training' (")
    assert said.count("\n") == 1
