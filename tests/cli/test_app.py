"""The command as people and scripts call it: a process, its output, its exit code."""

import ast
import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from curator.cli.app import COMMANDS as MODULES
from curator.cli.app import app
from curator.cli.views.stats import stats_view
from curator.dataset.stats import count_project
from curator.generate.recipe import AugmentRecipe
from curator.records.project import Project
from tests.conftest import ROOT
from tests.records.test_chat import chat, write
from tests.rust.test_check import GOOD_AND_BAD

Run = "subprocess.CompletedProcess[str]"
GROUPS = {"argilla", "batches", "models", "prompts", "review"}  # theirs are tested where they are
COMMANDS = sorted(typer.main.get_command(app).commands.keys() - GROUPS)  # type: ignore[attr-defined]


def curator(*arguments: str | Path, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def document(run: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    loaded = json.loads(run.stdout)
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.slow
def test_every_command_has_help_and_is_documented() -> None:
    overview = curator("--help").stdout
    pages = "".join(p.read_text("utf-8") for p in (ROOT / "docs").rglob("*.md"))
    for command in COMMANDS:
        assert f"  {command}" in overview
        assert f"curator {command}" in pages
        assert "--json" in curator(command, "--help").stdout


def test_a_command_is_a_file_and_its_view_another() -> None:
    folder = ROOT / "curator" / "cli"
    commands = {p.stem for p in (folder / "commands").glob("*.py")} - {"__init__"}
    views = {p.stem for p in (folder / "views").glob("*.py")} - {"__init__"}
    assert commands == {*MODULES, "status"}  # the last is `curator` by itself
    assert commands - views == {"run"}  # it shows what the command for the recipe's kind shows


def test_a_command_is_short() -> None:
    """It reads its options, calls one use case, and presents the result."""
    for path in sorted((ROOT / "curator" / "cli" / "commands").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                steps = [s for s in node.body if not isinstance(s, ast.ImportFrom)]
                assert len(steps) <= 15, f"{path.name}: {node.name} has {len(steps)} statements"


@pytest.mark.slow
@pytest.mark.parametrize("group", [(), *((g,) for g in sorted(GROUPS)), ("argilla", "users")])
def test_the_lists_of_commands_fit_into_80_columns(group: tuple[str, ...]) -> None:
    shown = curator(*group, "--help").stdout
    _, _, commands = shown.partition("Commands:\n")
    assert commands and "..." not in commands and "…" not in commands
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.slow
def test_doctor_says_what_is_there() -> None:
    run = curator("doctor", "--json")
    parts = {p["part"]: p["state"] for p in document(run)["parts"]}  # type: ignore[attr-defined]
    assert parts["sandbox"] == "ok"
    assert run.returncode == (0 if "missing" not in parts.values() else 1)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["augment", "generate"])
def test_where_nothing_is_missing_that_is_the_answer(command: str, project: Project) -> None:
    recipe = project.root / "pipelines" / "enough.yaml"
    recipe.write_text(
        "extends: augment.yaml\nname: enough\n"
        "targets: {per_cell: 0, topics: {lifetimes: 0, borrowing: 0}}\n"
        "generate: {strategies: [mutate], explore: 0}\n"
    )
    typed = ("--project", project.root, command, "--recipe", recipe)
    run = curator(*typed, "--json")
    assert (run.returncode, document(run)) == (0, {"stopped": "targets_met"})
    assert curator(*typed).stdout.startswith("nothing is missing: 49 examples (")
    if command == "augment":
        assert "no batch to plan" in curator(*typed, "--dry-run").stdout
        plan = document(curator(*typed, "--dry-run", "--more", "1", "--json"))
        assert plan["picks"]  # nothing is missing, and more is made all the same


@pytest.mark.slow
def test_stats_counts_the_authored_set() -> None:
    found = document(curator("stats", "--json"))
    assert found["total"] >= 49  # type: ignore[operator]
    assert set(found["balance"]) == {"category", "topic", "difficulty", "cell"}  # type: ignore[call-overload]
    shown = curator("stats").stdout
    assert "topic" in shown
    room = found["room"]
    assert isinstance(room, dict) and all(n > 0 for n in room.values())
    assert f"Room for {sum(room.values())} more in {len(room)} slots" in shown


def test_full_slots_are_said_with_what_to_do(project: Project) -> None:
    counted = count_project(project, AugmentRecipe())
    slots = list(project.taxonomy.slots)[:8]
    full = list(stats_view(replace(counted, room=dict.fromkeys(slots, 0))))[-1]
    assert str(full).startswith("No slot has room: raise targets.per_cell")
    some = replace(counted, room={**dict.fromkeys(slots, 1), slots[3]: 5})
    assert str(list(stats_view(some))[-1]).startswith(f"Room for 12 more in 8 slots: {slots[3]} 5,")
    assert "and 2 slots more" in str(list(stats_view(some))[-1])
    assert some.document()["room"][str(slots[3])] == 5


@pytest.mark.slow
def test_filter_lets_all_of_the_authored_set_pass() -> None:
    run = curator("filter", "raw/authored", "--json")
    found = document(run)
    assert (run.returncode, found["accepted"], found["rejected"]) == (0, found["total"], 0)


@pytest.mark.slow
def test_check_names_the_good_block_and_the_bad_one(tmp_path: Path) -> None:
    path = tmp_path / "cours.md"
    path.write_text(GOOD_AND_BAD)
    run = curator("check", path, "--json")
    blocks = document(run)["blocks"]
    assert [(b["line"], b["passed"]) for b in blocks] == [(3, True), (9, False)]  # type: ignore[attr-defined]
    assert run.returncode == 1
    shown = curator("check", path).stdout
    assert "1 of 2 blocks, in 1 file" in shown


@pytest.mark.slow
def test_check_takes_a_folder_as_filter_does(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD_AND_BAD)
    (tmp_path / "b.txt").write_text("```rust\nfn main() {}\n```")
    write(tmp_path / "c.jsonl", chat())
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "d.md").write_text("```rust,editon2021\nfn main() {}\n```\n")
    run = curator("check", tmp_path, "--json")
    found = document(run)
    files = [Path(b["file"]).name for b in found["blocks"]]  # type: ignore[attr-defined]
    assert files == ["a.md", "a.md", "c.jsonl", "d.md"]
    assert found["totals"]["files"] == 3  # type: ignore[index]
    hint = "unknown attribute `editon2021`: did you mean `edition2021`?"
    assert found["blocks"][-1]["hint"] == hint  # type: ignore[index]
    shown = " ".join(curator("check", tmp_path).stdout.split())
    assert "3 of 4 blocks, in 3 files." in shown
    assert hint in shown
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in ("check", "filter"):
        assert f"{empty}: no file .jsonl" in curator(command, empty).stderr


@pytest.mark.slow
def test_check_says_that_there_is_no_block(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Rien\n")
    run = curator("check", path)
    assert run.returncode == 0
    assert run.stdout == f"There is no Rust block in {path}: nothing was compiled.\n"


@pytest.mark.slow
def test_import_filter_and_stats_together(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "autres.jsonl", chat(), chat("Deuxième question ?"))
    run = curator("--project", project.root, "import", path)
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "--category … --topic … --difficulty … --author …" in run.stderr
    assert not (project.raw / "imported").exists()
    labels = [
        "--category",
        "debug",
        "--topic",
        "async",
        "--difficulty",
        "avance",
        "--author",
        "Ana",
    ]
    run = curator("--project", project.root, "import", path, *labels)
    assert run.returncode == 0
    assert "1 example added to raw/imported/autres.jsonl\n1 example rejected" in run.stdout
    assert document(curator("--project", project.root, "stats", "--json"))["total"] == 50
    out = tmp_path / "out"
    rejected = project.raw / "imported" / "rejected" / "autres.jsonl"
    shutil.copy(rejected, project.raw / "imported" / "again.jsonl")
    run = curator("--project", project.root, "filter", project.raw / "imported", "--out", out)
    assert "duplicates.duplicate_answer" in run.stdout
    assert (out / "accepted.jsonl").read_text("utf-8").count("\n") == 1
    assert (out / "rejected.jsonl").read_text("utf-8").count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("command", ["import", "filter", "check", "stats"])
def test_every_broken_line_is_told_in_one_go(project: Project, command: str) -> None:
    path = project.raw / "authored" / "broken.jsonl"
    path.write_text('{"a": 1}\n{\n')
    run = curator("--project", project.root, command, *([] if command == "stats" else [path]))
    first, *lines = run.stderr.splitlines()
    assert run.returncode == 1 and f"{path}: 2 broken lines" in first
    assert [line.split(": ")[0] for line in lines] == [f"  {path}:1", f"  {path}:2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["filter", "none.jsonl"], 1, "none.jsonl: cannot read"),
        (["stats", "--recipe", "none.yaml"], 1, "none.yaml: cannot read"),
        (["augment", "--model", "none.gguf"], 1, "none.gguf: no such model file"),
        (["augment", "--model", "openai:none"], 1, "a served model has an address"),
        (["augment", "--dry-run", "--model", "none.gguf"], 1, "none.gguf: no such model file"),
        (["generate", "--model", "README.md"], 1, "README.md: this is no GGUF file"),
        (["augment", "--seed", "1", "--model", "none.gguf"], 1, "none.gguf: no such model file"),
        (["check", "README.md", "--edition", "1789"], 2, "1789"),
        (["--project", "/", "stats"], 1, "no project here"),
        (["stats", "--colour"], 2, "No such option"),
        (["dance"], 2, "No such command"),
    ],
)
def test_a_mistake_is_one_clear_line(arguments: list[str], code: int, said: str) -> None:
    run = curator(*arguments)
    assert run.returncode == code
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    if code == 1:
        assert run.stderr.count("\n") == 1


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(project: Project) -> None:
    command = [sys.executable, "-m", "curator", "--project", str(project.root)]
    process = subprocess.Popen(
        [*command, "augment", "--model", "smollm2"], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not list(project.raw.glob("generated/*/plan.json")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said == "curator: interrupted (run the same command again to resume)\n"


@pytest.mark.slow
def test_a_batch_of_the_real_model_from_the_shell(project: Project) -> None:
    small = "extends: augment.yaml\nname: tiny\nallow_empty: true\njudge: all\n"
    small += "model: {name: smollm2, context: 4096}\n"
    small += "generate: {strategies: [few_shot], shots: 1, sampling: {max_tokens: 60}}\n"
    small += "stop: {candidates: 2}\n"
    (project.root / "pipelines" / "tiny.yaml").write_text(small)
    recipe = project.root / "pipelines" / "tiny.yaml"
    run = curator("--project", project.root, "run", recipe, "--json")
    assert run.returncode == 0, run.stderr
    outcome = document(run)["outcome"]
    assert outcome["total"] == outcome["accepted"] + outcome["rejected"] == 2  # type: ignore[index]
    again = curator("--project", project.root, "generate", "--recipe", recipe, "--json")
    assert document(again)["candidates"] == 2
