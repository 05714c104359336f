"""The public interface: light to import, whole, documented, and doing what the commands do."""

import ast
import doctest
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import curator
from curator.base.errors import BrokenLine, CompilerError, CuratorError
from curator.evaluation.prompts import PROMPTS
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.project import Project
from curator.rust import check as checking
from tests.conftest import ROOT, make_example
from tests.evaluation.making import make_project
from tests.evaluation.test_evaluate_cli import record

FUNCTIONS = [name for name in curator.__all__ if inspect.isfunction(getattr(curator, name))]


def test_every_public_name_is_there_and_typed() -> None:
    tree = ast.parse((ROOT / "curator" / "__init__.py").read_text("utf-8"))
    typed = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("curator.")
        for alias in node.names
    }
    assert typed == set(curator.__all__) <= set(dir(curator))
    for name in curator.__all__:
        assert getattr(curator, name).__name__ == name
    assert len(curator.__all__) <= 16
    with pytest.raises(AttributeError, match="no attribute 'everything'"):
        curator.everything  # noqa: B018


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_goes_in_and_out_and_what_is_raised(name: str) -> None:
    function = getattr(curator, name)
    text = inspect.getdoc(function) or ""
    hints = inspect.signature(function)
    assert "Raises:\n" in text
    assert ("Returns:\n" in text) == (name not in ("read_examples", "write_examples"))
    assert hints.return_annotation is not inspect.Signature.empty
    if len(hints.parameters) > 3:
        described = text.partition("Args:")[2]
        assert all(f"    {parameter}: " in described for parameter in hints.parameters)


@pytest.mark.slow
def test_the_examples_of_the_docstring_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testmod(curator)
    assert done.attempted > 5 and not done.failed


@pytest.mark.slow
def test_the_code_of_the_guide_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    section = (ROOT / "docs" / "guides" / "python.md").read_text("utf-8")
    code = section.partition("```python\n")[2].partition("\n```\n")[0]
    monkeypatch.chdir(ROOT)
    exec(compile(code, "python.md", "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "False E0308 mismatched types" and f"# {first}" in code
    kept, of, total, reasons = second.split()
    assert (of, reasons) == ("of", "{}") and kept == total
    scripts = {p.name for p in (ROOT / "examples").glob("*.py")}
    assert scripts == {row.split("`")[1] for row in section.splitlines() if row.startswith("| `")}
    assert all(f"`{name}`" in section for name in curator.__all__ if name != "CuratorError")


def test_check_gives_a_result_for_each_block(monkeypatch: pytest.MonkeyPatch) -> None:
    panics = "```rust\nfn main() { panic!() }\n```"
    [compiled] = curator.check(panics)
    [ran] = curator.check(panics, run=True)
    assert (compiled.passed, ran.reason) == (True, "run_panicked")
    old = "```rust\nfn main() { let async = 1; let _ = async; }\n```"
    assert [curator.check(old, edition=e)[0].passed for e in ("2015", "2021")] == [True, False]
    assert curator.check("# Rien\n") == []

    def none() -> None:
        raise CompilerError("no sandbox to run rustc in")

    monkeypatch.setattr(checking, "find_sandbox", none)
    with pytest.raises(curator.CuratorError, match="no sandbox"):
        curator.check(panics)


def test_filter_takes_a_recipe_or_its_path_and_loses_nothing(tmp_path: Path) -> None:
    good, bad, _ = curator.read_examples(ROOT / "examples" / "sample.jsonl")
    by_default = curator.filter(iter([good, bad]), root=tmp_path)
    assert [e.id for e in by_default.accepted] == [good.id]
    assert by_default.reasons() == {"rust.does_not_compile": 1}
    path = tmp_path / "only.yaml"
    path.write_text("filters: [{name: duplicates}]\n")
    assert curator.filter([good, bad], path).kept == 2
    assert curator.filter([good, bad], load_recipe(path), known=[bad]).kept == 1
    assert curator.filter([bad], AugmentRecipe(filters=())).accepted == [bad]
    path.write_text("filters: [{name: luck}]\n")
    with pytest.raises(curator.CuratorError, match=r"only\.yaml:1: filters"):
        curator.filter([good], path)


def test_what_is_written_is_read_and_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    curator.write_examples(path, [make_example()])
    assert list(curator.read_examples(str(path), path)) == [make_example()] * 2
    path.write_text("{}\n")
    with pytest.raises(BrokenLine, match=r"set\.jsonl:1"):
        list(curator.read_examples(path))


def test_a_project_is_found_from_below(project: Project) -> None:
    below = project.raw / "authored"
    assert curator.load_project(below) == curator.load_project(str(project.root)) == project
    with pytest.raises(CuratorError, match="no project here"):
        curator.load_project("/")


def test_a_set_is_built_as_the_command_builds_it(project: Project) -> None:
    seen: list[str] = []
    result = curator.build(project, progress=lambda label, done, total: seen.append(label))
    assert {"structure", "rust"} <= set(seen)
    assert result.manifest["counts"]["total"] == len(result.curated.examples) > 40
    kept = list(curator.read_examples(project.curated / "examples.jsonl"))
    assert [e.id for e in kept] == [e.id for e in result.curated.examples]


@pytest.mark.slow
def test_a_plan_needs_no_model(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    plan = curator.plan(project, project.root / "pipelines" / "mutants.yaml")
    assert plan.before.total == 49 and sum(plan.wanted.values()) > 0
    assert {p.strategy for p in plan.forecast.picks} == {"mutate"}


def test_recorded_answers_are_evaluated_and_compared(tmp_path: Path) -> None:
    project = curator.load_project(make_project(tmp_path))
    (tmp_path / "pipelines" / "evaluate.yaml").write_text("kind: evaluate\nprofile: seed\n")
    assert (tmp_path / PROMPTS).is_file()
    curator.evaluate(project, responses=record(tmp_path, "one", "Une référence."))
    other = record(tmp_path, "other", "I do not know.")
    result = curator.evaluate(project, responses=str(other), against="one")
    [comparison] = result.comparisons
    assert (comparison.before, comparison.after) == ("one", "other")
    with pytest.raises(CuratorError, match="cannot be compared with itself"):
        curator.evaluate(project, responses=other, against="other")


def test_no_function_prints(capfd: pytest.CaptureFixture[str], make: Callable[..., Any]) -> None:
    curator.check("```rust\nfn main() {\n```")
    curator.filter([make(answer="Non.")])
    assert capfd.readouterr() == ("", "")
